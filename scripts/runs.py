# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a training run: opened with care, described, and tidied when the run is complete.

Of several processes the first does it, and what it finds wrong ends all.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ignite.distributed as idist
import torch

from scripts.atomic import written_whole
from scripts.data.datalist import read_datalist, write_datalist
from scripts.distributed import by_first_process, check_joined
from scripts.errors import InputError
from scripts.handlers.training_checkpoint import BEST, LAST, RESUME, TEACHER
from scripts.inferers import has_bfloat16

logger = logging.getLogger(__name__)

DATALIST, METRICS, ROWS, REPORT = "datalist.json", "metrics.json", "metrics.csv", "report.html"
CALIBRATION = "calibration.json"
WEIGHTS = (BEST, LAST, RESUME)
FIGURES = (METRICS, ROWS)
TRAINED, EVALUATED = "tensorboard", "predictions"


def is_complete(output_dir: str | Path) -> bool:
    """Whether the run in `output_dir` was trained to its end and evaluated."""
    folder = Path(output_dir)
    return (folder / METRICS).is_file() and (folder / BEST).is_file() and not (folder / RESUME).exists()


@by_first_process
def open_run(output_dir: str | Path, resume: bool = False, overwrite: bool = False, training: bool = True) -> None:
    """Make sure that a run may write into `output_dir`, and that nothing finished is lost by it.

    Args:
        output_dir: the run's folder, made if missing.
        resume: go on with the run that is there, from its last epoch.
        overwrite: remove what is there of such a run; trained teachers in folders below stay, and so do the weights
            where the run only evaluates.
        training: whether the run trains.

    Raises:
        InputError: the folder holds a run and neither option is given, or both are, or the run to be resumed is
            complete, or the folder cannot be written, or several processes do not know of each other.
    """
    check_joined()
    folder = Path(output_dir)
    make_folder(folder)
    if resume and overwrite:
        raise InputError("--resume true --overwrite true: go on with the run that is there, or replace it; not both")
    present = [name for name in (*(WEIGHTS if training else ()), *FIGURES) if (folder / name).exists()]
    if overwrite:
        finetuned = [path.name for path in folder.glob(TEACHER.format("*"))] if training else []
        for name in (*present, *finetuned, DATALIST, REPORT):
            (folder / name).unlink(missing_ok=True)
        for name in (EVALUATED, *([TRAINED] if training else [])):
            shutil.rmtree(folder / name, ignore_errors=True)
    elif resume and is_complete(folder):
        raise InputError(f"--output_dir {folder}: this run is complete, nothing is left to resume")
    elif present and not resume:
        if training:
            state, resumed = ("a complete" if is_complete(folder) else "an unfinished"), "go on with --resume true, "
        else:
            state, resumed = "an evaluated", ""
        raise InputError(
            f"--output_dir {folder}: holds {state} run; {resumed}replace it with --overwrite true (teachers below it "
            "are kept), or choose another folder"
        )
    for partial in folder.glob(".*.partial"):  # of a run that was killed while it wrote
        partial.unlink()


