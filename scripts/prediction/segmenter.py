# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the network on one image at a time."""

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

# oneDNN caches compiled code for each image shape, by default for a thousand shapes: more than a gigabyte if all images
# differ in size. It reads this variable at its first use.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128")


class Segmenter:
    """Compute the lesion probability of each pixel of an image.

    Args:
        network: network with one input and two output channels, on `device`, with weights.
        preprocessing: invertible transforms of a loaded image of shape (1, W, H).
        inferer: runs the network.
        device: device of the network.
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
        """Return lesion probabilities, float32, 0 to 1, for grey levels; both of shape (rows, columns)."""
        image = MetaTensor(torch.from_numpy(np.ascontiguousarray(grey.T, dtype=np.float32))[None])
        item = self.preprocessing({CommonKeys.IMAGE: image})
        batch = item[CommonKeys.IMAGE].as_tensor()[None].to(self.device)
        logits = self.inferer(batch, self.network)[0].float()
        item[CommonKeys.PRED] = MetaTensor(torch.softmax(logits, dim=0))
        probability = self._invert(item)[CommonKeys.PRED][1]
        return probability.as_tensor().clamp(0, 1).T.cpu().numpy()
