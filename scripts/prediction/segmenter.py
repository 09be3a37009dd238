# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's network on one image at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import torch
from monai.data import MetaTensor
from monai.inferers import Inferer
from monai.transforms import Compose, Invertd
from monai.utils import CommonKeys
from torch import nn

# PyTorch's CPU library keeps what it has compiled for each shape of image, a thousand of them by default: more than a
# gigabyte where every image has another. It reads this when it is first used.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128")


class Segmenter:
    """Give each pixel of an image its probability of being lesion.

    Args:
        network: with one input and two output channels, already on `device`, weights loaded.
        preprocessing: what the configuration does with a loaded image of shape (1, W, H), invertible.
        inferer: runs the network.
        device: where.
    """

    def __init__(
        self,
        network: nn.Module,
        preprocessing: Compose,
        inferer: Inferer,
        device: str | torch.device,
    ) -> None:
        self.network = network.eval()
        self.preprocessing = preprocessing
        self.inferer = inferer
        self.device = device
        self._invert: Callable[[Mapping[Hashable, Any]], dict[Hashable, Any]] = Invertd(
            CommonKeys.PRED, preprocessing, orig_keys=CommonKeys.IMAGE, nearest_interp=False
        )

    @torch.inference_mode()
    def __call__(self, grey: np.ndarray) -> np.ndarray:
        """Return the probability of lesion, float32 in 0 to 1, for grey levels, both of shape (rows, columns)."""
        image = MetaTensor(torch.from_numpy(np.ascontiguousarray(grey.T, dtype=np.float32))[None])
        item = self.preprocessing({CommonKeys.IMAGE: image})
        batch = item[CommonKeys.IMAGE].as_tensor()[None].to(self.device)
        logits = self.inferer(batch, self.network)[0].float()
        item[CommonKeys.PRED] = MetaTensor(torch.softmax(logits, dim=0))
        probability = self._invert(item)[CommonKeys.PRED][1]
        return probability.as_tensor().clamp(0, 1).T.cpu().numpy()
