# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""State dicts of networks on disk, read with clear errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import InputError


def read_checkpoint(path: str | Path, what: str) -> dict[str, Any]:
    """Read what `torch.save` wrote, tensors and plain values only.

    Args:
        path: the file.
        what: what it is to the user, such as ``"ckpt"``, for the message.

    Raises:
        InputError: the file is missing, damaged, or not a dictionary.
    """
    if not Path(path).is_file():
        raise InputError(f"{what} '{path}': no such file")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what the unpickler meets in a damaged file can be any of a dozen errors
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{what} '{path}' cannot be read as weights: {reason}") from None
    if not isinstance(content, dict):
        raise InputError(f"{what} '{path}' holds a {type(content).__name__}, not a state dict")
    return content


def load_weights(network: nn.Module, path: str | Path, what: str = "ckpt") -> nn.Module:
    """Load the state dict at `path` into `network`, all of it.

    Args:
        network: of the architecture that the weights are of.
        path: a plain state dict, or a dictionary with one under ``"model"``.
        what: what the file is to the user, for the message.

    Returns:
        `network`, changed in place.

    Raises:
        InputError: the file is missing or damaged, or of another architecture.
    """
    content = read_checkpoint(path, what)
    weights = content.get("model", content)
    own = network.state_dict()
    missing, foreign = sorted(own.keys() - weights.keys()), sorted(weights.keys() - own.keys())
    misfits = [
        f"{name} has shape {tuple(weights[name].shape)}, not {tuple(own[name].shape)}"
        for name in own.keys() & weights.keys()
        if weights[name].shape != own[name].shape
    ]
    if missing or foreign or misfits:
        example = sorted(misfits)[0] if misfits else f"it lacks {missing[0]}" if missing else f"it has {foreign[0]}"
        raise InputError(
            f"{what} '{path}' is of another architecture than {type(network).__name__}: "
            f"{len(missing)} weights missing, {len(foreign)} unknown, {len(misfits)} of another shape ({example})"
        )
    network.load_state_dict(weights)
    return network
