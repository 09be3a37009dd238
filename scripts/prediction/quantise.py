# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Quantise an exported model to int8, calibrated on training images."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..bundle.paths import install_command
from ..data.datalist import read_datalist, select
from ..errors import InputError
from ..files.atomic import atomic_write
from ..images.file_types import open_image
from ..runs.file_names import DATALIST
from ..runtimes.choice import INT8, KEPT_SHARE
from .onnx_segmenter import INPUT, METADATA, OnnxSegmenter
from .regions import crops

IMAGES = 100  # that the ranges of activations are measured on


def training_images(weights: Path, dataset_dir: str | Path, count: int = IMAGES) -> list[Path]:
    """Return images that a network was trained on, evenly spread over the list of them.

    Args:
        weights: its weights; ``datalist.json`` beside them lists the images.
        dataset_dir: the data set that it was trained on.
        count: how many.

    Raises:
        InputError: the list is missing, or belongs to another data set.
    """
    path = weights.with_name(DATALIST)
    if not path.is_file():
        raise InputError(f"--precision {INT8}: {path} is missing; it must list the training images")
    datalist = read_datalist(path)
    names = set(datalist.get("used", {}).get("training", ()))
    items = [item for item in select(datalist, dataset_dir) if item["name"] in names]
    if not items:
        raise InputError(f"{path}: does not list the training images; use the datalist.json of the training")
    chosen = np.linspace(0, len(items) - 1, min(count, len(items))).astype(int)
    return [Path(items[i]["image"]) for i in chosen]


def quantise(exported: Path, images: Sequence[Path], path: Path) -> None:
    """Write an exported model in int8. The first layers are not quantised; see `KEPT_SHARE`.

    Args:
        exported: the exported model in float32.
        images: training images, on which the ranges of activations are measured.
        path: file to write.

    Raises:
        InputError: onnx is not installed, an image cannot be read, or the file cannot be written.
    """
    segmenter = OnnxSegmenter(exported)
    quantise_model(exported, _inputs(segmenter, images), path)


def quantise_model(exported: Path, inputs: Iterator[np.ndarray], path: Path) -> None:
    """Write an ONNX model in int8.

    Args:
        exported: the model in float32, by `write_network`.
        inputs: inputs of the network, on which the ranges of activations are measured.
        path: file to write.

    Raises:
        InputError: onnx is not installed, or the file cannot be written.
    """
    try:
        import onnx
        from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError:
        raise InputError(f"--precision {INT8}: the export needs onnx: {install_command('onnx')}") from None

    class Reader(CalibrationDataReader):
        def get_next(self) -> dict[str, np.ndarray] | None:
            given = next(inputs, None)
            return None if given is None else {INPUT: given}

    with tempfile.TemporaryDirectory() as folder, atomic_write(path) as partial:
        folded, quantised = Path(folder) / "folded.onnx", Path(folder) / "quantised.onnx"
        # Symbolic shapes are not needed, and their inference fails at the maximum of the presence head.
        quant_pre_process(str(exported), str(folded), skip_symbolic_shape=True)
        convolutions = [node.name for node in onnx.load(folded).graph.node if node.op_type == "Conv"]
        logging.disable(logging.WARNING)  # of ONNX Runtime, that it would fold constants again
        try:
            quantize_static(
                folded,
                quantised,
                Reader(),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["Conv"],
                nodes_to_exclude=convolutions[: int(KEPT_SHARE[INT8] * len(convolutions))],
            )
        finally:
            logging.disable(logging.NOTSET)
        model = onnx.load(quantised)
        _set_precision(model)
        onnx.save(model, partial)


def _inputs(segmenter: OnnxSegmenter, images: Iterable[Path]) -> Iterator[np.ndarray]:
    for image in images:
        file = open_image(image)
        for grey in file.read():
            for crop in crops(grey, file.regions):
                yield segmenter.prepare(crop)


def _set_precision(model: Any) -> None:
    for entry in model.metadata_props:
        if entry.key == METADATA:
            entry.value = json.dumps({**json.loads(entry.value), "precision": INT8})
