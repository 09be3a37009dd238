# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Record the images that a run uses, and check that no image is used for both training and test."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ignite.distributed as idist

from ..data.datalist import read_datalist, write_datalist
from ..data.joined_datalist import identity_digests
from ..distributed import rank_zero_only
from ..errors import InputError
from .ancestors import inherited
from .file_names import DATALIST

logger = logging.getLogger(__name__)

UNSEEN = "give a data set that it has not seen"


@rank_zero_only
def check_data(
    output_dir: str | Path,
    datalist: Mapping[str, Any],
    sections: Mapping[str, Sequence[Mapping[str, Any]]],
    must_match: bool = False,
) -> None:
    """Check that each section of a run has images, and that no image is in two sections. Nothing is written.

    Args:
        output_dir: folder of the run.
        datalist: source of the items.
        sections: items from `select` by use: training, validation, test. Items of an application have no ``name``,
            only an ``image``.
        must_match: for a resumed run: an existing datalist must list the same images.

    Raises:
        InputError: no images for training or validation; sections that share an image or, unless the split is random, a
            group of near-duplicates; a resumed run with other images; a section with fewer images than processes.
    """
    _check(Path(output_dir), datalist, sections, must_match)


@rank_zero_only
def record_data(
    output_dir: str | Path,
    datalist: Mapping[str, Any],
    sections: Mapping[str, Sequence[Mapping[str, Any]]],
    must_match: bool = False,
    trained: Mapping[str, Any] | None = None,
) -> None:
    """Write the datalist of a run to its folder, and log the numbers of images.

    The file is the whole datalist, readable by `read_datalist`. Its key ``used`` lists the images of each section, and
    ``trained`` has the settings that the trained weights need. Other arguments and errors are those of `check_data`.

    Args:
        trained: ``image_size``, ``view`` and name of the ``network``; None if nothing is trained.
    """
    _check(Path(output_dir), datalist, sections, must_match)
    path = Path(output_dir) / DATALIST
    write_datalist({**datalist, "used": _used(sections), **({"trained": dict(trained)} if trained else {})}, path)
    counts = ", ".join(f"{len(items)} {name}" for name, items in sections.items())
    logger.info(f"Images of {datalist['name']}, {datalist['split']} split: {counts}; listed in {path}.")


def _check(
    folder: Path,
    datalist: Mapping[str, Any],
    sections: Mapping[str, Sequence[Mapping[str, Any]]],
    must_match: bool,
) -> None:
    for name in ("training", "validation"):
        if name in sections and not sections[name]:
            raise InputError(
                f"there are no images for {name}: give a --dataset_dir, or annotate more images in the application"
            )
    for name, items in sections.items():
        if 0 < len(items) < (processes := idist.get_world_size()):
            raise InputError(f"{len(items)} {name} images for {processes} processes: start fewer processes")
    if datalist["training"]:
        _check_disjoint(sections, "name" if datalist["split"] == "random" else "group")
    path = folder / DATALIST
    if must_match and path.is_file() and read_datalist(path).get("used") != _used(sections):
        raise InputError(f"--resume true: '{path}' lists other images than these options select; use the same options")


def _used(sections: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[str]]:
    return {name: [item.get("name", item["image"]) for item in items] for name, items in sections.items()}


def _check_disjoint(sections: Mapping[str, Sequence[Mapping[str, Any]]], key: str) -> None:
    first: dict[Any, tuple[str, Any]] = {}  # section and fold of each key
    for name, items in sections.items():
        for item in items:
            other, fold = first.setdefault(item[key], (name, item.get("fold")))
            if (other, name) == ("validation", "test") and fold is not None and fold == item.get("fold"):
                raise InputError(
                    f"fold {fold} is in both the validation and the test data: give a --validation_fold that is not "
                    "among --test_folds"
                )
            if other != name:
                what = f"group {item['group']} (near-duplicates or one patient)" if key == "group" else "an image"
                raise InputError(
                    f"{what} is in both the {other} and the {name} data: {item['name']}; use folds that do not overlap"
                )


