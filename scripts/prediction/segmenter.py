# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's network on one image at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import torch
from monai.data import MetaTensor
from monai.inferers import Inferer
from monai.transforms import Compose, Invertd
from monai.utils import CommonKeys
from torch import nn


class Segmenter:
    """Give each pixel of an image its probability of being lesion.

    Args:
        network: with one input and two output channels, already on `device`, weights loaded.
        preprocessing: what the configuration does with a loaded image of shape (1, W, H), invertible.
        inferer: runs the network.
        device: where.
        temperature: the logits are divided by it: above 1, probabilities become less certain (Guo et al., On
            Calibration of Modern Neural Networks, 2017, https://arxiv.org/abs/1706.04599).
    """

    def __init__(
        self,
        network: nn.Module,
        preprocessing: Compose,
        inferer: Inferer,
        device: str | torch.device,
        temperature: float = 1.0,
    ) -> None:
        self.network = network.eval()
        self.preprocessing = preprocessing
        self.inferer = inferer
        self.device = device
        self.temperature = temperature
        self._invert: Callable[[Mapping[Hashable, Any]], dict[Hashable, Any]] = Invertd(
            CommonKeys.PRED, preprocessing, orig_keys=CommonKeys.IMAGE, nearest_interp=False
        )

    @torch.inference_mode()
    def logits(self, grey: np.ndarray) -> torch.Tensor:
        """Return the network's output, shape (2, W, H) at the size it works at, for grey levels (rows, columns)."""
        return self._run(grey)[CommonKeys.PRED]

    @torch.inference_mode()
    def __call__(self, grey: np.ndarray) -> np.ndarray:
        """Return the probability of lesion, float32 in 0 to 1, for grey levels, both of shape (rows, columns)."""
        item = self._run(grey)
        item[CommonKeys.PRED] = MetaTensor(torch.softmax(item[CommonKeys.PRED] / self.temperature, dim=0))
        probability = self._invert(item)[CommonKeys.PRED][1]
        return probability.as_tensor().clamp(0, 1).T.cpu().numpy()

    def _run(self, grey: np.ndarray) -> dict[Hashable, Any]:
        image = MetaTensor(torch.from_numpy(np.ascontiguousarray(grey.T, dtype=np.float32))[None])
        item = self.preprocessing({CommonKeys.IMAGE: image})
        batch = item[CommonKeys.IMAGE].as_tensor()[None].to(self.device)
        item[CommonKeys.PRED] = self.inferer(batch, self.network)[0].float()
        return item
