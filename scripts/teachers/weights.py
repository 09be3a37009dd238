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

from ..errors import InputError
from ..networks.weights import load_weights
from ..runs.data_record import check_held_out
from ..runs.file_names import BEST, METRICS, RESUME

logger = logging.getLogger(__name__)


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
    files = {name: files[name] for name in names}
    for name, file in files.items():
        folder = Path(teachers_dir) / name
        if file:
            logger.info(f"The {name} teacher is {file}.")
        elif trained := _trained(folder):
            file = str(trained)
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


def check_given(
    names: Sequence[str],
    files: Mapping[str, str | None],
    networks: Mapping[str, nn.Module],
    teachers_dir: str | Path,
    datalist: Mapping[str, Any],
    held_out: Mapping[str, Any],
) -> None:
    """Look at the teachers that are given or there already, before anything is trained. Arguments as `find_or_train`.

    Raises:
        InputError: a teacher without a network, a file that is missing or of another network, or a teacher that has
            learned from images that this run holds out.
    """
    if undefined := [name for name in names if name not in networks]:
        raise InputError(f"--teacher_defs: there is no network for the {undefined[0]} teacher, which has a weight")
    for name in names:
        file = files[name] or _trained(Path(teachers_dir) / name)
        if file is None:
            continue
        if not Path(file).is_file():
            raise InputError(
                f"--{name}_teacher {file}: no such file; give the weights of a {name} teacher, or leave the option out "
                "to have one trained"
            )
        load_weights(networks[name], file, f"--{name}_teacher")
        check_held_out(file, datalist, held_out, what=f"the {name} teacher")


def _trained(folder: Path) -> Path | None:
    """The weights of a teacher whose training in `folder` is complete, None where there are none."""
    return folder / BEST if (folder / BEST).is_file() and not (folder / RESUME).exists() else None


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
    teachers = {}
    for name, file in files.items():
        # torch's annotations leave this argument out.
        teacher = networks[name].to(device).to(memory_format=memory_format)  # type: ignore[call-overload]
        teachers[name] = load_weights(teacher, file, f"--{name}_teacher")
    return teachers


def describe(files: Mapping[str, str]) -> dict[str, Any]:
    """Return what the result files beside the teachers' weights say of how they were trained, by name."""
    described = {}
    for name, file in files.items():
        metrics = Path(file).with_name(METRICS)
        provenance = json.loads(metrics.read_text(encoding="utf-8"))["provenance"] if metrics.is_file() else "unknown"
        described[name] = {"file": file, "trained": provenance}
    return described
