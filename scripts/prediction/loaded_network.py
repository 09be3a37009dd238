# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A network that is ready to segment. Imports neither PyTorch nor MONAI, which exported models do not need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..postprocessing.calibration import Calibration, find_calibration
from ..runtimes.choice import Choice


class ImageSegmenter(Protocol):
    """Computes lesion probabilities."""

    @property
    def device(self) -> Any:
        """Device that it computes on."""

    @property
    def choice(self) -> Choice:
        """Runtime and precision."""

    def __call__(self, grey: np.ndarray) -> np.ndarray:
        """Return lesion probabilities, float32, 0 to 1, for grey levels; both of shape (rows, columns)."""

    def logits(self, images: np.ndarray) -> Any:
        """Return logits of shape (1, 2, W, H) for preprocessed images of shape (1, 1, W, H), float32."""

    def provenance(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings of results with the command, software and device that computed them."""


@dataclass(frozen=True)
class Network:
    """A network with its weights.

    Attributes:
        segmenter: computes lesion probabilities.
        weights: the weights file, or the exported model.
        settings: settings of the network that affect the results.
        exported: calibration in an exported model that is used without its training; None where the calibration is a
            file beside the weights.
        reason: why the runtime and the precision were chosen.
    """

    segmenter: ImageSegmenter
    weights: Path
    settings: dict[str, Any]
    exported: Calibration | None = None
    reason: str = ""

    def calibration(self) -> Calibration:
        """Return the calibration of the weights.

        Raises:
            InputError: its file is damaged or belongs to other weights.
        """
        return find_calibration(self.weights) if self.exported is None else self.exported
