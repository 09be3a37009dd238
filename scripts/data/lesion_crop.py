# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Random crops with a lesion and without one: every data set then has views without a lesion to learn from."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from monai.config import KeysCollection
from monai.transforms import MapTransform, RandomizableTransform, Resize, SpatialCrop
from monai.utils import ensure_tuple_rep

ATTEMPTS = 40  # random windows that are tried for an image


class RandLesionCropd(RandomizableTransform, MapTransform):
    """Crop a random window that has the lesion or none, and resize it to the size of the image.

    Some windows are free of lesion pixels; the others have most of the lesion, or are mostly lesion. Both have the same
    sizes, so that sharpness and proportions do not tell them apart. An image without such windows stays as it is.

    Args:
        keys: images of one shape (C, spatial...).
        label_key: one of the keys, the mask with lesion pixels above 0.
        prob: probability that an image is cropped.
        size_range: smallest and largest sides of the window, relative to the image's, between 0 and 1.
        lesion_free: share of the windows without a lesion.
        mode: interpolation of each key.

    Raises:
        ValueError: `size_range` is not increasing within (0, 1].

    Example:
        >>> import torch
        >>> from scripts.data import RandLesionCropd
        >>> mask = torch.zeros(1, 8, 8)
        >>> mask[:, :2] = 1
        >>> crop = RandLesionCropd(["label"], "label", prob=1, size_range=(0.5, 0.5), lesion_free=1, mode="nearest")
        >>> crop({"label": mask})["label"].shape, crop({"label": mask})["label"].sum().item()
        (torch.Size([1, 8, 8]), 0.0)
    """

    def __init__(
        self,
        keys: KeysCollection,
        label_key: Hashable,
        prob: float = 0.3,
        size_range: Sequence[float] = (0.3, 0.8),
        lesion_free: float = 0.5,
        mode: str | Sequence[str] = ("bilinear", "nearest"),
    ) -> None:
        MapTransform.__init__(self, keys)
        RandomizableTransform.__init__(self, prob)
        low, high = size_range
        if not 0 < low <= high <= 1:
            raise ValueError(f"size_range must increase within (0, 1], got {tuple(size_range)}.")
        self.label_key = label_key
        self.size_range = (low, high)
        self.lesion_free = lesion_free
        self.modes = ensure_tuple_rep(mode, len(self.keys))

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return the data with all keys cropped and resized alike, or unchanged."""
        found = dict(data)
        self.randomize(None)
        if not self._do_transform:
            return found
        lesion = torch.as_tensor(found[self.label_key])[0] > 0
        window = self._window(lesion.numpy())
        if window is None:
            return found
        crop = SpatialCrop(roi_start=[side.start for side in window], roi_end=[side.stop for side in window])
        for key, mode in zip(self.keys, self.modes):
            found[key] = Resize(lesion.shape, mode=mode)(crop(found[key]))
        return found

    def _window(self, lesion: np.ndarray) -> tuple[slice, ...] | None:
        """Return a window without lesion pixels or with many of them, or None if none is found."""
        for _ in range(ATTEMPTS):
            free = self._place(
                [max(1, round(self.R.uniform(*self.size_range) * size)) for size in lesion.shape], lesion
            )
            if not lesion[free].any():
                break
        else:
            return None
        if self.R.random() < self.lesion_free:
            return free
        sides = [side.stop - side.start for side in free]  # the same size, which then tells nothing about a lesion
        for _ in range(ATTEMPTS):
            window = self._place(sides, lesion)
            if 2 * lesion[window].sum() > min(lesion.sum(), lesion[window].size):
                return window
        return None

    def _place(self, sides: Sequence[int], image: np.ndarray) -> tuple[slice, ...]:
        """Return a window with these sides at a random place of the image."""
        starts = [int(self.R.randint(0, size - side + 1)) for size, side in zip(image.shape, sides)]
        return tuple(slice(start, start + side) for start, side in zip(starts, sides))
