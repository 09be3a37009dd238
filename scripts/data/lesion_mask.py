# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lesion masks as files: the label of an image from any number of them, or none, and a prediction as one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.config import KeysCollection
from monai.data import MetaTensor
from monai.transforms import MapTransform, SaveImaged
from monai.utils import ImageMetaKey

from ..errors import InputError
from ..images.file_types import open_image
from ..images.shown_axes import tells_directions
from ..images.single_image import read_single


class LoadLesionMaskd(MapTransform):
    """Replace mask paths by one binary label.

    Every pixel that is not black in any of the files is lesion. No file means no lesion: a label of zeros. They are
    read as `GreyReader` reads images.

    Args:
        keys: where the lists of mask paths are.
        image_key: the image that was loaded before, shape (1, W, H); the label takes its shape.
        allow_missing_keys: as in MONAI's `MapTransform`.
    """

    def __init__(self, keys: KeysCollection, image_key: str = "image", allow_missing_keys: bool = False) -> None:
        super().__init__(keys, allow_missing_keys)
        self.image_key = image_key

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return a copy of `data` with labels, float32 of values 0 and 1, shape (1, W, H).

        Raises:
            InputError: a mask that cannot be read, or whose size is not its image's.
        """
        item = dict(data)
        image = item[self.image_key]
        shape = tuple(image.shape[1:])
        name = image.meta.get(ImageMetaKey.FILENAME_OR_OBJ, "") if isinstance(image, MetaTensor) else ""
        for key in self.key_iterator(item):
            paths = item[key]
            label = np.zeros(shape, dtype=np.float32)
            for path in [paths] if isinstance(paths, str) else paths:
                mask = _read(path, name, shape)
                if mask.shape != shape:
                    raise InputError(
                        f"mask '{path}' has {mask.shape[0]}×{mask.shape[1]} pixels, "
                        f"its image '{name}' has {'×'.join(map(str, shape))}"
                    )
                label[mask > 0] = 1
            item[key] = MetaTensor(torch.from_numpy(label)[None])
        return item


def _read(path: str, image: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return the grey levels of a mask, shape (W, H), turned as its image is, and as large where it was cut from it.

    A volume without directions lies as its image's volume does, since a program that knew none can only have kept the
    order of the voxels.
    """
    file, mask = read_single(Path(path))
    if file.cut_from and mask.T.shape != shape:
        mask = _placed(mask, file.cut_from, shape[::-1])
    if file.axes is None or not image or not Path(image).is_file():
        return mask.T
    of_image = open_image(Path(image))
    if of_image.axes is None or of_image.axes.turns == file.axes.turns:
        return mask.T
    if not tells_directions(file.affine):
        return of_image.axes.shown(file.axes.stored(mask)).T
    if not tells_directions(of_image.affine):
        raise InputError(
            f"mask '{path}' is turned by its affine, but its image '{image}' is not; save both with one affine"
        )
    return mask.T


def _placed(mask: np.ndarray, first: tuple[int, int], shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask in the image that it was cut from, as it is if it does not fit in there."""
    (top, left), (rows, columns) = first, mask.shape
    if min(top, left) < 0 or top + rows > shape[0] or left + columns > shape[1]:
        return mask
    whole = np.zeros(shape, dtype=mask.dtype)
    whole[top : top + rows, left : left + columns] = mask
    return whole


class SaveLesionMaskd(SaveImaged):
    """Write predictions as PNG, 0 and 255, each at its image's place below `output_dir`, as ``<name>_mask.png``.

    Args:
        keys: predictions as one-hot background and lesion, shape (2, W, H), with the metadata of their image.
        output_dir: where masks go.
        data_root_dir: the folder of the images.
    """

    def __init__(self, keys: KeysCollection, output_dir: str | Path, data_root_dir: str | Path) -> None:
        super().__init__(
            keys,
            output_dir=output_dir,
            data_root_dir=data_root_dir,
            output_ext=".png",
            output_postfix="mask",
            output_dtype=np.uint8,
            separate_folder=False,
            resample=False,
            print_log=False,
        )

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Write the lesion channel and return a copy of `data`."""
        super().__call__({key: 255 * data[key][1:] for key in self.key_iterator(data)})
        return dict(data)
