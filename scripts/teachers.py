# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Teachers for a distillation: given, found, or trained first."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ignite.distributed as idist
import torch
from monai.bundle import ConfigWorkflow
from torch import nn

from scripts.engines.distillation_trainer import BY_CLASS, FINETUNE, FIXED, FROZEN
from scripts.errors import InputError
from scripts.handlers.training_checkpoint import BEST, RESUME
from scripts.runs import METRICS, check_held_out
from scripts.weights import load_weights

logger = logging.getLogger(__name__)


def check_plan(
    weights: Mapping[str, float],
    files: Mapping[str, str | None],
    mode: str,
    routing: str,
    teacher_classes: Mapping[str, Sequence[str]],
    classes: Sequence[str] | str,
) -> None:
    """Look at the options of a distillation before anything is trained for it.

    Args:
        weights: of the teachers' soft losses, by name; who is named teaches.
        files: by name of every teacher that there could be, the path of its weights where one was given.
        mode: ``"finetune"`` or ``"frozen"``.
        routing: ``"fixed"`` or ``"class"``.
        teacher_classes: what each learns from while it is fine-tuned, by name.
        classes: that the student is trained on.

    Raises:
        InputError: naming the option that does not fit the others.
    """
    if mode not in (FINETUNE, FROZEN):
        raise InputError(f"--teacher_mode {mode}: {FINETUNE} or {FROZEN} is expected")
    if routing not in (FIXED, BY_CLASS):
        raise InputError(f"--teacher_routing {routing}: {FIXED} or {BY_CLASS} is expected")
    if not isinstance(weights, Mapping) or not weights or not set(weights) <= set(files):
        raise InputError(
            f"--teacher_weights {weights}: weights of one or more teachers are expected, by name; there are "
            f"{', '.join(files)}"
        )
    if idle := [name for name, file in files.items() if file and name not in weights]:
        raise InputError(
            f"--{idle[0]}_teacher {files[idle[0]]}: --teacher_weights {dict(weights)} give this teacher no weight"
        )
    if any(not isinstance(weight, (int, float)) or weight < 0 for weight in weights.values()):
        raise InputError(f"--teacher_weights {dict(weights)}: numbers from 0 up are expected")
    for name in weights if mode == FINETUNE else ():
        own = teacher_classes.get(name, classes)
        if not {*own} & {*([classes] if isinstance(classes, str) else classes)}:
            raise InputError(
                f"--classes {classes}: the {name} teacher learns from {', '.join(own)}, so it would learn nothing; "
                f"add the class, or use --teacher_mode {FROZEN}"
            )


def find_or_train(
    names: Sequence[str],
    files: Mapping[str, str | None],
    configs: Mapping[str, Sequence[str]],
    networks: Mapping[str, nn.Module],
    teachers_dir: str | Path,
    options: Mapping[str, Any],
    datalist: Mapping[str, Any],
    held_out: Mapping[str, Any],
    resume: bool = False,
    overlay: str | None = None,
) -> dict[str, str]:
    """Return a weights file for every teacher, training those that are neither given nor there.

    A teacher without a file is trained through its own config into ``<teachers_dir>/<name>``, and found there the
    next time. Weights that somebody else has put there are used as they are.

    Args:
        names: of the teachers that are wanted.
        files: path of each teacher's weights by its name, None for one to be found or trained.
        configs: training config of each teacher, with its overlays.
        networks: each teacher's network, untrained; one that is trained here is trained in place.
        teachers_dir: where teachers are found or trained.
        options: passed on to the teachers' configs, as ``--key value`` would.
        datalist: of this run.
        held_out: items of `select` by section (validation, test) that no teacher may have learned from.
        resume: go on with a teacher whose training was interrupted.
        overlay: the config that is put over a teacher's where several processes train it.

    Raises:
        InputError: a given file is missing, a teacher's training was interrupted and is not to be resumed, or a
            teacher has learned from images that this run holds out.
    """
    found: dict[str, str] = {}
    if undefined := [name for name in names if name not in networks]:
        raise InputError(f"--teacher_defs: there is no network for the {undefined[0]} teacher, who has a weight")
    files = {name: files[name] for name in names}
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
        elif (folder / BEST).is_file() and not (folder / RESUME).exists():
            file = str(folder / BEST)
            logger.info(f"The {name} teacher was trained before and is used again: {file}.")
        else:
            logger.info(f"There is no {name} teacher yet: it is trained first, by {configs[name][-1]}, into {folder}.")
            workflow = ConfigWorkflow(
                config_file=[*configs[name], *([overlay] if overlay and idist.get_world_size() > 1 else [])],
                workflow_type="train",
                network_def=networks[name],
                output_dir=str(folder),
                resume=resume,
                **options,
            )
            workflow.initialize()
            workflow.run()  # not finalised, which would part the processes before the distillation
            file = str(folder / BEST)
        check_held_out(file, datalist, held_out, what=f"the {name} teacher")
        found[name] = file
    return found


def load_teachers(
    networks: Mapping[str, nn.Module],
    files: Mapping[str, str],
    device: str | torch.device,
    memory_format: torch.memory_format,
) -> dict[str, nn.Module]:
    """Return the teachers that have a file, by name, with their weights loaded.

    Args:
        networks: each teacher's network.
        files: each teacher's weights, as `find_or_train` returns them.
        device: where the teachers go.
        memory_format: of their weights.

    Raises:
        InputError: weights that cannot be read or are of another architecture.
    """
    return {
        name: load_weights(networks[name].to(device=device, memory_format=memory_format), file, f"--{name}_teacher")
        for name, file in files.items()
    }


def describe(files: Mapping[str, str]) -> dict[str, Any]:
    """Return what the result files beside the teachers' weights say of how they were trained, by name."""
    described = {}
    for name, file in files.items():
        metrics = Path(file).with_name(METRICS)
        provenance = json.loads(metrics.read_text(encoding="utf-8"))["provenance"] if metrics.is_file() else "unknown"
        described[name] = {"file": file, "trained": provenance}
    return described
