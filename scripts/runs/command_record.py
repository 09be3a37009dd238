# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Record the command of a run in its folder, so that ``--resume true`` needs no other options than the folder."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..bundle.command_line import CommandLine, parse_command_line
from ..bundle.option_types import OPTIONS, read_option
from ..distributed import rank_zero_only
from ..errors import InputError
from ..files.json_file import read_json, write_json
from .config_record import write_config
from .file_names import COMMAND

logger = logging.getLogger(__name__)

# Options that say what this start does, or where.
OF_A_START = ("bundle_root", "output_dir", "overwrite", "resume")
# Options that may change when a run is resumed: paths, speed and length.
FREE = (
    *OF_A_START,
    "cache_rate",
    "checkpoint_interval",
    "dataset_dir",
    "device",
    "epochs",
    "keep_checkpoint",
    "logging_file",
    "meta_file",
    "num_workers",
)


@rank_zero_only
def record_command(output_dir: str | Path, argv: Sequence[str] | None = None) -> None:
    """Write command and config of this process to the run's folder; of a resumed run the options that have changed.

    Args:
        output_dir: folder of the run.
        argv: command line; None for that of the process. Only ``monai.bundle run`` is recorded.
    """
    typed = parse_command_line(sys.argv if argv is None else argv)
    path = Path(output_dir) / COMMAND
    if not typed.config_files:
        return
    before = _read(path)["options"] if path.exists() else None
    options = {name: value for name, value in typed.options.items() if name not in OF_A_START}
    if before is None or before != {**before, **options}:
        write_config(output_dir, typed)
        write_json(path, {"config_file": list(typed.config_files), "options": {**(before or {}), **options}})


def restore_command(output_dir: str | Path, resume: bool, argv: Sequence[str] | None = None) -> None:
    """Resume a run with the options that it was started with.

    Options that are not given now are read from the run's folder, and the process restarts itself with them.

    Args:
        output_dir: folder of the run.
        resume: whether to resume the run; otherwise nothing is done.
        argv: see `record_command`.

    Raises:
        InputError: there is no such folder, or the run was started with another config or another value of an option.
    """
    typed = parse_command_line(sys.argv if argv is None else argv)
    path = Path(output_dir) / COMMAND
    if not resume or not typed.config_files:
        return
    if not path.parent.is_dir():
        raise InputError(f"--resume true: there is no folder --output_dir {output_dir}; omit --resume to start a run")
    if not path.is_file():  # it was interrupted before anything was worth keeping
        return
    recorded = _read(path)
    if _names(recorded["config_file"]) != _names(typed.config_files):
        raise InputError(
            f"--config_file {' '.join(typed.config_files)}: the run in {output_dir} was started with "
            f"{' '.join(recorded['config_file'])}; resume it with that config, or choose another --output_dir"
        )
    before, now = recorded["options"], _fixed_options(typed)
    for name, value in now.items():
        if name not in before:
            raise InputError(
                f"--{name} {value}: the run in {output_dir} was started without this option; omit it, or choose "
                "another --output_dir"
            )
        if _value(name, before[name]) != _value(name, value):
            raise InputError(
                f"--{name} {value}: the run in {output_dir} was started with {before[name]}; omit the option, or "
                "choose another --output_dir"
            )
    missing = {name: value for name, value in before.items() if name not in typed.options}
    if missing:
        words = [word for name, value in missing.items() for word in (f"--{name}", str(value))]
        logger.info(f"Resuming {output_dir} with its original options: {' '.join(words)}")
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [*sys.orig_argv, *words])


def _fixed_options(typed: CommandLine) -> dict[str, Any]:
    return {name: value for name, value in typed.options.items() if name not in FREE}


def _names(files: Sequence[str]) -> list[str]:
    """Return the config files without the bundle's folder, which may have moved."""
    return ["/".join(Path(file).parts[-2:]) for file in files]


def _value(name: str, text: Any) -> Any:
    """Return the value of an option, so that equal values such as ``no`` and ``false`` compare equal."""
    if name in OPTIONS and not (isinstance(text, str) and text.startswith("$")):
        return read_option(name, text)
    return str(text).replace(" ", "")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = read_json(path)
        files, options = content["config_file"], content["options"]
        if all(isinstance(name, str) for name in files) and isinstance(options, dict):
            return content
    except (InputError, KeyError, TypeError):
        pass
    raise InputError(f"{path}: is damaged; remove it, and give --config_file and all options of this run")
