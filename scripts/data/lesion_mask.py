# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lesion masks as files: what checks, training and evaluation read as the label of an image, and a prediction."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
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
from ..images.image_file import ImageFile
from ..images.picture_file import PictureFile
from ..images.shown_axes import tells_directions
from ..images.single_image import read_single
from ..images.upright import open_picture, page_numbers, upright
from .lesion_pixels import LOSSY, lesion_pixels, picture_values


class LoadLesionMaskd(MapTransform):
    """Replace mask paths by one binary label, the union of the files' lesions (see `lesion_pixels`).

    No file means no lesion: a label of zeros. The first axis runs along the width, as in the images of `GreyReader`.

    Args:
        keys: where the lists of mask paths are.
        image_key: the image that was loaded before, shape (1, W, H); the label takes its shape.
        allow_missing_keys: as in MONAI's `MapTransform`.

    Example:
        >>> import torch
        >>> from PIL import Image
        >>> from scripts.data import LoadLesionMaskd
        >>> mask = Image.new("L", (40, 30))
        >>> mask.paste(255, (10, 10, 20, 20))
        >>> mask.save("image_mask.png")
        >>> item = LoadLesionMaskd("label")({"image": torch.zeros(1, 40, 30), "label": ["image_mask.png"]})
        >>> item["label"].shape, item["label"].sum().item()
        (torch.Size([1, 40, 30]), 100.0)
    """

    def __init__(self, keys: KeysCollection, image_key: str = "image", allow_missing_keys: bool = False) -> None:
        super().__init__(keys, allow_missing_keys)
        self.image_key = image_key

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return a copy of `data` with labels, float32 of values 0 and 1, shape (1, W, H).

        Raises:
            InputError: as `read_truth`.
        """
        item = dict(data)
        image = item[self.image_key]
        columns, rows = image.shape[1:]
        name = image.meta.get(ImageMetaKey.FILENAME_OR_OBJ, "") if isinstance(image, MetaTensor) else ""
        for key in self.key_iterator(item):
            paths = [item[key]] if isinstance(item[key], str) else item[key]
            label = read_truth(paths, Path(name), (rows, columns)).T
            item[key] = MetaTensor(torch.from_numpy(np.ascontiguousarray(label, dtype=np.float32))[None])
        return item


def read_truth(masks: Sequence[str | Path], image: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Return the union of an image's masks.

    Args:
        masks: files, none where there is no lesion.
        image: its file; volumes are turned as it is. It is named in messages.
        shape: rows and columns of the image, and so of the result, which is bool.

    Raises:
        InputError: a mask that is damaged, of another size, or no mask.
    """
    truth = np.zeros(shape, dtype=bool)
    for mask in masks:
        truth |= read_mask(Path(mask), image, shape)
    return truth


def read_mask(path: Path, image: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Return the lesion in one mask; arguments, result and errors are those of `read_truth`."""
    file, values = read_single(path)
    lossy = False
    if isinstance(file, PictureFile) and file.is_8_bit:
        with open_picture(path) as picture:
            picture.seek(page_numbers(picture)[0])
            values, lossy = picture_values(upright(picture), path), picture.format in LOSSY
    if file.cut_from and values.shape != tuple(shape):
        values = _placed(values, file.cut_from, tuple(shape))
    if file.axes is not None and image.is_file():
        values = _turned_as(open_image(image), file, values)
    if values.shape != tuple(shape):
        raise InputError(f"{path}: this mask has {_text(values.shape)} pixels, its image '{image}' has {_text(shape)}")
    return lesion_pixels(values, path, lossy)


def _turned_as(of_image: ImageFile, file: ImageFile, mask: np.ndarray) -> np.ndarray:
    """Return a mask turned as its image is.

    A volume without directions lies as its image's volume does, since a program that knew none can only have kept the
    order of the voxels.
    """
    if of_image.axes is None or file.axes is None or of_image.axes.turns == file.axes.turns:
        return mask
    if not tells_directions(file.affine):
        return of_image.axes.shown(file.axes.stored(mask))
    if not tells_directions(of_image.affine):
        raise InputError(
            f"mask '{file.path}' is turned by its affine, but its image '{of_image.path}' is not; "
            "save both with one affine"
        )
    return mask


def _placed(mask: np.ndarray, first: tuple[int, int], shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask in the image that it was cut from, as it is if it does not fit in there."""
    (top, left), (rows, columns) = first, mask.shape
    if min(top, left) < 0 or top + rows > shape[0] or left + columns > shape[1]:
        return mask
    whole = np.zeros(shape, dtype=mask.dtype)
    whole[top : top + rows, left : left + columns] = mask
    return whole


def _text(shape: Sequence[int]) -> str:
    return "×".join(map(str, reversed(shape)))  # width first


class SaveLesionMaskd(SaveImaged):
    """Write predictions as PNG, 0 and 255, each at its image's place below `output_dir`, as ``<name>_mask.png``.

    Args:
        keys: predictions as one-hot background and lesion, shape (2, W, H), with the metadata of their image.
        output_dir: where masks go.
        data_root_dir: the folder of the images.

    Example:
        >>> from pathlib import Path
        >>> import torch
        >>> from monai.data import MetaTensor
        >>> from scripts.data import SaveLesionMaskd
        >>> prediction = MetaTensor(torch.zeros(2, 40, 30), meta={"filename_or_obj": "images/benign/a.png"})
        >>> item = SaveLesionMaskd("pred", output_dir="masks", data_root_dir="images")({"pred": prediction})
        >>> [str(path) for path in Path("masks").rglob("*.png")]
        ['masks/benign/a_mask.png']
    """

    def __init__(self, keys: KeysCollection, output_dir: str | Path, data_root_dir: str | Path) -> None:
        super().__init__(
            keys,
            output_dir=output_dir,
            data_root_dir=str(data_root_dir),
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
