# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read and write lesion masks, for checks, training and evaluation alike."""

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
from ..images.shown_axes import has_orientation
from ..images.single_image import read_single
from ..images.upright import open_picture, page_numbers, upright
from .lesion_pixels import LOSSY, lesion_pixels, picture_values
from .mask_writer import MaskWriter


class LoadLesionMaskd(MapTransform):
    """Load lists of mask files as binary labels, the union of the masks (dictionary-based transform).

    See `lesion_pixels` for which pixels are lesion. An empty list gives a label of zeros. The first axis is the width,
    as in `GreyReader`.

    Args:
        keys: keys of the lists of mask paths.
        image_key: key of the image, loaded before, shape (1, W, H); the label gets its shape.
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
        """Return a copy of `data` with labels: float32, 0 or 1, shape (1, W, H).

        Raises:
            InputError: see `read_ground_truth`.
        """
        item = dict(data)
        image = item[self.image_key]
        columns, rows = image.shape[1:]
        name = image.meta.get(ImageMetaKey.FILENAME_OR_OBJ, "") if isinstance(image, MetaTensor) else ""
        for key in self.key_iterator(item):
            paths = [item[key]] if isinstance(item[key], str) else item[key]
            label = read_ground_truth(paths, Path(name), (rows, columns)).T
            item[key] = MetaTensor(torch.from_numpy(np.ascontiguousarray(label, dtype=np.float32))[None])
        return item


def read_ground_truth(masks: Sequence[str | Path], image: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Return the union of an image's masks.

    Args:
        masks: mask files, empty without a lesion.
        image: the image file; gives volumes their orientation, and is named in messages.
        shape: (rows, columns) of the image and of the result, which is bool.

    Raises:
        InputError: a mask that is damaged or differs in size from its image, or a file that is not a mask.
    """
    truth = np.zeros(shape, dtype=bool)
    for mask in masks:
        truth |= read_mask(Path(mask), image, shape)
    return truth


def read_mask(path: Path, image: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Return the lesion pixels of one mask file; for arguments and errors see `read_ground_truth`."""
    file, values = read_single(path)
    lossy = False
    if isinstance(file, PictureFile) and file.is_8_bit:
        with open_picture(path) as picture:
            picture.seek(page_numbers(picture)[0])
            values, lossy = picture_values(upright(picture), path), picture.format in LOSSY
    if file.crop_offset and values.shape != tuple(shape):
        values = _pad_to_image(values, file.crop_offset, tuple(shape))
    if file.axes is not None and image.is_file():
        values = _orient_like(open_image(image), file, values)
    if values.shape != tuple(shape):
        raise InputError(
            f"{path}: the mask has {_text(values.shape)} pixels, but its image '{image}' has {_text(shape)}"
        )
    return lesion_pixels(values, path, lossy)


def _orient_like(image: ImageFile, file: ImageFile, mask: np.ndarray) -> np.ndarray:
    """Return a mask with the orientation of its image.

    A mask without orientation gets that of its image, because a program that ignores orientation keeps the voxel order.
    """
    if image.axes is None or file.axes is None or image.axes.turns == file.axes.turns:
        return mask
    if not has_orientation(file.affine):
        return image.axes.shown(file.axes.stored(mask))
    if not has_orientation(image.affine):
        raise InputError(
            f"mask '{file.path}' is rotated by its affine, but its image '{image.path}' is not; "
            "save both with the same affine"
        )
    return mask


def _pad_to_image(mask: np.ndarray, offset: tuple[int, int], shape: tuple[int, ...]) -> np.ndarray:
    """Return a cropped mask padded to the size of its image; unchanged if it does not fit."""
    (top, left), (rows, columns) = offset, mask.shape
    if min(top, left) < 0 or top + rows > shape[0] or left + columns > shape[1]:
        return mask
    padded = np.zeros(shape, dtype=mask.dtype)
    padded[top : top + rows, left : left + columns] = mask
    return padded


def _text(shape: Sequence[int]) -> str:
    return "×".join(map(str, reversed(shape)))  # width first


class SaveLesionMaskd(SaveImaged):
    """Save predictions as PNG files ``<name>_mask.png`` (0 and 255) in the images' subfolders below `output_dir`.

    Args:
        keys: keys of one-hot predictions (background, lesion), shape (2, W, H), with the metadata of their image.
        output_dir: folder of the masks.
        data_root_dir: folder of the images.

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
            writer=MaskWriter,
        )

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Save the lesion channel and return a copy of `data`."""
        super().__call__({key: 255 * data[key][1:] for key in self.key_iterator(data)})
        return dict(data)
