# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a training run: opened with care, described, and tidied when the run is complete."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from scripts.data.datalist import write_datalist
from scripts.errors import InputError
from scripts.handlers.training_checkpoint import BEST, LAST, RESUME
from scripts.inferers import has_bfloat16

logger = logging.getLogger(__name__)

DATALIST, METRICS = "datalist.json", "metrics.json"
FILES = (BEST, LAST, RESUME, DATALIST, METRICS, "metrics.csv")


def is_complete(output_dir: str | Path) -> bool:
    """Whether the run in `output_dir` was trained to its end and evaluated."""
    folder = Path(output_dir)
    return (folder / METRICS).is_file() and (folder / BEST).is_file() and not (folder / RESUME).exists()


def open_run(output_dir: str | Path, resume: bool = False, overwrite: bool = False) -> None:
    """Make sure that a run may write into `output_dir`, and that nothing finished is lost by it.

    Args:
        output_dir: the run's folder, made if missing.
        resume: go on with the run that is there, from its last epoch.
        overwrite: remove the run that is there (its own files only; trained teachers below it stay).

    Raises:
        InputError: the folder holds a run and neither option is given, or the run to be resumed is complete, or the
            folder cannot be written.
    """
    folder = Path(output_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--output_dir {folder}: cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise InputError(f"--output_dir {folder}: cannot be written")
    present = [name for name in FILES if (folder / name).exists()]
    if overwrite:
        for name in present:
            (folder / name).unlink()
    elif resume and is_complete(folder):
        raise InputError(f"--output_dir {folder}: this run is complete, nothing is left to resume")
    elif present and not resume:
        raise InputError(
            f"--output_dir {folder}: holds {'a complete' if is_complete(folder) else 'an unfinished'} run; go on with "
            "--resume true, replace it with --overwrite true (trained teachers are kept), or choose another folder"
        )


def record_data(
    output_dir: str | Path, datalist: Mapping[str, Any], sections: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Write the datalist that a run uses beside its results, and tell how many images it has.

    Args:
        output_dir: the run's folder.
        datalist: where the items come from.
        sections: items of `select` by what they are used for: training, validation, test.

    Raises:
        InputError: sections that share a group of near-identical images under a leak-free split, or a run to be
            resumed that used other images.
    """
    by_name = {entry["image"]: entry for entry in datalist["training"]}
    used = {**datalist, **{name: [by_name[item["name"]] for item in items] for name, items in sections.items()}}
    if datalist["split"] == "leak_free":
        _check_apart({name: used[name] for name in sections})
    path = Path(output_dir) / DATALIST
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != json.loads(json.dumps(used)):
        raise InputError(f"--resume true: '{path}' lists other images than these options choose; use the same options")
    write_datalist(used, path)
    counts = ", ".join(f"{len(items)} {name}" for name, items in sections.items())
    logger.info(f"Images of {datalist['name']} ({datalist['split']} split): {counts}. Listed in {path}.")


def _check_apart(sections: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    section_of: dict[int, str] = {}
    for name, entries in sections.items():
        for entry in entries:
            other = section_of.setdefault(entry["group"], name)
            if other != name:
                raise InputError(
                    f"group {entry['group']} (near-identical images or one patient) is in the {other} and the {name} "
                    f"data: {entry['image']}; give them folds that do not overlap"
                )


def close_run(output_dir: str | Path) -> None:
    """Remove what only an unfinished run needs, and name what it made."""
    folder = Path(output_dir)
    (folder / RESUME).unlink(missing_ok=True)
    logger.info(f"Complete: {', '.join(name for name in FILES if (folder / name).exists())} in {folder}.")


def announce(
    paper: Mapping[str, Any],
    chosen: Mapping[str, Any],
    device: str | torch.device,
    amp: bool,
    memory_format: torch.memory_format,
) -> None:
    """Tell in one plain line where a run differs from the paper's settings, and in one how it computes.

    Args:
        paper: the paper's settings by name.
        chosen: this run's, under the same names.
        device: where the network runs.
        amp: whether bfloat16 is asked for.
        memory_format: of the network's weights.
    """
    differing = [f"{name} {chosen[name]} (paper: {value})" for name, value in paper.items() if chosen[name] != value]
    if differing:
        logger.info(f"Not the paper's settings: {', '.join(differing)}.")
    precision = "bfloat16 autocast" if amp and has_bfloat16(device) else "float32"
    layout = str(memory_format).removeprefix("torch.")
    logger.info(f"Computing on {device} in {precision}, memory format {layout}.")
