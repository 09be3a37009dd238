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

from monai.bundle import ConfigParser, ConfigWorkflow, run

from scripts.errors import InputError

# What the command line takes beside the keys of a config.
OF_MONAI = {*inspect.signature(run).parameters, *inspect.signature(ConfigWorkflow.__init__).parameters, "bundle_root"}


def check_options(counts: Mapping[str, Any], argv: Sequence[str] | None = None) -> None:
    """Refuse an option that no config knows, which MONAI would take and nobody would read, and sizes that are none.

    Args:
        counts: by option name, values that must be whole numbers of at least 1.
        argv: the command line of ``python -m monai.bundle run``; the process's where None. Another program's is not
            looked at.

    Raises:
        InputError: naming the option, its value and what would do.
    """
    for name, value in counts.items():
        if type(value) is not int or value < 1:
            raise InputError(f"--{name} {value}: a whole number of at least 1 is expected")
    if "val_interval" in counts and counts["val_interval"] > counts["epochs"]:
        raise InputError(
            f"--val_interval {counts['val_interval']}: more than the {counts['epochs']} epochs there are, so that no "
            "epoch would be validated"
        )
    given = _given(sys.argv if argv is None else argv)
    if "config_file" not in given:
        return
    config = ConfigParser.load_config_files(_files(given["config_file"]))
    known = {key.split("#")[0].split("::")[0] for key in config} | OF_MONAI
    for option in given:
        name = option.split("#")[0].split("::")[0]
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; is --{close[0]} meant?" if close else ""
            raise InputError(f"--{option}: no such option in {given['config_file']}{hint}")


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
