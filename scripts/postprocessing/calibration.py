# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What was fitted to a network's weights on validation data: how its probabilities are read and when it is believed."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..bundle.paths import PROGRAM
from ..errors import InputError
from ..files.hashing import hash_file
from ..files.json_file import write_json
from ..runs.file_names import CALIBRATION

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Calibration:
    """From logits to lesions. The defaults are those of a network without one: nothing is corrected or left out.

    Attributes:
        temperature: divides the logits, above 0: probabilities become less certain where it is above 1 (Guo et al., On
            Calibration of Modern Neural Networks, 2017, https://arxiv.org/abs/1706.04599).
        bias: is then added to them: lesion becomes less probable everywhere where it is below 0 (Platt, Probabilistic
            Outputs for Support Vector Machines, 1999).
        threshold: least probability of a lesion's pixel, 0 to 1.
        min_size: least size of a lesion, as a share of the image, 0 to 1.
        fill_holes: whether what a lesion encloses belongs to it.
        min_confidence: least mean probability of a lesion's pixels, 0 to 1; what has less is no lesion.
        weights: SHA-256 of the weights file that it was fitted to, empty for none.
        provenance: how it was fitted.
    """

    temperature: float = 1.0
    bias: float = 0.0
    threshold: float = 0.5
    min_size: float = 0.0
    fill_holes: bool = False
    min_confidence: float = 0.0
    weights: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides results, by name."""
        return {name: value for name, value in asdict(self).items() if name not in ("weights", "provenance")}

    def correct(self, probability: np.ndarray) -> np.ndarray:
        """Return probabilities, 0 to 1, as temperature and bias make them."""
        if (self.temperature, self.bias) == (1, 0):
            return probability
        with np.errstate(divide="ignore"):
            logit = np.log(probability) - np.log1p(-probability)
        return 1 / (1 + np.exp(-logit / self.temperature - self.bias))

    def write(self, path: str | Path) -> None:
        """Write it as JSON, whole or not at all.

        Raises:
            InputError: the file cannot be written.
        """
        write_json(path, asdict(self))


def read_calibration(path: str | Path, weights: str | Path) -> Calibration:
    """Read a calibration and make sure that it is that of the weights.

    Raises:
        InputError: the file is missing or damaged, has values that are none, or is of other weights.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        unknown = content.keys() - {known.name for known in fields(Calibration)}
        calibration = Calibration(**{name: value for name, value in content.items() if name not in unknown})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"calibration '{path}' cannot be read: {error}") from None
    shares = (calibration.threshold, calibration.min_size, calibration.min_confidence)
    numbers = (calibration.temperature, calibration.bias, *shares)
    if not all(isinstance(value, (int, float)) and abs(value) <= sys.float_info.max for value in numbers):
        raise InputError(f"calibration '{path}': temperature, bias and what follows must be numbers")
    if calibration.temperature <= 0 or not all(0 <= value <= 1 for value in shares):
        raise InputError(
            f"calibration '{path}': the temperature must be above 0, threshold, min_size and min_confidence in 0 to 1"
        )
    if not isinstance(calibration.fill_holes, bool):
        raise InputError(f"calibration '{path}': fill_holes must be true or false")
    if not isinstance(calibration.provenance, dict):
        raise InputError(f"calibration '{path}': provenance must be a table")
    if calibration.weights != hash_file(weights):
        raise InputError(
            f"calibration '{path}' was fitted to other weights than '{weights}': fit one with "
            f"{PROGRAM} calibrate, or remove the file to predict without"
        )
    return calibration


def find_calibration(weights: str | Path) -> Calibration:
    """Return the calibration that lies beside the weights, one without effect where there is none.

    Raises:
        InputError: as `read_calibration` does.
    """
    path = Path(weights).with_name(CALIBRATION)
    if path.is_file():
        return read_calibration(path, weights)
    logger.warning(f"There is no {path}: probabilities are used as they are, and anything found is a lesion.")
    return Calibration()
