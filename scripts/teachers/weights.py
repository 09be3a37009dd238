# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find, train and load the teachers of a distillation."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ignite.distributed as idist
import torch
from monai.bundle import ConfigWorkflow
from torch import nn

from ..bundle.command_line import parse_command_line
from ..errors import InputError
from ..networks.weights import load_weights
from ..runs.config_record import part_config, recorded_as
from ..runs.data_record import check_held_out
from ..runs.file_names import BEST, METRICS, RESUME
from ..runs.trained_settings import check_image_size, check_view

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
    more_configs: Sequence[str] = (),
) -> dict[str, str]:
    """Return the weights file of every teacher, and train teachers that have none.

    A teacher without a given file is looked for in ``<teachers_dir>/<name>``, and trained there with its own config if
    there are no weights yet.

    Args:
        names: teachers to use.
        files: path of each teacher's weights by name, None to find or train it.
        configs: training config of each teacher, with overlays.
        networks: untrained network of each teacher; trained in place if needed.
        teachers_dir: folder of the trained teachers.
        options: options for the teachers' configs, like ``--key value``.
        datalist: datalist of this run.
        held_out: items from `select` by section (validation, test) that no teacher may have been trained on.
        resume: continue an interrupted training of a teacher.
        overlay: extra config for teachers trained by several processes.
        more_configs: further overlays of the configs of all teachers.

    Raises:
        InputError: a given file is missing, a teacher's training was interrupted and `resume` is False, or a teacher
            was trained on held-out images.
    """
    found: dict[str, str] = {}
    files = {name: files[name] for name in names}
    for name, file in files.items():
        folder = Path(teachers_dir) / name
        if file:
            logger.info(f"Using the {name} teacher {file}.")
        elif trained := _trained(folder):
            file = str(trained)
            logger.info(f"Reusing the {name} teacher trained before: {file}.")
        else:
            logger.info(f"There is no {name} teacher yet: training it first with {configs[name][-1]} in {folder}.")
            several_processes = [overlay] if overlay and idist.get_world_size() > 1 else []
            teacher_options = {**options, "output_dir": str(folder)}
            workflow = ConfigWorkflow(
                config_file=[*configs[name], *more_configs, *several_processes],
                workflow_type="train",
                network_def=networks[name],
                resume=resume and folder.is_dir(),
                **teacher_options,
            )
            workflow.initialize()
            typed = parse_command_line(sys.argv)
            config = part_config([*configs[name], *more_configs], teacher_options, typed, ("teacher_defs", name))
            with recorded_as(config):
                workflow.run()  # not finalised: that would end the process group before the distillation
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
    image_size: int,
    view: str,
) -> None:
    """Check the given and the existing teachers before anything is trained. For other arguments see `find_or_train`.

    Args:
        image_size: width and height of what the teachers see, pixels.
        view: what they see of an image, in words.

    Raises:
        InputError: a teacher without a network, a file that is missing or of another network, or a teacher that was
            trained on held-out images, at another image size or on another view.
    """
    if undefined := [name for name in names if name not in networks]:
        raise InputError(f"--teacher_defs: no network for the {undefined[0]} teacher of --teacher_weights")
    for name in names:
        file = files[name] or _trained(Path(teachers_dir) / name)
        if file is None:
            continue
        if not Path(file).exists():
            raise InputError(
                f"--{name}_teacher {file}: no such file; give the weights of a {name} teacher, or omit the option to "
                "train one"
            )
        load_weights(networks[name], file, f"--{name}_teacher")
        check_image_size(file, image_size, "--teacher_image_size")
        check_view(file, view, f"--{name}_teacher")
        check_held_out(file, datalist, held_out, what=f"the {name} teacher")


def untrained(
    names: Sequence[str], files: Mapping[str, str | None], networks: Mapping[str, nn.Module], teachers_dir: str | Path
) -> list[nn.Module]:
    """Return the networks of the teachers that `find_or_train` would train. For arguments see there."""
    return [networks[name] for name in names if not files[name] and not _trained(Path(teachers_dir) / name)]


def _trained(folder: Path) -> Path | None:
    """Return the weights of a teacher if its training in `folder` is complete, else None."""
    return folder / BEST if (folder / BEST).is_file() and not (folder / RESUME).exists() else None


def load_teachers(
    networks: Mapping[str, nn.Module],
    files: Mapping[str, str],
    device: str | torch.device,
    memory_format: torch.memory_format,
) -> dict[str, nn.Module]:
    """Return the teachers by name, with their weights loaded.

    Args:
        networks: network of each teacher.
        files: weights of each teacher, from `find_or_train`.
        device: device to move the teachers to.
        memory_format: memory format of their weights.

    Raises:
        InputError: weights that cannot be read or have another architecture.
    """
    teachers = {}
    for name, file in files.items():
        # torch's annotations leave this argument out.
        teacher = networks[name].to(device).to(memory_format=memory_format)  # type: ignore[call-overload]
        teachers[name] = load_weights(teacher, file, f"--{name}_teacher")
    return teachers


def describe(files: Mapping[str, str]) -> dict[str, Any]:
    """Return the provenance of each teacher by name, from the result files beside its weights, else ``"unknown"``."""
    return {name: {"file": file, "trained": _provenance(Path(file).with_name(METRICS))} for name, file in files.items()}


def _provenance(metrics: Path) -> dict[str, Any] | str:
    try:
        provenance = json.loads(metrics.read_text(encoding="utf-8"))["provenance"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):  # none, or a file of another program
        return "unknown"
    return provenance if isinstance(provenance, dict) else "unknown"
