# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Let OpenVINO double the size of logits by a convolution, in less time than its own operation takes."""

from __future__ import annotations

from typing import Any

import numpy as np

CHANNELS = 2  # at most; with more, OpenVINO's operation is as fast
# Along one axis a pixel becomes two, each a weighted mean. Row i has, for the i-th of them, the weights of the pixel
# before, of the pixel itself and of the one after it. Pixels have their centres at halves.
WEIGHTS = np.array([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]], dtype=np.float32)


def replace_upsampling(model: Any) -> None:
    """Replace bilinear interpolation of logits to twice the size in a model, in place; only rounding differs.

    What interpolates more channels, or otherwise, stays as it is.

    Args:
        model: an ``openvino.Model``.
    """
    from openvino import opset13 as ops

    kernel = np.einsum("ik,jl->ijkl", WEIGHTS, WEIGHTS).reshape(4, 1, 3, 3)  # one filter for each of the 2×2 pixels
    for node in model.get_ops():
        if node.get_type_name() != "Interpolate" or not _doubles_logits(node):
            continue
        _, channels, width, height = node.input(0).get_shape()
        each = ops.reshape(node.input_value(0), [channels, 1, width, height], special_zero=False)
        padded = ops.pad(each, [0, 0, 1, 1], [0, 0, 1, 1], "edge")
        pixels = ops.convolution(padded, kernel, [1, 1], [0, 0], [0, 0], [1, 1])
        doubled = ops.depth_to_space(pixels, "blocks_first", 2)
        result = ops.reshape(doubled, [1, channels, 2 * width, 2 * height], special_zero=False)
        result.set_friendly_name(node.get_friendly_name())
        for user in node.output(0).get_target_inputs():
            user.replace_source_output(result.output(0))


def _doubles_logits(node: Any) -> bool:
    """Return whether an operation doubles the size of a few channels, bilinearly."""
    shapes = [node.input(0).get_partial_shape(), node.output(0).get_partial_shape()]
    if any(shape.is_dynamic for shape in shapes):
        return False
    before, after = (shape.to_shape() for shape in shapes)
    kind = node.get_attributes()
    return (
        len(before) == 4
        and before[0] == 1
        and before[1] <= CHANNELS
        and list(after) == [*before[:2], 2 * before[2], 2 * before[3]]
        and kind["mode"] == "linear_onnx"
        and kind["coordinate_transformation_mode"] in ("half_pixel", "pytorch_half_pixel")
        and not kind["antialias"]
    )
