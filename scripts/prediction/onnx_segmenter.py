# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run an exported network with ONNX Runtime, without PyTorch and MONAI."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..bundle.paths import install_command
from ..errors import InputError
from ..images.resampling import resize
from ..postprocessing.calibration import Calibration

METADATA = "lightbtseg"  # key of the model's metadata: the settings below, as JSON


class OnnxSegmenter:
    """Compute the lesion probability of each pixel of an image with a model of `export_onnx`.

    Args:
        path: the ONNX file.

    Attributes:
        settings: name of the network, image size and checksum of the weights.
        calibration: calibration of the weights.

    Raises:
        InputError: the file is missing, damaged, or not a model of `export_onnx`; or ONNX Runtime is not installed.
    """

    device = "cpu"

    def __init__(self, path: str | Path) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise InputError(f"{path}: needs ONNX Runtime: {install_command('onnx')}") from None
        if not Path(path).is_file():
            raise InputError(f"{path}: no such file; write it with the command export")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _threads()
        options.log_severity_level = 3  # errors
        try:
            self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime has a class for each kind of failure
            raise InputError(f"{path}: cannot be read as an ONNX model: {' '.join(str(error).split())}") from None
        try:
            content = json.loads(self.session.get_modelmeta().custom_metadata_map[METADATA])
            self.settings: dict[str, Any] = content["settings"]
            self.calibration = Calibration(**content["calibration"])
            self._steps: Sequence[Mapping[str, Any]] = content["preprocessing"]
        except (KeyError, ValueError, TypeError):
            raise InputError(f"{path}: has no settings of this bundle; write it with the command export") from None
        self._input = self.session.get_inputs()[0].name

    def __call__(self, grey: np.ndarray) -> np.ndarray:
        """Return lesion probabilities, float32, 0 to 1, for grey levels; both of shape (rows, columns)."""
        image = grey.T.astype(np.float32)  # MONAI's axes: the width first
        for step in self._steps:
            image = apply_step(step, image)
        (logits,) = self.session.run(None, {self._input: np.ascontiguousarray(image[None, None])})
        difference = logits[0, 1].astype(np.float32) - logits[0, 0]
        with np.errstate(over="ignore"):
            probability = 1 / (1 + np.exp(-difference))  # softmax of two classes
        return np.clip(resize(probability, grey.T.shape), 0, 1).T


def apply_step(step: Mapping[str, Any], image: np.ndarray) -> np.ndarray:
    """Return an image after one step of the preprocessing, as the MONAI transform of that name computes it.

    Args:
        step: ``name`` of the transform and its arguments.
        image: shape (width, height).

    Raises:
        ValueError: an unknown transform.
    """
    name = step["name"]
    if name == "Resize":
        width, height = step["spatial_size"]
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


def describe_runtime() -> dict[str, Any]:
    """Return ``device``, ``precision`` and ``onnxruntime`` (its version) as a dict, for the provenance of results."""
    import onnxruntime

    threads = _threads() or os.cpu_count()
    return {
        "device": f"{platform.processor() or platform.machine()}, {threads} threads",
        "precision": "float32",
        "onnxruntime": onnxruntime.__version__,
    }


def _threads() -> int:
    """Return the number of threads that OpenMP programs are limited to, 0 for all cores."""
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return int(limit) if limit.isdecimal() else 0
