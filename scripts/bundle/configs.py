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
ADD_TO_PATH = "$sys.path.insert(1, @bundle_root)"  # how a config finds it where it is not installed


def read_config(files: Sequence[str | Path]) -> ConfigParser:
    """Return a parser of a config and the overlays on it.

    Configs call this package ``scripts`` and add the bundle's folder to the search path. Where the package is installed
    under its own name, their components are taken from there, and the path stays as it is: the folders of an installed
    package are no packages for others to import.
    """
    config = ConfigParser.load_config_files([str(file) for file in files])
    return ConfigParser(config if PACKAGE == IN_CONFIGS else as_installed(config, PACKAGE))


def as_installed(config: Any, package: str) -> Any:
    """Return a config whose components of this package are taken from `package`, which is on the search path."""
    if isinstance(config, dict):
        return {
            key: _target(value, package) if key == "_target_" else as_installed(value, package)
            for key, value in config.items()
            if value != ADD_TO_PATH
        }
    if isinstance(config, list):
        return [as_installed(value, package) for value in config if value != ADD_TO_PATH]
    return config


def _target(name: Any, package: str) -> Any:
    own = isinstance(name, str) and name.startswith(f"{IN_CONFIGS}.")
    return package + name.removeprefix(IN_CONFIGS) if own else name
