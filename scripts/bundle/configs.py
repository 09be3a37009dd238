# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the bundle's configs in Python."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monai.bundle import ConfigParser
from monai.bundle.utils import merge_kv

from ..errors import InputError
from .paths import PACKAGE

IN_CONFIGS = "scripts"  # the name of this package in every config
ADD_TO_PATH = "$sys.path.insert(1, @bundle_root)"  # how a config finds it if it is not installed
DUPLICATE = "Duplicate key: `(.+)`"  # MONAI's warning


def read_config(files: Sequence[str | Path]) -> ConfigParser:
    """Return a parser of a config and the overlays on it.

    Configs import this package as ``scripts`` and add the bundle's folder to ``sys.path``. If the package is installed
    under its own name, the components are imported from there and ``sys.path`` is not changed, since the subfolders of
    an installed package should not become importable by others.
    """
    config = load_configs(files)
    return ConfigParser(config if PACKAGE == IN_CONFIGS else as_installed(config, PACKAGE))


def load_configs(files: Sequence[str | Path]) -> dict[str, Any]:
    """Return the content of a config with the overlays on it.

    Raises:
        InputError: see `load_config`.
    """
    merged = ConfigParser({})
    for file in files:
        for key, value in load_config(file).items():
            merge_kv(merged, key, value)
    return dict(merged.get())


def load_config(file: str | Path) -> Any:
    """Return the content of one YAML or JSON file.

    Raises:
        InputError: a key stands twice.
    """
    with duplicate_keys_refused(file):
        return ConfigParser.load_config_file(str(file))


@contextmanager
def duplicate_keys_refused(file: str | Path) -> Iterator[None]:
    """Raise on a key that stands twice in the file that MONAI reads meanwhile; it takes the second and warns.

    Raises:
        InputError: names the file and the key.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", DUPLICATE, UserWarning)
        try:
            yield
        except UserWarning as warning:
            if not (found := re.match(DUPLICATE, str(warning))):
                raise
            raise InputError(f"{file}: the key '{found[1]}' stands twice; remove one of them") from None


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
