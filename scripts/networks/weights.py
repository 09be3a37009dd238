# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Load weights of networks from files and save them, with clear errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import InputError
from ..files.atomic import atomic_write
from ..files.free_space import free_bytes


def read_checkpoint(path: str | Path, what: str) -> dict[str, Any]:
    """Read a dictionary of tensors and plain values from a file of `torch.save`, on the CPU.

    Args:
        path: the file.
        what: name of the file's option, such as ``"ckpt"``, for the error message.

    Raises:
        InputError: the file is missing, a folder, damaged, or not a dictionary.
    """
    if not Path(path).is_file():
        raise InputError(f"{what} '{path}': {_why_no_file(Path(path))}")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises errors of many types for damaged files
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{what} '{path}' cannot be read as weights: {reason}") from None
    if not isinstance(content, dict):
        raise InputError(f"{what} '{path}' holds a {type(content).__name__}, not a state dict")
    return content


def write_checkpoint(content: Mapping[str, Any], path: str | Path) -> None:
    """Write a dictionary of tensors and plain values, such as a state dict, to a file, atomically.

    Raises:
        InputError: it cannot be written, because the disk is full.
    """
    path = Path(path)
    with atomic_write(path) as partial:
        try:
            torch.save(content, partial)
        except RuntimeError as error:  # of PyTorch's writer, without the reason
            free = free_bytes(path.parent)
            raise InputError(
                f"{path}: cannot be written, {free / 2**20:.0f} MB are free on its disk; make room, then go on "
                "with --resume true"
            ) from error


def load_weights(network: nn.Module, path: str | Path, what: str = "ckpt") -> nn.Module:
    """Load the state dict at `path` into `network`; names and shapes of all weights must match.

    Args:
        network: the network, of the same architecture as the weights.
        path: file with a state dict, or with a dictionary that has one under ``"model"``.
        what: name of the file's option, for the error message.

    Returns:
        `network`, changed in place.

    Raises:
        InputError: the file is missing or damaged, or the weights are of another architecture or not finite.
    """
    weights = _read_weights(path, what)
    for name, value in weights.items():
        if not isinstance(name, str):
            raise InputError(f"{what} '{path}' has a weight whose name is no text but of type {type(name).__name__}")
        _check_is_dense(value, f"{what} '{path}': weight {name}")
    expected = network.state_dict()
    missing, unexpected = sorted(expected.keys() - weights.keys()), sorted(weights.keys() - expected.keys())
    mismatches = [
        f"{name} has shape {tuple(weights[name].shape)}, not {tuple(expected[name].shape)}"
        for name in expected.keys() & weights.keys()
        if weights[name].shape != expected[name].shape
    ]
    if (missing or unexpected) and not mismatches and all(map(_is_of_presence_head, missing + unexpected)):
        has, lacks, value = ("a", "none", "true") if unexpected else ("no", "one", "false")
        raise InputError(
            f"{what} '{path}' has {has} presence head, but {type(network).__name__} was built with {lacks}; give "
            f"--presence_head {value}, for teachers --teacher_presence_head {value}"
        )
    if missing or unexpected or mismatches:
        example = sorted(mismatches)[0] if mismatches else f"no {missing[0]}" if missing else f"has {unexpected[0]}"
        raise InputError(
            f"{what} '{path}' is of another architecture than {type(network).__name__}: {len(missing)} weights are "
            f"missing, {len(unexpected)} unexpected, {len(mismatches)} of another shape ({example})"
        )
    for name, value in weights.items():
        _check_values(value, expected[name].dtype, f"{what} '{path}': weight {name}")
    network.load_state_dict(weights)
    return network


def has_presence_head(path: str | Path) -> bool:
    """Return whether the weights of `--ckpt` are of a network with a presence head.

    Args:
        path: as of `load_weights`.

    Raises:
        InputError: the file is missing or damaged.
    """
    return any(_is_of_presence_head(str(name)) for name in _read_weights(path, "ckpt"))


def _is_of_presence_head(name: str) -> bool:
    return name.startswith("presence.")


def _why_no_file(path: Path) -> str:
    if not path.is_dir():
        return "no such file"
    best = path / "model.pt"  # what a training calls its weights
    return f"is a folder; give {best if best.is_file() else 'a file of weights'}"


def _read_weights(path: str | Path, what: str) -> dict[str, Any]:
    content = read_checkpoint(path, what)
    weights = content.get("model", content)
    if not isinstance(weights, dict):
        raise InputError(f"{what} '{path}' holds a {type(weights).__name__} under 'model', not a state dict")
    return weights


def _check_is_dense(value: Any, name: str) -> None:
    if not isinstance(value, torch.Tensor):
        raise InputError(f"{name} is a {type(value).__name__}, not a tensor")
    if value.layout != torch.strided or value.is_meta or value.is_quantized or value.is_nested:
        raise InputError(f"{name} is not a dense tensor with values")


def _check_values(value: torch.Tensor, dtype: torch.dtype, name: str) -> None:
    """Reject values that are not finite, or would not be in the network's type."""
    if value.is_floating_point() != dtype.is_floating_point:
        raise InputError(f"{name} has values of type {_word(value.dtype)}, must be {_word(dtype)} or similar")
    if not torch.isfinite(value.to(dtype)).all():
        raise InputError(
            f"{name} has values that are not finite (NaN or infinity): the file is damaged, or its training failed"
        )


def _word(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
