# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Compute an ONNX model with ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import InputError
from .machine import threads


class OnnxRuntimeModel:
    """An ONNX model in ONNX Runtime, on the CPU; its precision is that of the file.

    Args:
        path: the ONNX file.

    Attributes:
        metadata: the metadata of the file.
        version: version of ONNX Runtime.

    Raises:
        InputError: the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads()
        options.log_severity_level = 3  # errors
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"], enable_fallback=0
            )  # a second try would print four lines
            self._input = self._session.get_inputs()[0].name
            self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        except Exception as error:  # ONNX Runtime has a class for each kind of failure
            raise InputError(f"{path}: cannot be read as an ONNX model: {' '.join(str(error).split())}") from None
        self.version: str = onnxruntime.__version__

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return logits of shape (1, 2, W, H) for images of shape (1, 1, W, H), both float32."""
        (logits,) = self._session.run(None, {self._input: images})
        return np.asarray(logits)
