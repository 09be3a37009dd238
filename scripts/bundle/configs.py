# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the bundle's configs in Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monai.bundle import ConfigParser

from .paths import PACKAGE

IN_CONFIGS = "scripts"  # the name of this package in every config
ADD_TO_PATH = "$sys.path.insert(1, @bundle_root)"  # how a config finds it if it is not installed


def read_config(files: Sequence[str | Path]) -> ConfigParser:
    """Return a parser of a config and the overlays on it.

    Configs import this package as ``scripts`` and add the bundle's folder to ``sys.path``. If the package is installed
    under its own name, the components are imported from there and ``sys.path`` is not changed, since the subfolders of
    an installed package should not become importable by others.
    """
    config = ConfigParser.load_config_files([str(file) for file in files])
    return ConfigParser(config if PACKAGE == IN_CONFIGS else as_installed(config, PACKAGE))


def as_installed(config: Any, package: str) -> Any:
    """Return a config that imports this package's components as `package`, which is installed."""
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
    is_ours = isinstance(name, str) and name.startswith(f"{IN_CONFIGS}.")
    return package + name.removeprefix(IN_CONFIGS) if is_ours else name
