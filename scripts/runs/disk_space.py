# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Estimate what a training will write, and refuse to start one that would fill the disk."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from torch import nn

from ..errors import InputError
from ..files.free_space import existing, free_bytes
from .file_names import TEACHER, WEIGHTS

MOMENTS = 2  # values that Adam keeps for each weight
OTHER_FILES = 2**26  # bytes for tables, test masks and logs


def check_room(
    output_dir: str | Path,
    network: nn.Module,
    finetuned: Collection[nn.Module] = (),
    teachers_dir: str | Path | None = None,
    untrained: Collection[nn.Module] = (),
) -> None:
    """Check that the disk has room for the weights and checkpoints of a training.

    A checkpoint is written beside the one before, so both count. What a former run left in `output_dir` is replaced.

    Args:
        output_dir: folder of the run; it exists.
        network: network that is trained.
        finetuned: teachers that are trained with it.
        teachers_dir: folder of the teachers that are trained first.
        untrained: those teachers.

    Raises:
        InputError: a disk has less room.
    """
    folder = Path(output_dir)
    run = _while_training(network, finetuned) + OTHER_FILES
    before = sum(path.stat().st_size for name in (*WEIGHTS, TEACHER.format("*")) for path in folder.glob(name))
    teachers = max(
        (_kept(list(untrained)[:count]) + _while_training(each) for count, each in enumerate(untrained)), default=0
    )
    place = existing(Path(teachers_dir)) if teachers_dir and teachers else folder
    if place.stat().st_dev == folder.stat().st_dev:
        _check("--output_dir", folder, max(teachers, _kept(untrained) + run), before)
    else:
        _check("--teachers_dir", place, teachers)
        _check("--output_dir", folder, run, before)


def _check(option: str, folder: Path, needed: int, replaced: int = 0) -> None:
    free = free_bytes(folder) + replaced
    if free < needed:
        raise InputError(
            f"{option} {folder}: the training writes up to {needed / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free "
            "on its disk; make room, or choose a folder on another disk"
        )


def _while_training(network: nn.Module, finetuned: Collection[nn.Module] = ()) -> int:
    """Return the most bytes at one time: two checkpoints, best and last weights, weights of fine-tuned teachers."""
    own, others = _size(network), sum(map(_size, finetuned))
    return 2 * (1 + MOMENTS) * (own + others) + 2 * own + others


def _kept(teachers: Collection[nn.Module]) -> int:
    """Return the bytes that stay of teachers that were trained: best and last weights."""
    return 2 * sum(map(_size, teachers))


def _size(network: nn.Module) -> int:
    return sum(value.numel() * value.element_size() for value in network.state_dict().values())
