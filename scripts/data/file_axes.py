# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Restore the axes of the image file in masks, for applications that save masks with the affine of the file."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.config import KeysCollection
from monai.data import MetaTensor
from monai.transforms import MapTransform
from monai.utils import ImageMetaKey, MetaKeys, convert_to_numpy

from ..images.file_types import open_image


class RestoreFileAxesd(MapTransform):
    """Restore the axes of the image file in masks, the inverse of `GreyReader` (dictionary-based transform).

    MONAI Label saves a mask with the affine of the file, so the voxels must have the same order. Masks of PNG, JPEG and
    other pictures and of DICOM files are not changed.

    Args:
        keys: keys of masks without a channel, shape (W, H).
        image_key: key of the image loaded from the file; its metadata gets the shape of the masks.
        allow_missing_keys: as in MONAI's `MapTransform`.

    Example:
        >>> import torch
        >>> from scripts.data import RestoreFileAxesd
        >>> item = {"image": torch.zeros(1, 8, 6), "pred": torch.zeros(8, 6)}
        >>> RestoreFileAxesd("pred")(item)["pred"].shape  # an image without a file
        torch.Size([8, 6])
    """

    def __init__(self, keys: KeysCollection, image_key: str = "image", allow_missing_keys: bool = False) -> None:
        super().__init__(keys, allow_missing_keys)
        self.image_key = image_key

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return a copy of `data` with masks of the file's shape, for example (W, H, 1)."""
        item = dict(data)
        image = item[self.image_key]
        path = image.meta.get(ImageMetaKey.FILENAME_OR_OBJ) if isinstance(image, MetaTensor) else None
        axes = open_image(Path(path)).axes if path and Path(path).is_file() else None
        if axes is None:
            return item
        # Two-dimensional masks are saved without affine, which rotated images need.
        shape = (*axes.shape, 1) if len(axes.shape) == 2 and any(axes.turns) else axes.shape
        for key in self.key_iterator(item):
            mask = convert_to_numpy(item[key])
            if mask.shape != axes.size[::-1]:  # still at the size of the network, as MONAI Label scores them
                continue
            stored = np.zeros(axes.shape, dtype=mask.dtype)
            (index,) = axes.indices()
            stored[index] = axes.stored(mask.T)
            item[key] = MetaTensor(torch.from_numpy(stored.reshape(shape)))
            image.meta[MetaKeys.SPATIAL_SHAPE] = np.asarray(shape)
        return item
