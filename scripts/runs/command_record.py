# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that started a run, kept in its folder, so that ``--resume true`` needs the folder alone."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..bundle.command_line import CommandLine, parse_command_line
from ..bundle.option_types import OPTIONS, read_option
from ..distributed import by_first_process
from ..errors import InputError
from ..files.json_file import write_json
from .file_names import COMMAND

logger = logging.getLogger(__name__)

# Options that may change from one attempt to the next: where things are, how fast it goes, how long.
FREE = (
    "bundle_root",
    "cache_rate",
    "checkpoint_interval",
    "dataset_dir",
    "device",
    "epochs",
    "keep_checkpoint",
    "logging_file",
    "meta_file",
    "num_workers",
    "output_dir",
    "overwrite",
    "resume",
)


@by_first_process
def record_command(output_dir: str | Path, argv: Sequence[str] | None = None) -> None:
    """Write the command of this process into the run's folder; one that is there stays, since a resumed run is that.

    Args:
        output_dir: the run's folder.
        argv: the words of the process; those of this one where None. Programs other than ``monai.bundle run`` leave no
            record.
    """
    typed = parse_command_line(sys.argv if argv is None else argv)
    path = Path(output_dir) / COMMAND
    if not typed.config_files or path.exists():
        return
    content: dict[str, Any] = {
        "config_file": _names(typed),
        "options": {name: value for name, value in _decisive(typed).items()},
    }
    if "epochs" in typed.options:
        content["options"]["epochs"] = typed.options["epochs"]
    write_json(path, content)


def restore_command(output_dir: str | Path, resume: bool, argv: Sequence[str] | None = None) -> None:
    """Go on with the options that a run was started with.

    Options that were left out are taken from the run's folder: this process starts once more with them.

    Args:
        output_dir: the run's folder.
        resume: whether the run is to be resumed; if not, nothing is done.
        argv: as for `record_command`.

    Raises:
        InputError: the run was started with another config or another value of an option.
    """
    typed = parse_command_line(sys.argv if argv is None else argv)
    path = Path(output_dir) / COMMAND
    if not resume or not typed.config_files or not path.is_file():
        return
    recorded = _read(path)
    if recorded["config_file"] != _names(typed):
        raise InputError(
            f"--config_file {' '.join(_names(typed))}: the run in {output_dir} was started with "
            f"{' '.join(recorded['config_file'])}; resume it with that, or choose another --output_dir"
        )
    before, now = recorded["options"], _decisive(typed)
    for name, value in now.items():
        if name not in before:
            raise InputError(
                f"--{name} {value}: the run in {output_dir} was started without this option; leave it out, or choose "
                "another --output_dir"
            )
        if _value(name, before[name]) != _value(name, value):
            raise InputError(
                f"--{name} {value}: the run in {output_dir} was started with {before[name]}; leave the option out, or "
                "choose another --output_dir"
            )
    missing = {name: value for name, value in before.items() if name not in typed.options}
    if missing:
        words = [word for name, value in missing.items() for word in (f"--{name}", str(value))]
        logger.info(f"Resuming {output_dir} with the options that it was started with: {' '.join(words)}")
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [*sys.orig_argv, *words])


def _decisive(typed: CommandLine) -> dict[str, Any]:
    return {name: value for name, value in typed.options.items() if name not in FREE}


def _names(typed: CommandLine) -> list[str]:
    """The config files without the folder of the bundle, which may have moved."""
    return ["/".join(Path(file).parts[-2:]) for file in typed.config_files]


def _value(name: str, text: Any) -> Any:
    """The value of a text: ``no`` and ``false`` are the same."""
    if name in OPTIONS and not (isinstance(text, str) and text.startswith("$")):
        return read_option(name, text)
    return str(text).replace(" ", "")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content["config_file"], list) and isinstance(content["options"], dict):
            return content
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise InputError(f"{path}: is damaged; give --config_file and all options of this run, and remove the file")