def check_held_out(
    weights: str | Path,
    datalist: Mapping[str, Any],
    sections: Mapping[str, Sequence[Mapping[str, Any]]],
    what: str = "ckpt",
    allowed: bool = False,
) -> int:
    """Count held-out images that a network was trained on; warn of test images and refuse assessed ones that chose it.

    Images count that its teachers, or the weights that it started from, were trained on.

    The images of its training are read from the datalist beside the weights; if there is none, a warning is logged.

    Args:
        weights: the network's weights file.
        datalist: source of the items; weights trained on another data set share no images with it.
        sections: items from `select` by use.
        what: name of the weights file in messages.
        allowed: log the images instead of raising.

    Returns:
        The number of images found.

    Raises:
        InputError: the network was trained on some of the images, and `allowed` is False; or a calibration would be
            assessed on images that it was fitted to.
    """
    record = Path(weights).with_name(DATALIST)
    if not record.is_file():
        logger.warning(f"The training images of {what} '{weights}' are unknown: {record} is missing.")
        return 0
    known = read_datalist(record)
    used = known.get("used", {})
    seen, chosen_by = (identity_digests(known, used.get(use, ())).keys() for use in ("training", "validation"))
    by_ancestors = inherited(known) - seen
    unlabelled = {Path(name).name for name in used.get("unlabelled", ())}
    found = 0
    for section, items in sections.items():
        names = [item["name"] for item in items]
        of_section = _digests(datalist, names)
        direct = [name for digest, name in of_section.items() if digest in seen]
        leaked = list(dict.fromkeys(direct + [name for digest, name in of_section.items() if digest in by_ancestors]))
        found += len(leaked)
        if maybe := [name for name in names if Path(name).name in unlabelled]:
            logger.warning(
                f"{len(maybe)} of the {len(items)} {section} images are called like images without annotation that "
                f"{what} '{weights}' has learned from, such as '{maybe[0]}'; if they are the same, results are too good"
            )
        if leaked:
            message = (
                f"{what} '{weights}' was trained on {len(leaked)} of the {len(items)} {section} images, such as "
                f"'{leaked[0]}'" + ("" if direct else ", through the weights that it has learned from")
            )
            if not allowed:
                of_a_fold = section in ("test", "validation")
                hint = "use the --fold, --seed and --split of its training" if of_a_fold else UNSEEN
                raise InputError(f"{message}; {hint}")
            logger.warning(f"{message}, so the results are not those of unseen images.")
        if validated := [name for digest, name in of_section.items() if digest in chosen_by]:
            message = (
                f"{len(validated)} of the {len(items)} {section} images, such as '{validated[0]}', are validation "
                f"images of {what} '{weights}', which chose its epoch and calibration"
            )
            if section == "assessed":
                raise InputError(f"{message}; {UNSEEN}")
            if section == "test":
                logger.warning(f"{message}, so the results are too good.")
    return found


def check_tested_share(
    weights: str | Path, datalist: Mapping[str, Any], whole_dataset: bool, datalist_file: str | None = None
) -> None:
    """Refuse to test some folds alone of a data set that a network has not seen: for it they hold nothing out.

    Args:
        weights: the network's weights file; nothing is refused without the datalist of its training beside it.
        datalist: the data set, without ``sources`` if it is a single one.
        whole_dataset: whether all its images are tested.
        datalist_file: file that the datalist was read from, whose folds are a choice; empty or None if there is none.

    Raises:
        InputError: the network has learned from none of the images, and was not chosen by one.
    """
    record = Path(weights).with_name(DATALIST)
    if whole_dataset or datalist_file or not record.is_file():
        return
    known = read_datalist(record)
    used = known.get("used", {})
    seen = identity_digests(known, [*used.get("training", ()), *used.get("validation", ())]).keys() | inherited(known)
    if not seen & _digests(datalist, [entry["image"] for entry in datalist["training"]]).keys():
        raise InputError(
            f"--dataset_dir: '{weights}' was trained on no image of {datalist['name']}, so none of its folds is held "
            "out; give --whole_dataset to test all its images, or a --datalist_file with folds of your own"
        )


def _digests(datalist: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """Return `identity_digests` by both keys, as a record may be of an earlier version; most images have equal ones."""
    return {**identity_digests(datalist, names, former=True), **identity_digests(datalist, names)}
