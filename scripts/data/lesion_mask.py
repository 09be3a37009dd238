# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The label of an image: the union of any number of mask files, or none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import torch
from monai.config import KeysCollection
from monai.data import MetaTensor, NibabelReader
from monai.transforms import LoadImage, MapTransform
from monai.utils import ImageMetaKey

from ..errors import InputError
from .grey_reader import GreyReader


class LoadLesionMaskd(MapTransform):
    """Replace mask paths by one binary label.

    Every pixel that is not black in any of the files is lesion. No file means no lesion: a label of zeros. Images and
    masks are read with the first axis along the width, as MONAI's `PILReader` does.

    Args:
        keys: where the lists of mask paths are.
        image_key: the image that was loaded before, shape (1, W, H); the label takes its shape.
        allow_missing_keys: as in MONAI's `MapTransform`.
    """

    def __init__(self, keys: KeysCollection, image_key: str = "image", allow_missing_keys: bool = False) -> None:
        super().__init__(keys, allow_missing_keys)
        self.image_key = image_key
        self.load = LoadImage(reader=[NibabelReader(), GreyReader()], image_only=True)

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return a copy of `data` with labels, float32 of values 0 and 1, shape (1, W, H).

        Raises:
            InputError: a mask that cannot be read, or whose size is not its image's.
        """
        item = dict(data)
        image = item[self.image_key]
        shape = tuple(image.shape[1:])
        for key in self.key_iterator(item):
            paths = item[key]
            label = np.zeros(shape, dtype=np.float32)
            for path in [paths] if isinstance(paths, str) else paths:
                mask = self._read(path)
                if mask.shape != shape:
                    name = image.meta.get(ImageMetaKey.FILENAME_OR_OBJ, "") if isinstance(image, MetaTensor) else ""
                    raise InputError(
                        f"mask '{path}' has {mask.shape[0]}×{mask.shape[1]} pixels, "
                        f"its image '{name}' has {shape[0]}×{shape[1]}"
                    )
                label[mask > 0] = 1
            item[key] = MetaTensor(torch.from_numpy(label)[None])
        return item

    def _read(self, path: str) -> np.ndarray:
        try:
            return self.load(path).numpy()
        except (OSError, RuntimeError, SyntaxError, ValueError) as error:
            raise InputError(f"mask '{path}' cannot be read as an image: {error}") from None
