# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Teachers for a distillation: given, found, or trained first."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monai.bundle import ConfigWorkflow
from torch import nn

from scripts.errors import InputError
from scripts.handlers.training_checkpoint import BEST
from scripts.runs import DATALIST, is_complete

logger = logging.getLogger(__name__)


def find_or_train(
    files: Mapping[str, str | None],
    configs: Mapping[str, str],
    networks: Mapping[str, nn.Module],
    teachers_dir: str | Path,
    options: Mapping[str, Any],
    held_out: Mapping[str, Any],
    resume: bool = False,
) -> dict[str, str]:
    """Return a weights file for every teacher, training those that are neither given nor there.

    A teacher without a file is trained through its own config into ``<teachers_dir>/<name>``, and found there the
    next time.

    Args:
        files: path of each teacher's weights by its name, None for one to be found or trained.
        configs: training config of each teacher.
        networks: each teacher's network, untrained; one that is trained here is trained in place.
        teachers_dir: where teachers are found or trained.
        options: passed on to the teachers' configs, as ``--key value`` would.
        held_out: items of `select` by section (validation, test) that no teacher may have learned from.
        resume: go on with a teacher whose training was interrupted.

    Raises:
        InputError: a given file is missing, or a teacher has learned from images that this run holds out.
    """
    found: dict[str, str] = {}
    for name, file in files.items():
        if file and not Path(file).is_file():
            raise InputError(
                f"--{name}_teacher {file}: no such file; give the weights of a {name} teacher, or leave the option out "
                "to have one trained"
            )
    for name, file in files.items():
        folder = Path(teachers_dir) / name
        if file:
            logger.info(f"The {name} teacher is {file}.")
        elif is_complete(folder):
            file = str(folder / BEST)
            logger.info(f"The {name} teacher was trained before and is used again: {file}.")
        else:
            logger.info(f"There is no {name} teacher yet: it is trained first, by {configs[name]}, into {folder}.")
            workflow = ConfigWorkflow(
                config_file=configs[name],
                workflow_type="train",
                network_def=networks[name],
                output_dir=str(folder),
                resume=resume,
                overwrite=not resume,  # nothing complete is there
                **options,
            )
            workflow.initialize()
            workflow.run()
            workflow.finalize()
            file = str(folder / BEST)
        _check_held_out(name, Path(file), held_out)
        found[name] = file
    return found


def _check_held_out(name: str, file: Path, held_out: Mapping[str, Any]) -> None:
    """Compare what a teacher was trained on, as far as its folder tells, with what this run holds out."""
    record = file.with_name(DATALIST)
    if not record.is_file():
        logger.warning(f"What the {name} teacher {file} was trained on is not known: {record} is missing.")
        return
    learned = json.loads(record.read_text(encoding="utf-8")).get("training", [])
    seen = {entry["image"] for entry in learned}
    for section, items in held_out.items():
        leaked = [item["name"] for item in items if item["name"] in seen]
        if leaked:
            raise InputError(
                f"the {name} teacher '{file}' has learned from {len(leaked)} of this run's {len(items)} {section} "
                f"images, such as '{leaked[0]}': its folds are others; use another --teachers_dir or other teachers"
            )
