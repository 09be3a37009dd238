# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The options of a run, looked at before anything is done with them."""

from __future__ import annotations

import ast
import difflib
import inspect
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from monai.bundle import ConfigParser, ConfigWorkflow, run

from ..errors import InputError

# What the command line takes beside the keys of a config.
OF_MONAI = {*inspect.signature(run).parameters, *inspect.signature(ConfigWorkflow.__init__).parameters, "bundle_root"}


def check_options(
    counts: Mapping[str, Any],
    indices: Mapping[str, Any] | None = None,
    numbers: Mapping[str, Any] | None = None,
    device: str | torch.device = "cpu",
    argv: Sequence[str] | None = None,
) -> None:
    """Refuse values of the wrong kind, and an option that no config knows: MONAI would take it, and nobody read it.

    Args:
        counts: by option name, values that must be whole numbers of at least 1.
        indices: values that must be whole numbers from 0.
        numbers: values that must be numbers from 0.
        device: must be there.
        argv: the command line of ``python -m monai.bundle run``; the process's where None. Another program's is not
            looked at.

    Raises:
        InputError: naming the option, its value and what would do.
    """
    for name, value in counts.items():
        if type(value) is not int or value < 1:
            raise InputError(f"--{name} {value}: a whole number of at least 1 is expected")
    for name, value in (indices or {}).items():
        if type(value) is not int or value < 0:
            raise InputError(f"--{name} {value}: a whole number from 0 is expected")
    for name, value in (numbers or {}).items():
        if type(value) not in (int, float) or not value >= 0:
            raise InputError(f"--{name} {value}: a number from 0 is expected")
    if "val_interval" in counts and counts["val_interval"] > counts["epochs"]:
        raise InputError(
            f"--val_interval {counts['val_interval']}: more than the {counts['epochs']} epochs there are, so that no "
            "epoch would be validated"
        )
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"--device {device}: {str(error).splitlines()[0]}") from None
    given = _given(sys.argv if argv is None else argv)
    if "config_file" in given:
        _check_names(given, _files(given["config_file"]))


def _check_names(given: Mapping[str, str], files: Sequence[str]) -> None:
    config = ConfigParser(ConfigParser.load_config_files(files))
    known = {*config.get(), *OF_MONAI}
    for option in given:
        first, *rest = option.replace("::", "#").split("#")
        if first not in known:
            close = difflib.get_close_matches(first, known, n=1)
            hint = f"; is --{close[0]} meant?" if close else ""
            raise InputError(f"--{option}: no such option in {', '.join(files)}{hint}")
        # Below it only a component takes names that its definition does not mention: they are its arguments.
        part = config.get().get(first)
        for name in rest:
            if isinstance(part, dict) and name not in part and "_target_" not in part:
                raise InputError(f"--{option}: no such option in {', '.join(files)}: there is no '{name}'")
            part = part.get(name) if isinstance(part, dict) else None


def _given(argv: Sequence[str]) -> dict[str, str]:
    """Options of ``monai.bundle run`` by name, with their values as text; empty for any other program."""
    if not any("monai" in part for part in argv[:1]) or "run" not in argv[1:2]:
        return {}
    given: dict[str, str] = {}
    for word, following in zip(argv[2:], [*argv[3:], ""]):
        if word.startswith("--"):
            name, separator, value = word[2:].partition("=")
            given[name] = value if separator else following
    return given


def _files(text: str) -> list[str]:
    try:
        files = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return [part.strip() for part in text.split(",")]
    return [files] if isinstance(files, str) else list(files)
