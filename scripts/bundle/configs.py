# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's configs, read by a program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monai.bundle import ConfigParser

from .paths import PACKAGE

IN_CONFIGS = "scripts"  # the name of this package in every config


def read_config(files: Sequence[str | Path]) -> ConfigParser:
    """Return a parser of a config and the overlays on it.

    Configs call this package ``scripts``; where it was installed under its own name, their components are taken from
    there.
    """
    return ConfigParser(_from_here(ConfigParser.load_config_files([str(file) for file in files])))


def _from_here(config: Any) -> Any:
    if isinstance(config, dict):
        return {key: _target(value) if key == "_target_" else _from_here(value) for key, value in config.items()}
    return [_from_here(value) for value in config] if isinstance(config, list) else config


def _target(name: Any) -> Any:
    own = isinstance(name, str) and name.startswith(f"{IN_CONFIGS}.")
    return PACKAGE + name.removeprefix(IN_CONFIGS) if own else name
