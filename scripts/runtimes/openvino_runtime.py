# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Compute an ONNX model with OpenVINO."""

from __future__ import annotations

import importlib
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .choice import BFLOAT16, INT8, KEPT_SHARE
from .machine import threads
from .openvino_upsampling import replace_upsampling

LARGE = 2**24  # bytes; glibc keeps blocks that are smaller
WITHOUT_VALUES = ("Parameter", "Const", "Result")  # types of layers that compute nothing


def import_openvino() -> Any:
    """Return OpenVINO, which without this reports each import to its makers and writes into the home folder."""
    modules: dict[str, Any] = sys.modules
    modules.setdefault("openvino_telemetry", None)  # as if it were not installed
    return importlib.import_module("openvino")


class OpenVinoModel:
    """An ONNX model in OpenVINO, on the CPU.

    Args:
        path: the ONNX file.
        precision: ``"bfloat16"`` computes all but the first layers in bfloat16, and so does ``"int8"`` with those that
            are not quantised, if the processor has it; any other computes in the precision of the file.

    Attributes:
        metadata: the metadata of the file.
        version: version of OpenVINO.

    Raises:
        InputError: the file is damaged, or the processor has no bfloat16.
    """

    def __init__(self, path: Path, precision: str) -> None:
        openvino = import_openvino()
        from openvino.frontend import FrontEndManager

        core = openvino.Core()
        bfloat16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if precision == BFLOAT16 and not bfloat16:
            raise InputError(f"--precision {precision}: this processor does not have it; use float32")
        try:
            # `read_model` tries all formats, and TensorFlow's reader prints lines of its own on a damaged file.
            reader = FrontEndManager().load_by_framework("onnx")
            model = reader.convert(reader.load(str(path)))
            known = model.get_rt_info()
            held = known["framework"] if "framework" in known else {}
            self.metadata = {name: value.astype(str) for name, value in held.items()}
            replace_upsampling(model)
            rounded = bfloat16 and precision in (BFLOAT16, INT8)
            if rounded:
                model = _keep_first_layers(core, model)
            hint = "bf16" if rounded else "f32"
            limit = {"INFERENCE_NUM_THREADS": threads()} if threads() else {}
            options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": hint, **limit}
            self._request = core.compile_model(model, "CPU", options).create_infer_request()
        except Exception as error:  # OpenVINO has a class for each kind of failure
            raise InputError(f"{path}: cannot be read as an ONNX model: {' '.join(str(error).split())}") from None
        # Once a large block was freed, glibc keeps smaller ones, such as images. With OpenVINO it otherwise returns
        # them to the system and asks for them anew, which costs a fifth of the time that `predict` takes.
        np.empty(LARGE, dtype=np.uint8)
        self.version: str = openvino.__version__.partition("-")[0]

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return logits of shape (1, 2, W, H) for images of shape (1, 1, W, H), both float32."""
        return np.array(self._request.infer({0: images}, share_inputs=True)[0])


def _keep_first_layers(core: Any, model: Any) -> Any:
    """Return the model with its first layers marked to stay in float32.

    Python cannot set the mark, which OpenVINO calls `precise`; the file format can.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        import_openvino().save_model(model, path, compress_to_fp16=False)
        tree = ElementTree.parse(path)
        layers = tree.findall("layers/layer")
        convolutions = sum("Convolution" in layer.attrib["type"] for layer in layers)
        seen = 0
        for layer in layers:  # in the order of computation
            seen += "Convolution" in layer.attrib["type"]
            if seen > KEPT_SHARE[BFLOAT16] * convolutions:
                break
            if layer.attrib["type"] not in WITHOUT_VALUES:
                info = layer.find("rt_info")
                if info is None:
                    info = ElementTree.Element("rt_info")
                    layer.insert(1 if layer.find("data") is not None else 0, info)
                ElementTree.SubElement(info, "attribute", name="precise", version="0")
        tree.write(path)
        return core.read_model(path)
