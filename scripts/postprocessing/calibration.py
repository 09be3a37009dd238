# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The calibration of a network's weights: temperature, threshold and minimum confidence, fitted to validation data."""

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

TEMPERATURES = (0.01, 100)  # limits of what a fit can give
MAX_BIAS = 50
# Keys of long lists in the provenance: all values tried, and checksums of the images' names.
TRIED, FITTED_TO = "tried", "fitted_to"


@dataclass(frozen=True)
class Calibration:
    """How to turn the probabilities of a network into lesions. The defaults change nothing and use threshold 0.5.

    Attributes:
        temperature: divisor of the logits, above 0; above 1 makes probabilities less certain (temperature scaling, Guo
            et al., On Calibration of Modern Neural Networks, 2017, https://arxiv.org/abs/1706.04599).
        bias: added to the logits after the division; below 0 lowers the lesion probability of every pixel (Platt
            scaling, Platt, Probabilistic Outputs for Support Vector Machines, 1999).
        threshold: minimum probability of a lesion pixel, 0 to 1.
        min_size: minimum size of a lesion, as a share of the image, 0 to 1.
        fill_holes: whether holes in a lesion are filled.
        min_confidence: minimum mean probability of the pixels of a lesion, 0 to 1; other candidates are discarded.
        weights: SHA-256 of the weights file it was fitted to, empty for the defaults.
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
        """The settings that determine results, by name."""
        return {name: value for name, value in asdict(self).items() if name not in ("weights", "provenance")}

    def correct(self, probability: np.ndarray) -> np.ndarray:
        """Return probabilities, 0 to 1, corrected by temperature and bias."""
        if (self.temperature, self.bias) == (1, 0):
            return probability
        # 1 / (1 + exp(-logit / temperature - bias)), in place, because an image may be large.
        absent = np.negative(probability)
        with np.errstate(divide="ignore"):
            logit = np.log(probability)
            logit -= np.log1p(absent, out=absent)
        np.negative(logit, out=logit)
        logit /= self.temperature
        logit -= self.bias
        with np.errstate(over="ignore"):
            np.exp(logit, out=logit)
        logit += 1
        return np.reciprocal(logit, out=logit)

    def write(self, path: str | Path) -> None:
        """Write the calibration as JSON, atomically.

        Raises:
            InputError: the file cannot be written.
        """
        write_json(path, asdict(self))


def read_calibration(path: str | Path, weights: str | Path) -> Calibration:
    """Read a calibration file and check that it belongs to the weights.

    Args:
        path: the calibration file.
        weights: the weights file.

    Raises:
        InputError: the file is missing or damaged, has invalid values, or was fitted to other weights.
    """
    calibration = _read(path)
    if calibration.weights != hash_file(weights):
        raise InputError(
            f"calibration '{path}' was fitted to other weights than '{weights}': fit one with "
            f"{PROGRAM} calibrate, or remove the file to predict without"
        )
    return calibration


def _read(path: str | Path) -> Calibration:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"'{path}' is missing: fit a calibration with {PROGRAM} calibrate") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"calibration '{path}' cannot be read: {error}") from None
    return parse_calibration(content, f"calibration '{path}'")


def parse_calibration(content: Any, name: str) -> Calibration:
    """Return the calibration in the content of a calibration file. Keys of later versions are ignored.

    Args:
        content: the JSON of the file.
        name: its name in messages.

    Raises:
        InputError: it is no calibration, or has invalid values.
    """
    try:
        known = {each.name for each in fields(Calibration)}
        calibration = Calibration(**{key: value for key, value in content.items() if key in known})
    except (TypeError, AttributeError) as error:
        raise InputError(f"{name} cannot be read: {error}") from None
    check_values(calibration, name)
    if not isinstance(calibration.provenance, dict):
        raise InputError(f"{name}: provenance must be an object")
    return calibration


def check_values(calibration: Calibration, name: str) -> None:
    """Check that a calibration has possible values.

    Args:
        calibration: a calibration from a file, whose values may be of any type.
        name: its name in messages.

    Raises:
        InputError: a value that is not a number or beyond its limits.
    """
    shares = (calibration.threshold, calibration.min_size, calibration.min_confidence)
    numbers = (calibration.temperature, calibration.bias, *shares)
    if not all(isinstance(value, (int, float)) and abs(value) <= sys.float_info.max for value in numbers):
        raise InputError(f"{name}: temperature, bias, threshold, min_size and min_confidence must be finite numbers")
    low, high = TEMPERATURES
    if not low <= calibration.temperature <= high or abs(calibration.bias) > MAX_BIAS:
        raise InputError(
            f"{name}: temperature must be {low} to {high}, and bias -{MAX_BIAS} to {MAX_BIAS}; beyond, "
            "every pixel or none is lesion"
        )
    if not 0 < calibration.threshold < 1 or not all(0 <= value <= 1 for value in shares):
        raise InputError(f"{name}: threshold must be between 0 and 1, and min_size and min_confidence in 0 to 1")
    if not isinstance(calibration.fill_holes, bool):
        raise InputError(f"{name}: fill_holes must be true or false")


def find_calibration(weights: str | Path) -> Calibration:
    """Return the calibration in the folder of the weights, the defaults if there is none.

    Args:
        weights: the weights file.

    Raises:
        InputError: see `read_calibration`.
    """
    path = Path(weights).with_name(CALIBRATION)
    if path.is_file():
        return read_calibration(path, weights)
    logger.warning(f"No calibration file {path}: uncalibrated probabilities, threshold 0.5, no minimum confidence.")
    return Calibration()


def check_exported(calibration: Calibration, weights: str, model: Path) -> None:
    """Check that the calibration in an exported model is not older than the file beside it.

    Args:
        calibration: the calibration in the model.
        weights: SHA-256 of the weights that were exported.
        model: the exported model.

    Raises:
        InputError: a calibration of these weights lies beside the model, and has other settings; or it is damaged.
    """
    path = model.with_name(CALIBRATION)
    if not path.is_file():
        return
    beside = _read(path)
    if beside.weights == weights and beside.settings != calibration.settings:
        raise InputError(f"{model}: has another calibration than {path}; export it again, or remove that file")
