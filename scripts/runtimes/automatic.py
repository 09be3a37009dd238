# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Choose the fastest runtime that gives the same masks as PyTorch in float32."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..bundle.paths import PROGRAM, install_command
from ..errors import InputError
from .choice import (
    AUTO,
    EXTRAS,
    FLOAT32,
    FROM_WEIGHTS,
    INT8,
    ONNXRUNTIME,
    PRECISIONS,
    TORCH,
    Choice,
    check_options,
    is_installed,
)
from .exported_files import int8_path
from .gate_file import Tested, read_gate


class Chosen(NamedTuple):
    """What is used, and why.

    Attributes:
        choice: runtime and precision.
        reason: why they were chosen.
        device: device to compute on, None for that of the config.
    """

    choice: Choice
    reason: str
    device: str | None = None


def choose(
    runtime: str,
    precision: str | None,
    exported: Path | None,
    trained: bool,
    device: str | None = None,
    weights: Path | None = None,
) -> Chosen:
    """Choose the runtime and the precision of a network.

    What the user leaves open is the fastest that passed the gate on this machine. Without a result of the gate it is
    float32, whose masks are equal, in the runtime that comes first in `PRECISIONS`. So it is if PyTorch is asked for.

    Args:
        runtime: one of `PRECISIONS`, or ``"auto"``.
        precision: precision, None to choose it, too.
        exported: where the exported model in float32 is, or would be; None if the network has no place for one.
        trained: whether the weights can be loaded into PyTorch.
        device: device that the user asks for; anything but the CPU needs PyTorch or TorchScript.
        weights: the weights; None for an exported model alone, or if a config names them.

    Raises:
        InputError: there is no such runtime or precision, or it is not installed; an exported model is needed and
            missing; see `check_options`.
    """
    check_options(runtime, precision)
    if device is not None and device.partition(":")[0] != "cpu":
        if runtime not in (AUTO, *FROM_WEIGHTS):
            raise InputError(f"--runtime {runtime} --device {device}: {runtime} computes on the CPU; omit one of them")
        if not trained:
            raise InputError(f"--device {device}: exported models run on the CPU; omit it, or use the training")
        chosen = TORCH if runtime == AUTO else runtime
        check_options(chosen, precision)
        return Chosen(Choice(chosen, precision or FLOAT32), f"for --device {device}", device)
    if runtime != AUTO:
        if precision is None and runtime not in FROM_WEIGHTS:  # which may compute on a GPU: the gate says nothing of it
            passed_by = (each.choice for each in _gate_result(exported, weights) or () if each.passed)
            precision = next((choice.precision for choice in passed_by if choice.runtime == runtime), None)
        choice = Choice(runtime, precision or FLOAT32)
        if reason := _missing(choice, exported, trained):
            raise InputError(f"--runtime {runtime}: {reason}")
        return Chosen(choice, "as asked", device)
    gate = _gate_result(exported, weights)
    tested = {each.choice for each in gate or ()}
    for passed in (each for each in gate or () if each.passed):
        choice = passed.choice
        if precision in (None, choice.precision) and is_installed(choice.runtime):
            if not _missing(choice, exported, trained):
                ratio = passed.reference / passed.milliseconds
                reason = f"the fastest that passed the gate on this machine, {ratio:.1f} times as fast as torch"
                return Chosen(choice, reason, "cpu")  # the gate is of the processor
    wanted = precision or FLOAT32
    reasons = []
    for name, precisions in PRECISIONS.items():
        if wanted in precisions and is_installed(name):
            choice = Choice(name, wanted)
            reason = _missing(choice, exported, trained)
            if not reason:
                return Chosen(choice, _why(choice, exported, choice in tested, gate is not None), device)
            reasons.append(f"{name}: {reason}")
    if not any(is_installed(name) for name in PRECISIONS if name not in FROM_WEIGHTS):
        raise InputError(f"{exported or '--runtime auto'}: needs ONNX Runtime: {install_command(EXTRAS[ONNXRUNTIME])}")
    raise InputError(f"--runtime auto: {reasons[0]}")


def _gate_result(exported: Path | None, weights: Path | None) -> list[Tested] | None:
    """Return what the gate tested, None without a result. It hashes the files, so only where the result counts."""
    return read_gate(exported, weights) if exported and exported.is_file() else None


def _missing(choice: Choice, exported: Path | None, trained: bool) -> str | None:
    """Return what a choice lacks, None if nothing."""
    if choice.runtime in FROM_WEIGHTS:
        return None if trained else "an exported model has no weights for it; give the output folder of its training"
    if exported is None:
        return f"needs an exported model; write it with {PROGRAM} export and give the file by --run"
    if not exported.is_file():
        return f"needs {exported}; write it with {PROGRAM} export"
    if choice.precision == INT8 and not int8_path(exported).is_file():
        return f"needs {int8_path(exported)}; write it with {PROGRAM} export --precision int8"
    return None


def _why(choice: Choice, exported: Path | None, tested: bool, gated: bool) -> str:
    if choice.runtime == TORCH and not (exported and exported.is_file()):
        given = "" if exported else " and --run takes it"
        return f"without an exported model, which is faster; {PROGRAM} export writes it{given}"
    if tested:
        return "did not pass the gate on this machine"
    if gated:
        return (
            f"not tested by the gate with these files, this calibration, version and machine; run {PROGRAM} gate again"
        )
    return (
        "the fastest installed in float32" if choice.precision == FLOAT32 else "not tested by the gate on this machine"
    )
