# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The field of view of an image, for MONAI's foreground cropping."""

from __future__ import annotations

import torch

from ..images.field_of_view import field_of_view


def shows_tissue(image: torch.Tensor) -> torch.Tensor:
    """Return the field of view of an image: a `select_fn` for `monai.transforms.CropForegroundd`.

    Args:
        image: grey levels, shape (1, W, H), finite, larger is brighter.

    Returns:
        bool, of the same shape; True everywhere if no field of view is found.
    """
    grey = torch.as_tensor(image)[0].T.numpy(force=True)
    return torch.from_numpy(field_of_view(grey).T.copy())[None]
