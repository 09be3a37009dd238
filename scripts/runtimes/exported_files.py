# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The files of an exported model."""

from __future__ import annotations

from pathlib import Path

from .choice import INT8

INT8_SUFFIX = ".int8.onnx"


def int8_path(exported: Path) -> Path:
    """Return the file of the int8 model that belongs to an exported model in float32."""
    return exported.with_suffix(INT8_SUFFIX)


def model_path(exported: Path, precision: str) -> Path:
    """Return the file that is computed in a precision, of an exported model in float32."""
    return int8_path(exported) if precision == INT8 else exported
