# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the command line of ``python -m monai.bundle run`` exactly as typed.

MONAI parses values as Python literals: ``--overwrite false`` becomes a non-empty, true string, ``--output_dir run#2``
becomes ``run``, and ``--output_dir 2024`` a number. Unknown options are ignored. Therefore every config reads the
command line again before anything else.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
import inspect
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monai.bundle import ConfigWorkflow, run

from ..errors import InputError, report_input_errors
from .configs import load_config, load_configs
from .option_types import has_type, read_option
from .overlay_keys import check_overlay_keys
from .paths import install_command
from .typed_components import check_components

# Options of MONAI besides the keys of a config.
MONAI_OPTIONS = {*inspect.signature(run).parameters, *inspect.signature(ConfigWorkflow.__init__).parameters}
MONAI_OPTIONS = (MONAI_OPTIONS | {"bundle_root"}) - {"self", "override"}


@dataclass(frozen=True)
class CommandLine:
    """A parsed command line.

    Attributes:
        config_files: the config and its overlays, in order.
        options: text of all other options by name; values from an ``--args_file`` keep their type.
        others: words that are neither options nor values.
    """

    config_files: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()


_is_read = False


def read_command_line(resolved: MutableMapping[str, Any], argv: Sequence[str] | None = None) -> None:
    """Set the options of a config to the values on the command line, each with its own type.

    Only the first config of a process reads the command line; the configs of teachers that it trains do not.

    Args:
        resolved: what MONAI's parser has resolved so far, by id (``$__local_refs`` in a config). Every ``@option``
            refers to the values set here.
        argv: command line; None for that of the process. Those of other programs are ignored.

    Raises:
        InputError: an unknown option, a word that is not an option, or a value of the wrong type.
    """
    global _is_read
    if argv is None:
        if _is_read:
            return
        _is_read = True
    resolved.update(read_options(parse_command_line(sys.argv if argv is None else argv)))


def read_options(typed: CommandLine) -> dict[str, Any]:
    """Return the options of a command line that have a type, each with its own.

    Raises:
        InputError: an unknown option, a word that is not an option, or a value of the wrong type; an overlay with a key
            that nothing uses.
    """
    if typed.config_files:
        check_names(typed)
        check_overlay_keys(typed.config_files, typed.options.values())
    if typed.options.get("tracking") == "mlflow" and importlib.util.find_spec("mlflow") is None:
        raise InputError(f"--tracking mlflow: needs mlflow: {install_command('tracking')}")
    return {name: read_option(name, value) for name, value in typed.options.items() if has_type(name, value)}


def check_not_alone(argv: Sequence[str] | None = None) -> None:
    """Raise if the config of an evaluation stands on the command line without that of a training.

    Args:
        argv: see `read_command_line`.

    Raises:
        InputError: names both configs.
    """
    report_input_errors()  # what reports them later is in the other config
    files = parse_command_line(sys.argv if argv is None else argv).config_files
    if files and "train" not in load_configs(files):
        raise InputError(
            f"--config_file {files[0]}: needs the config of the training before it: "
            f"--config_file \"['configs/train.json','{files[0]}']\""
        )


def parse_command_line(argv: Sequence[str]) -> CommandLine:
    """Parse the command line of ``python -m monai.bundle run``; that of another program gives no options.

    Raises:
        InputError: an option is given twice, or an ``--args_file`` cannot be read.
    """
    if not any("monai" in part for part in argv[:1]) or "run" not in argv[1:2]:
        return CommandLine()
    given: dict[str, Any] = {}
    others = []
    words = list(argv[2:])
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            others.append(word)
            continue
        name, separator, value = word[2:].partition("=")
        if not separator:  # an option without a value is a flag
            value = words.pop(0) if words and not words[0].startswith("--") else "true"
        name = name.replace("-", "_")
        if name in given:
            raise InputError(f"--{name}: given twice; give it once")
        given[name] = value
    if "args_file" in given:
        given = {**_read_args_file(given.pop("args_file")), **given}
    files = given.pop("config_file", ())
    return CommandLine(tuple(_as_files(files)), given, tuple(others))


def check_names(typed: CommandLine) -> None:
    """Raise on options that the config does not have, that make each other void, or that define no component.

    Raises:
        InputError: names the first such option, and a similar one that exists; see also `check_components`.
    """
    if "network" in typed.options and (void := [name for name in typed.options if name.startswith("network_def")]):
        raise InputError(f"--network --{void[0]}: the first replaces what the second defines; give one of them")
    config = load_configs(typed.config_files)
    known = {*config, *MONAI_OPTIONS}
    for word in typed.others:
        if word not in config:
            hint = _hint(word.lstrip("-"), known) if word.startswith("-") else ""
            raise InputError(f"{word}: not an option; write --NAME VALUE, and quote values with spaces{hint}")
    for option in typed.options:
        first, *rest = option.replace("::", "#").split("#")
        if first not in known:
            raise InputError(f"--{option}: no such option in {', '.join(typed.config_files)}{_hint(first, known)}")
        # Nested names must exist, except below a component, where any name can be one of its arguments.
        part = config.get(first)
        for name in rest:
            if isinstance(part, dict) and name not in part and "_target_" not in part:
                raise InputError(f"--{option}: no such option in {', '.join(typed.config_files)}: no '{name}'")
            part = part.get(name) if isinstance(part, dict) else None
    check_components(typed.options, config)


def _hint(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean --{close[0]}?" if close else ""


def _read_args_file(path: str) -> dict[str, Any]:
    try:
        content = load_config(path)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"--args_file {path}: cannot be read: {str(error).splitlines()[0]}") from None
    if not isinstance(content, dict):
        raise InputError(f"--args_file {path}: must contain options by name")
    return content


def _as_files(given: Any) -> list[str]:
    if not isinstance(given, str):
        return list(given)
    try:
        files = ast.literal_eval(given)
    except (SyntaxError, ValueError):
        return [part.strip() for part in given.strip("[]").split(",")]
    return [files] if isinstance(files, str) else list(files)
