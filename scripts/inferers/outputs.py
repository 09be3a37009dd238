# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Select the logits among what a network returns, such as the outputs of deep supervision."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from typing import Any

import torch

from ..errors import InputError

logger = logging.getLogger(__name__)

LOGITS_ALONE = "let it return its logits alone, or wrap it in a network that does"
SUM_TOLERANCE = 0.01  # of probabilities in bfloat16


def full_resolution(output: Any, inputs: torch.Tensor) -> torch.Tensor:
    """Return the full-resolution output of a network with deep supervision.

    From a list (MONAI's BasicUNetPlusPlus) this is the last output with the spatial size of the input; from a stack
    along the second axis (MONAI's DynUNet in training) it is the first. The log says once which it is.

    Args:
        output: output of the network: a tensor of shape (B, K, spatial...), a list of such tensors, or one of shape
            (B, N, K, spatial...).
        inputs: input of the network, shape (B, C, spatial...).

    Raises:
        InputError: it is neither, or a list without an output of that size, or with several of different channels.
    """
    if isinstance(output, torch.Tensor):
        if output.ndim != inputs.ndim + 1:
            return output
        _tell(logging.INFO, f"a stack of {output.shape[1]} outputs", "the first", output.shape[1] - 1)
        return output[:, 0]
    full = full_size_outputs(output, inputs)
    if not full:
        size = "×".join(str(pixels) for pixels in inputs.shape[2:])
        raise InputError(
            f"the network returns {_describe(output)}, not logits of the image's size {size}: {LOGITS_ALONE}"
        )
    if len({each.shape[1] for each in full}) > 1:
        raise InputError(
            f"the network returns {_describe(output)}, of which {len(full)} have the image's size and different "
            f"numbers of channels: {LOGITS_ALONE}"
        )
    level, which = (logging.INFO, "that of the image's size") if len(full) == 1 else (logging.WARNING, "the last")
    if len(output) > 1:
        _tell(level, f"{len(output)} outputs, {len(full)} of the image's size", which, len(output) - 1)
    return full[-1]


def full_size_outputs(output: Any, inputs: torch.Tensor) -> list[torch.Tensor]:
    """Return the tensors of a list or tuple that have the spatial size of the input; of anything else none.

    For arguments see `full_resolution`.
    """
    outputs = output if isinstance(output, (list, tuple)) else ()
    return [
        each
        for each in outputs
        if isinstance(each, torch.Tensor) and each.ndim == inputs.ndim and each.shape[2:] == inputs.shape[2:]
    ]


def are_probabilities(output: torch.Tensor) -> bool:
    """Return whether an output of shape (B, K, spatial...) has values from 0 to 1 whose sum over the channels is 1."""
    return bool((output >= 0).all() and ((output.sum(dim=1) - 1).abs() < SUM_TOLERANCE).all())


def _describe(output: Any) -> str:
    if isinstance(output, (Mapping, list, tuple)) and not output:
        return f"an empty {type(output).__name__}"
    if isinstance(output, Mapping):
        return f"a dict of {', '.join(map(str, output))}"
    if isinstance(output, (list, tuple)):
        shapes = [str(tuple(each.shape)) if isinstance(each, torch.Tensor) else type(each).__name__ for each in output]
        return f"a {type(output).__name__} of {', '.join(shapes)}"
    return f"a {type(output).__name__}"


@functools.cache
def _tell(level: int, returned: str, used: str, ignored: int) -> None:
    logger.log(
        level,
        f"The network returns {returned}: {used} is used, {ignored} ignored. If another is the prediction, return that "
        "alone.",
    )