def make_folder(output_dir: str | Path) -> None:
    """Make a folder for results.

    Raises:
        InputError: it cannot be made or written.
    """
    folder = Path(output_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--output_dir {folder}: cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise InputError(f"--output_dir {folder}: cannot be written")


@by_first_process
def record_data(
    output_dir: str | Path,
    datalist: Mapping[str, Any],
    sections: Mapping[str, Sequence[Mapping[str, Any]]],
    must_match: bool = False,
) -> None:
    """Write the datalist that a run uses beside its results, and tell how many images it has.

    The file is the whole datalist, which `read_datalist` reads again, with the names of the images in each section
    under ``used``.

    Args:
        output_dir: the run's folder.
        datalist: where the items come from.
        sections: items of `select` by what they are used for: training, validation, test; or an application's, which
            have an ``image`` and no name.
        must_match: the run goes on: a datalist that is there must have used the same images.

    Raises:
        InputError: nothing to train on or to validate with; sections that share an image or, under a leak-free split,
            a group of near-identical ones; or a run to be resumed that used other images; or a section with fewer
            images than there are processes.
    """
    for name in ("training", "validation"):
        if name in sections and not sections[name]:
            raise InputError(
                f"there are no images for {name}: give a --dataset_dir, or annotate more images in the application"
            )
    for name, items in sections.items():
        if 0 < len(items) < (processes := idist.get_world_size()):
            raise InputError(f"{len(items)} {name} images for {processes} processes: start fewer processes")
    used = {name: [item.get("name", item["image"]) for item in items] for name, items in sections.items()}
    if datalist["training"]:
        _check_apart(sections, "group" if datalist["split"] == "leak_free" else "name")
    recorded = {**datalist, "used": used}
    path = Path(output_dir) / DATALIST
    if must_match and path.is_file() and read_datalist(path).get("used") != used:
        raise InputError(f"--resume true: '{path}' lists other images than these options choose; use the same options")
    write_datalist(recorded, path)
    counts = ", ".join(f"{len(items)} {name}" for name, items in sections.items())
    logger.info(f"Images of {datalist['name']} ({datalist['split']} split): {counts}. Listed in {path}.")


def _check_apart(sections: Mapping[str, Sequence[Mapping[str, Any]]], key: str) -> None:
    section_of: dict[Any, str] = {}
    for name, items in sections.items():
        for item in items:
            other = section_of.setdefault(item[key], name)
            if other != name:
                what = f"group {item['group']} (near-identical images or one patient)" if key == "group" else "an image"
                raise InputError(
                    f"{what} is in the {other} and the {name} data: {item['name']}; give them folds that do not overlap"
                )


def check_held_out(
    weights: str | Path,
    datalist: Mapping[str, Any],
    sections: Mapping[str, Sequence[Mapping[str, Any]]],
    what: str = "ckpt",
    allowed: bool = False,
) -> int:
    """Count the images that a network was trained on among those that are to be held out from it.

    What it was trained on is read from the datalist beside its weights; where there is none this is said in the log.

    Args:
        weights: the network's weights file.
        datalist: where the items come from; weights trained on another data set have seen none of them.
        sections: items of `select` by what they are used for.
        what: what the file is to the user, for the message.
        allowed: log the images found instead of refusing them.

    Returns:
        The number of images found.

    Raises:
        InputError: the network has learned from some of the images, and this is not `allowed`.
    """
    record = Path(weights).with_name(DATALIST)
    if not record.is_file():
        logger.warning(f"Which images {what} '{weights}' was trained on is not known: {record} is missing.")
        return 0
    known = read_datalist(record)
    # Names alone do not tell data sets apart: phantoms are named as BUSI's images.
    if any(known.get(key) != datalist.get(key) for key in ("name", "classes")):
        return 0
    seen, found = set(known.get("used", {}).get("training", ())), 0
    for section, items in sections.items():
        leaked = [item["name"] for item in items if item["name"] in seen]
        found += len(leaked)
        if leaked:
            message = (
                f"{what} '{weights}' was trained on {len(leaked)} of the {len(items)} {section} images, such as "
                f"'{leaked[0]}'"
            )
            if not allowed:
                raise InputError(f"{message}: its folds are others; use its --fold, --seed and --split")
            logger.warning(f"{message}: these figures are not those of unseen images.")
    return found


@by_first_process
def close_run(output_dir: str | Path) -> None:
    """Remove what only an unfinished run needs, and name what it made."""
    folder = Path(output_dir)
    (folder / RESUME).unlink(missing_ok=True)
    made = (BEST, LAST, DATALIST, *FIGURES, EVALUATED)
    logger.info(f"Complete: {', '.join(name for name in made if (folder / name).exists())} in {folder}.")


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


@by_first_process
def publish(source: str | Path, target: str | Path) -> None:
    """Put newly trained weights in the place of the bundle's own.

    What belongs to the old ones, beside them, goes: the list of the images that they had learned from, since the new
    ones may have seen more, and their calibration.

    Args:
        source: weights of a training that is complete.
        target: the bundle's ``model.pt``, replaced whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    with written_whole(target) as partial:
        partial.write_bytes(Path(source).read_bytes())
    for name in (DATALIST, CALIBRATION):
        Path(target).with_name(name).unlink(missing_ok=True)
    logger.info(f"The bundle's weights are now those of this training: {target}.")
