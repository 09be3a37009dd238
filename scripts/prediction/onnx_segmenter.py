# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run an exported network without PyTorch and MONAI."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..errors import InputError
from ..images.resampling import resize
from ..postprocessing.calibration import Calibration, check_values
from ..runs.program import describe_program
from ..runtimes.choice import FLOAT32, INT8, ONNXRUNTIME, OPENVINO, Choice
from ..runtimes.machine import describe_cpu

DEFAULT = Choice(ONNXRUNTIME, FLOAT32)
INPUT = "image"  # name of the model's input
METADATA = "lightbtseg"  # key of the model's metadata: the settings below, as JSON
LARGEST = 8192  # side of the network's input, pixels


class Model(Protocol):
    """An ONNX model in a runtime."""

    metadata: dict[str, str]
    version: str

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return logits of shape (1, 2, W, H) for images of shape (1, 1, W, H)."""


class OnnxSegmenter:
    """Compute the lesion probability of each pixel of an image with a model of `export_onnx`.

    Args:
        path: the ONNX file.
        choice: runtime and precision.

    Attributes:
        path: the ONNX file.
        settings: name of the network, image size and checksum of the weights.
        calibration: calibration of the weights.
        steps: the preprocessing; see `apply_step`.

    Raises:
        InputError: the file is missing, damaged, not a model of `export_onnx`, or of another precision; or the
            processor lacks the precision.
    """

    device = "cpu"

    def __init__(self, path: str | Path, choice: Choice = DEFAULT) -> None:
        path = Path(path)
        if not path.is_file():
            raise InputError(f"{path}: no such file; write it with the command export")
        self.path = path
        self.choice = choice
        self._model: Model
        if choice.runtime == OPENVINO:
            from ..runtimes.openvino_runtime import OpenVinoModel

            self._model = OpenVinoModel(path, choice.precision)
        else:
            from ..runtimes.onnx_runtime import OnnxRuntimeModel

            self._model = OnnxRuntimeModel(path)
        try:
            content = json.loads(self._model.metadata[METADATA])
            self.settings: dict[str, Any] = content["settings"]
            self.calibration = Calibration(**content["calibration"])
            self.steps: Sequence[Mapping[str, Any]] = content["preprocessing"]
        except (KeyError, ValueError, TypeError, RecursionError):
            raise InputError(f"{path}: has no settings of this bundle; write it with the command export") from None
        check_values(self.calibration, f"{path}: its calibration")
        try:
            self.prepare(np.arange(64.0).reshape(8, 8))
        except Exception:  # names, types and values may all be wrong
            raise InputError(f"{path}: its preprocessing cannot be read; write it with the command export") from None
        held = content.get("precision", FLOAT32)
        if (held == INT8) != (choice.precision == INT8):
            raise InputError(f"--precision {choice.precision}: {path} is a model in {held}")

    def check_same_network(self, settings: Mapping[str, Any], source: Path) -> None:
        """Check that this is the network, image size and weights of `settings`, which `source` has.

        Raises:
            InputError: it is another.
        """
        if self.settings != {name: settings.get(name) for name in self.settings}:
            raise InputError(
                f"{self.path}: is of another network, image size or weights than {source}; export it again"
            )

    def prepare(self, grey: np.ndarray) -> np.ndarray:
        """Return the input of the network, float32, shape (1, 1, W, H), for grey levels of shape (rows, columns)."""
        image = grey.T.astype(np.float32)  # MONAI's axes: the width first
        for step in self.steps:
            image = apply_step(step, image)
        return np.ascontiguousarray(image[None, None])

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return logits of shape (1, 2, W, H) for the result of `prepare`."""
        return self._model(images)

    def __call__(self, grey: np.ndarray) -> np.ndarray:
        """Return lesion probabilities, float32, 0 to 1, for grey levels; both of shape (rows, columns)."""
        logits = self.logits(self.prepare(grey))
        difference = logits[0, 1].astype(np.float32) - logits[0, 0]
        with np.errstate(over="ignore"):
            probability = 1 / (1 + np.exp(-difference))  # softmax of two classes
        return np.clip(resize(probability, grey.T.shape), 0, 1).T

    def provenance(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings of results with the command, software and device that computed them."""
        computed = {"device": describe_cpu(), "precision": self.choice.precision}
        return {**settings, **describe_program(), **computed, self.choice.runtime: self._model.version}


def apply_step(step: Mapping[str, Any], image: np.ndarray) -> np.ndarray:
    """Return an image after one step of the preprocessing, as the MONAI transform of that name computes it.

    Args:
        step: ``name`` of the transform and its arguments.
        image: shape (width, height).

    Raises:
        KeyError, TypeError, ValueError: an unknown transform, or a missing or wrong argument.
    """
    name = step["name"]
    if name == "Resize":
        width, height = step["spatial_size"]
        if not (type(width) is type(height) is int and 0 < min(width, height) <= max(width, height) <= LARGEST):
            raise ValueError(f"spatial_size {step['spatial_size']} is not two numbers of up to {LARGEST}")
        return resize(image, (width, height), step["anti_aliasing"])
    if name == "ScaleIntensity":
        low, high = float(image.min()), float(image.max())
        minv, maxv = step["minv"], step["maxv"]
        return image * minv if low == high else (image - low) / (high - low) * (maxv - minv) + minv
    if name == "ScaleIntensityRange":
        a_min, a_max, b_min, b_max = (step[key] for key in ("a_min", "a_max", "b_min", "b_max"))
        return (image.astype(np.float32) - a_min) / (a_max - a_min) * (b_max - b_min) + b_min
    if name == "CastToType":
        return image.astype(step["dtype"])
    raise ValueError(f"unknown step {name}")
