# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What replaces OpenVINO's interpolation gives the same values."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from scripts.runtimes.openvino_runtime import import_openvino
from scripts.runtimes.openvino_upsampling import replace_upsampling

pytest.importorskip("openvino", reason="needs requirements-openvino.txt")


def interpolation(shape, scales=(2.0, 2.0), mode="linear_onnx", centres="half_pixel"):
    """A model that interpolates, and adds 1 to the result."""
    openvino = import_openvino()
    from openvino import opset13 as ops

    image = ops.parameter(list(shape), np.float32)
    larger = ops.interpolate(
        image, np.array(scales, dtype=np.float32), mode, "scales",
        coordinate_transformation_mode=centres, axes=np.array([2, 3]),
    )  # fmt: skip
    return openvino.Model([ops.add(larger, np.float32(1))], [image], "interpolation")


def operations(model):
    return [node.get_type_name() for node in model.get_ops()]


def computed(model, image):
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    return import_openvino().Core().compile_model(model, "CPU", options)({0: image})[0]


@pytest.mark.parametrize("shape", [(1, 1, 5, 7), (1, 2, 8, 3), (1, 1, 1, 1)])
def test_the_values_are_those_of_bilinear_interpolation(shape):
    image = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    model = interpolation(shape)
    replace_upsampling(model)
    assert "Interpolate" not in operations(model)
    expected = torch.nn.functional.interpolate(torch.from_numpy(image), scale_factor=2, mode="bilinear")
    np.testing.assert_allclose(computed(model, image), expected + 1, atol=1e-5)


@pytest.mark.parametrize(
    "other",
    [
        {"shape": (1, 3, 6, 6)},
        {"shape": (2, 1, 6, 6)},
        {"scales": (2.0, 3.0)},
        {"scales": (4.0, 4.0)},
        {"mode": "nearest"},
        {"mode": "cubic"},
        {"centres": "align_corners"},
        {"shape": (1, 1, -1, -1)},
    ],
    ids=str,
)
def test_what_interpolates_otherwise_stays(other):
    model = interpolation(**{"shape": (1, 1, 6, 6), **other})
    before = operations(model)
    replace_upsampling(model)
    assert operations(model) == before
