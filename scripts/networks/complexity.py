# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Count parameters and operations of the networks, and compare them with the published counts."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Mapping

import torch
from torch import nn

from ..bundle.paths import install_command
from ..errors import InputError
from ..files.markdown import markdown_table
from .depthwise import DepthwiseConv2d
from .registry import NETWORKS

COLUMNS = 120  # line length of the text below the table


def count(network: nn.Module, input_shape: tuple[int, ...] = (3, 512, 512)) -> tuple[float, float]:
    """Count a network's parameters and operations with ptflops.

    As in the paper, one operation is a multiplication and an addition, and normalisation, activation, pooling and
    up-sampling layers are included.

    Args:
        network: a network for images of shape (1, *input_shape).
        input_shape: channels and spatial size.

    Returns:
        Parameters in millions, and operations in units of 10⁹.

    Raises:
        InputError: ptflops is not installed.
    """
    try:
        from ptflops import get_model_complexity_info
        from ptflops.pytorch_ops import conv_flops_counter_hook
    except ImportError:
        raise InputError(f"counting operations needs ptflops: {install_command('dev')}") from None
    # Without functions, because ptflops would count up-sampling layers twice: the layer and the function in it.
    # On the meta device, because counting only needs shapes.
    operations, parameters = get_model_complexity_info(
        copy.deepcopy(network).to("meta").eval(),
        input_shape,
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        backend_specific_config={"count_functional": False},
        custom_modules_hooks={DepthwiseConv2d: conv_flops_counter_hook},
    )
    return parameters / 1e6, operations / 1e9


def count_all() -> dict[str, tuple[float, float]]:
    """Count every installed network of the registry, for three input channels and two classes.

    Returns:
        Parameters and operations by name, see `count`.
    """
    counts = {}
    for name, entry in NETWORKS.items():
        try:
            with torch.device("meta"):  # without memory for weights
                network = entry.build(in_channels=3)
        except InputError:
            continue
        counts[name] = count(network)
    return counts


def table(counts: Mapping[str, tuple[float, float]]) -> str:
    """Return a Markdown table of counted and published values.

    Args:
        counts: from `count_all`.
    """
    headings = ["network", "parameters, M", "published", "GFLOPs at 3×512×512", "published", "difference"]
    rows, remarks = [], []
    for name, (parameters, gflops) in counts.items():
        published_cells = ["–", "–", "–"]
        if published := NETWORKS[name].published:
            mark = "\\*" if published.remark else ""
            difference = f"{gflops / published.gflops - 1:+.2%}"
            published_cells = [f"{published.parameters}{mark}", str(published.gflops), difference]
            remarks += textwrap.wrap(f"\\* {published.remark}", COLUMNS) if published.remark else []
        rows.append([name, f"{parameters:.3f}", published_cells[0], f"{gflops:.2f}", *published_cells[1:]])
    return "\n".join([markdown_table(headings, rows), "", *remarks])
