# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Export a network with its preprocessing and calibration as one ONNX file, for `OnnxSegmenter`."""

from __future__ import annotations

import json
import logging
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.transforms import CastToTyped, Compose, Resized, ScaleIntensityd, ScaleIntensityRanged
from monai.utils import get_equivalent_dtype, optional_import

from ..bundle.paths import install_command
from ..errors import InputError
from ..files.atomic import atomic_write
from .loaded_network import Network
from .onnx_segmenter import INPUT, METADATA, OnnxSegmenter
from .segmenter import Segmenter

SIZES = ((150, 200), (600, 800), (91, 310))  # of the images on which the export is checked
TOLERANCE = 1e-3  # largest difference in probability


def export_onnx(network: Network, path: str | Path) -> float:
    """Write a network as one ONNX file, and check that it predicts the same.

    Args:
        network: the network, its preprocessing and the folder of its calibration.
        path: the ONNX file to write.

    Returns:
        The largest difference in probability on test images of several sizes.

    Raises:
        InputError: onnx is not installed, the preprocessing has steps that only MONAI has, the exported network differs
            from the original one, or the file cannot be written.
    """
    onnx = _onnx(path)
    segmenter = network.segmenter
    if not isinstance(segmenter, Segmenter):
        raise InputError(f"{network.weights}: is exported already; give the output folder of its training")
    steps = describe_preprocessing(segmenter.preprocessing)
    size = network.settings["image_size"]
    content = {
        "settings": network.settings,
        "preprocessing": steps,
        "calibration": asdict(network.calibration()),
    }
    with atomic_write(path) as partial:
        example = torch.rand(1, 1, size, size, device=segmenter.device)
        write_network(segmenter.network, example, partial)
        model = onnx.load(partial)
        model.metadata_props.add(key=METADATA, value=json.dumps(content))
        onnx.save(model, partial)
        difference = _largest_difference(segmenter, OnnxSegmenter(partial))
        if not difference <= TOLERANCE:
            raise InputError(
                f"--output {path}: the exported network differs by {difference:.3g} in probability; use it in PyTorch"
            )
    return difference


def _onnx(path: str | Path) -> Any:
    onnx, installed = optional_import("onnx")
    if not installed or not optional_import("onnxscript")[1]:
        raise InputError(f"--output {path}: the export needs onnx: {install_command('onnx')}")
    return onnx


def describe_preprocessing(preprocessing: Compose) -> list[dict[str, Any]]:
    """Return the steps of a preprocessing as plain values; see `apply_step`.

    Raises:
        InputError: a transform, or an argument, that `apply_step` does not have.
    """
    return [_describe(transform) for transform in preprocessing.transforms]


def _describe(transform: Any) -> dict[str, Any]:
    scaler: Any
    if isinstance(transform, Resized):
        resizer: Any = transform.resizer
        if resizer.size_mode == "all" and transform.mode == ("area",) and resizer.anti_aliasing_sigma is None:
            anti_aliasing = bool(transform.anti_aliasing[0])
            return {"name": "Resize", "spatial_size": list(resizer.spatial_size), "anti_aliasing": anti_aliasing}
    if isinstance(transform, ScaleIntensityd):
        scaler = transform.scaler
        if scaler.factor is None and not scaler.channel_wise:
            return {"name": "ScaleIntensity", "minv": scaler.minv, "maxv": scaler.maxv}
    if isinstance(transform, ScaleIntensityRanged):
        scaler = transform.scaler
        if not scaler.clip:
            values = {key: getattr(scaler, key) for key in ("a_min", "a_max", "b_min", "b_max")}
            return {"name": "ScaleIntensityRange", **values}
    if isinstance(transform, CastToTyped):
        return {"name": "CastToType", "dtype": np.dtype(get_equivalent_dtype(transform.dtype[0], np.ndarray)).name}
    raise InputError(
        f"the preprocessing step {type(transform).__name__} has no counterpart outside MONAI, so the network cannot be "
        "exported with it; use monai.bundle onnx_export"
    )


def write_network(network: torch.nn.Module, example: torch.Tensor, path: Path) -> None:
    """Write a network as ONNX, for inputs of the shape of `example`."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing, which the check below covers
        torch.onnx.export(
            network,
            (example,),
            str(path),
            input_names=[INPUT],
            output_names=["logits"],
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _largest_difference(first: Any, second: Any) -> float:
    generator = np.random.default_rng(0)
    differences = []
    for rows, columns in SIZES:
        coarse = generator.random((rows // 10, columns // 10))
        image = np.kron(coarse, np.ones((10, 10))) * 200 + generator.random((rows // 10 * 10, columns // 10 * 10)) * 50
        differences.append(float(np.abs(first(image) - second(image)).max()))
    return max(differences)
