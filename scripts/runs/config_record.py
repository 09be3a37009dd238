# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Record the config of a training in its folder, so that its network can be used by naming the folder alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import torch
from monai.bundle import ConfigParser

from ..bundle.command_line import CommandLine
from ..bundle.configs import load_configs, read_config
from ..bundle.option_types import has_type, read_option
from ..errors import InputError
from ..files.json_file import write_json
from .file_names import BEST, CONFIG

NOT_RECORDED = ("overwrite", "resume")  # options of one start, not of the training
INITIAL_WEIGHTS = ("initial_weights", "encoder_weights", "pretrained")  # options, and arguments of networks


_recorded: ContextVar[dict[str, Any] | None] = ContextVar("recorded", default=None)


def write_config(output_dir: str | Path, typed: CommandLine) -> None:
    """Write the config of a training, with the options of its command line, as one JSON file.

    Args:
        output_dir: folder of the training.
        typed: the command line of ``python -m monai.bundle run``. Inside of `recorded_as` it is ignored.
    """
    write_json(Path(output_dir) / CONFIG, _recorded.get() or _config_of(typed).get())


@contextmanager
def recorded_as(config: dict[str, Any]) -> Iterator[None]:
    """Record this config of the trainings inside, which are parts of the command's, in place of the command's."""
    token = _recorded.set(config)
    try:
        yield
    finally:
        _recorded.reset(token)


def part_config(
    config_files: Sequence[str], options: Mapping[str, Any], typed: CommandLine, network: Sequence[str]
) -> dict[str, Any]:
    """Return the config of a training that is a part of the command's.

    Args:
        config_files: its config and the overlays on it.
        options: its options, with their types.
        typed: the command line, empty where another program started the training.
        network: where the config of the command line defines the network of the part, from the outermost key.
    """
    parser = ConfigParser(load_configs(config_files))
    for name, value in options.items():
        parser.set(f"${value}" if isinstance(value, torch.memory_format) else value, name)
    if typed.config_files:
        parser.set(_without_references(_config_of(typed), "::".join(network)), "network_def")
    return dict(parser.get())


def _config_of(typed: CommandLine) -> ConfigParser:
    parser = ConfigParser(load_configs(typed.config_files))
    for name, value in typed.options.items():
        known = name.replace("::", "#").split("#")[0] in parser.get()
        if known and name not in NOT_RECORDED:
            parser.set(_value(name, value), name)
    return parser


def _without_references(parser: ConfigParser, place: str) -> Any:
    """Return a part of a config, with the values of what it refers to."""
    part = parser[place]
    if isinstance(part, dict):
        return {name: _without_references(parser, f"{place}::{name}") for name in part if name != "_disabled_"}
    if isinstance(part, list):
        return [_without_references(parser, f"{place}::{index}") for index in range(len(part))]
    return parser.get_parsed_content(place) if isinstance(part, str) and "@" in part else part


def _value(name: str, value: Any) -> Any:
    if has_type(name, value):
        return read_option(name, value)
    try:
        return ast.literal_eval(value) if isinstance(value, str) else value
    except (SyntaxError, ValueError):
        return value


def find_run(run: str | Path) -> tuple[Path, Path]:
    """Return the config and the weights of a trained run.

    Args:
        run: output folder of a training.

    Raises:
        InputError: the folder is missing, or is not that of a training with a config and weights.
    """
    folder = Path(run)
    if not folder.is_dir():
        raise InputError(f"--run {run}: no such folder; give the output folder of a training")
    config, weights = folder / CONFIG, folder / BEST
    if not weights.is_file():
        raise InputError(f"--run {run}: has no {BEST}; give the output folder of a training that wrote its weights")
    if not config.is_file():
        raise InputError(
            f"--run {run}: has no {CONFIG}, which `monai.bundle run` writes; give the output folder of a training "
            "(docs/evaluation.md has how to evaluate any weights, docs/predict.md how to predict with them)"
        )
    return config, weights


def read_run_config(config: str | Path, *overlays: str | Path) -> ConfigParser:
    """Return a parser of the config of a run and overlays on it, without the weights that its training started from.

    The run's own weights replace those, and their files need not be here any more.

    Raises:
        InputError: the file is damaged.
    """
    try:
        parser = read_config([config, *overlays])
    except Exception as error:  # MONAI raises several kinds on files that are not configs
        raise InputError(f"{config}: cannot be read as a config: {' '.join(str(error).split())}") from None
    content = parser.get()
    for part in (content, content.get("network_def")):
        for name in INITIAL_WEIGHTS:
            if isinstance(part, dict) and part.get(name):
                part[name] = None
    return parser
