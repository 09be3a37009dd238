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

from ..errors import InputError
from ..inferers.autocast import has_bfloat16
from ..runs.provenance import Provenance
from ..runtimes.choice import BFLOAT16, REFERENCE, TORCHSCRIPT, Choice
from ..runtimes.torchscript import compile_network

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

    Attributes:
        choice: runtime and precision.
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
        self.device = torch.device(device)
        self.choice = REFERENCE
        self._invert: Callable[[Mapping[Hashable, Any]], dict[Hashable, Any]] = Invertd(
            CommonKeys.PRED, preprocessing, orig_keys=CommonKeys.IMAGE, nearest_interp=False
        )

    def use(self, choice: Choice) -> None:
        """Compute with another runtime or precision from now on: bfloat16 by autocast.

        Raises:
            InputError: the device has no bfloat16, or TorchScript cannot compile the network.
        """
        if choice.precision == BFLOAT16 and not has_bfloat16(self.device):
            raise InputError(f"--precision {BFLOAT16}: the device {self.device} does not have it; use float32")
        if choice.runtime == TORCHSCRIPT:
            self.network = compile_network(self.network)
        self.choice = choice

    @torch.inference_mode()
    def __call__(self, grey: np.ndarray) -> np.ndarray:
        """Return lesion probabilities, float32, 0 to 1, for grey levels; both of shape (rows, columns)."""
        image = MetaTensor(torch.from_numpy(np.ascontiguousarray(grey.T, dtype=np.float32))[None])
        item = self.preprocessing({CommonKeys.IMAGE: image})
        logits = self.logits(item[CommonKeys.IMAGE].as_tensor()[None])[0].float()
        item[CommonKeys.PRED] = MetaTensor(torch.softmax(logits, dim=0))
        probability = self._invert(item)[CommonKeys.PRED][1]
        return probability.as_tensor().clamp(0, 1).T.cpu().numpy()

    @torch.inference_mode()
    def logits(self, images: torch.Tensor | np.ndarray) -> torch.Tensor:
        """Return logits of shape (B, 2, W, H) for preprocessed images of shape (B, 1, W, H)."""
        amp = self.choice.precision == BFLOAT16
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=amp):
            return self.inferer(torch.as_tensor(images).to(self.device), self.network)

    def provenance(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings of results with the command, software and device that computed them."""
        return {**Provenance(settings, self.device)(), "precision": self.choice.precision}
