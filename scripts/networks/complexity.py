# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameters and operations of the networks, beside the published ones."""

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

COLUMNS = 120  # of a line of text below the table


def count(network: nn.Module, input_shape: tuple[int, ...] = (3, 512, 512)) -> tuple[float, float]:
    """Count a network's parameters and operations with ptflops.

    An operation is, as in the paper, a multiplication with its addition; normalisation, activation, pooling and
    up-sampling layers count too.

    Args:
        network: takes images of shape (1, *input_shape).
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
    # Functions are left out: ptflops counts an up-sampling layer and the function inside it, which would be twice.
    # On the meta device only shapes are computed, which is all that counting needs.
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
    """Count every network of the registry that is installed, for three input channels and two classes.

    Returns:
        What `count` returns, by name.
    """
    counts = {}
    for name, entry in NETWORKS.items():
        try:
            with torch.device("meta"):  # weights without values, since none are needed
                network = entry.build(in_channels=3)
        except InputError:
            continue
        counts[name] = count(network)
    return counts


def table(counts: Mapping[str, tuple[float, float]]) -> str:
    """Return a Markdown table of counted and published values.

    Args:
        counts: as `count_all` returns them.
    """
    headings = ["network", "parameters, M", "published", "GFLOPs at 3×512×512", "published", "difference"]
    rows, remarks = [], []
    for name, (parameters, gflops) in counts.items():
        in_paper = ["–", "–", "–"]
        if published := NETWORKS[name].published:
            mark = "\\*" if published.remark else ""
            difference = f"{gflops / published.gflops - 1:+.2%}"
            in_paper = [f"{published.parameters}{mark}", str(published.gflops), difference]
            remarks += textwrap.wrap(f"\\* {published.remark}", COLUMNS) if published.remark else []
        rows.append([name, f"{parameters:.3f}", in_paper[0], f"{gflops:.2f}", *in_paper[1:]])
    return "\n".join([markdown_table(headings, rows), "", *remarks])
