# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The datalist: a JSON file with the images of a data set, their masks, classes and cross-validation folds.

It has MONAI's Auto3DSeg format (``training``: a list of ``image``, ``label``, ``fold``) and adds the class and the
group of each image. Paths are relative to the dataset folder, so the file can be moved on its own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, TypeGuard

from ..bundle.paths import PROGRAM
from ..errors import InputError
from ..files.json_file import read_json, write_json
from .duplicates.groups import near_duplicate_groups
from .duplicates.same_lesion import same_lesion_groups
from .folds import assign_folds, random_folds
from .integrity import check_records
from .joined_groups import joined_groups
from .patients import patient_key
from .phantoms.dataset import NAME as PHANTOMS
from .phantoms.dataset import phantom_parameters
from .records import CLASSES, Record
from .sources import read_dataset

SAME_LESION, RANDOM = "same_lesion", "random"
SPLITS = ("leak_free", SAME_LESION, RANDOM)
HEADER = ("name", "num_folds", "seed", "split")  # keys that a datalist file must have, beside the images
MAX_FOLDS = 1000


def build_datalist(
    dataset_dir: str | Path, num_folds: int | None = 5, seed: int = 0, split: str = "leak_free", check: bool = True
) -> dict[str, Any]:
    """Build the datalist of a dataset folder.

    Near-duplicates and images of one patient form a group, in all splits.

    Args:
        dataset_dir: a folder that `read_dataset` can read.
        num_folds: number of cross-validation folds, 2 or greater; None for one fold with all images.
        seed: random seed of the folds, 0 or greater.
        split: ``"leak_free"`` keeps every group in one fold; ``"same_lesion"``, too, and its groups also hold images
            that probably show the same lesion (see `same_lesion_groups`); ``"random"`` ignores the groups. All are
            stratified by class.
        check: decode every file first (see `check_records`).

    Returns:
        ``name`` (of the data set), ``dataset`` (name of the folder), ``num_folds``, ``seed``, ``split``,
        ``numTraining``, ``classes`` (number of images of each class) and ``training``, a list of dicts with ``image``,
        ``label`` (list of masks whose union is the label, empty without a lesion), ``class``, ``fold``, ``group``
        (numbered from 0 in order of appearance) and, if known, ``patient`` and ``spacing`` ([row, column] in
        millimetres). Of phantoms also ``phantoms``, see `phantom_parameters`.

    Raises:
        InputError: an argument out of range, or an invalid folder or file.
    """
    if split not in SPLITS:
        raise InputError(f"--split {split}: unknown; must be {', '.join(SPLITS[:-1])} or {SPLITS[-1]}")
    dataset_dir = Path(dataset_dir)
    name, records = read_dataset(dataset_dir)
    classes = [record.label_class for record in records]
    # Random folds are fast to compute and check the arguments before the slow steps.
    folds = random_folds(classes, num_folds, seed)
    if check:
        check_records(records)
    patients = [record.patient and patient_key(record.patient) for record in records]
    images = [record.image for record in records]
    groups = joined_groups(near_duplicate_groups(images), patients)
    if split == SAME_LESION:
        groups = joined_groups(groups, same_lesion_groups(images))
    if split != RANDOM:
        folds = assign_folds(classes, groups, num_folds, seed)
    counts = Counter(classes)
    phantoms = phantom_parameters(dataset_dir)
    return {
        "name": PHANTOMS if phantoms else name,
        **({"phantoms": phantoms} if phantoms else {}),
        "dataset": dataset_dir.absolute().name,
        "num_folds": num_folds or 1,
        "seed": seed,
        "split": split,
        "numTraining": len(records),
        "classes": {label_class: counts[label_class] for label_class in CLASSES if label_class in counts},
        "training": [
            _entry(record, dataset_dir, fold, group) for record, fold, group in zip(records, folds, groups, strict=True)
        ],
    }


def write_datalist(datalist: dict[str, Any], path: str | Path) -> None:
    """Write a datalist as JSON, atomically; missing folders are created.

    Raises:
        InputError: `path` cannot be written.
    """
    write_json(path, datalist)


def read_datalist(path: str | Path) -> dict[str, Any]:
    """Read a datalist from `build_datalist`.

    Raises:
        InputError: the file is missing, not JSON, or not a valid datalist; the message names the entry.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file; create a datalist with `{PROGRAM} datalist`")
    datalist = read_json(path)
    if not isinstance(datalist, dict) or not isinstance(datalist.get("training"), list):
        raise InputError(f'{path}: not a datalist; must be an object with a list "training"')
    if missing := [key for key in HEADER if key not in datalist]:
        raise InputError(f"{path}: missing {', '.join(missing)}; create a datalist with `{PROGRAM} datalist`")
    if not isinstance(datalist["name"], str) or datalist["split"] not in SPLITS:
        raise InputError(f'{path}: "name" must be a text and "split" one of {", ".join(SPLITS)}')
    if not isinstance(datalist.get("sources", {}), dict):
        raise InputError(f'{path}: "sources" must be an object with the data sets by name')
    num_folds = datalist["num_folds"]
    if not _is_count(num_folds) or not 1 <= num_folds <= MAX_FOLDS:
        raise InputError(f'{path}: "num_folds" is {num_folds!r}; must be a whole number from 1 to {MAX_FOLDS}')
    seen: set[str] = set()
    for index, entry in enumerate(datalist["training"]):
        mistake = _mistake(entry, num_folds)
        if mistake is None and entry["image"] in seen:
            mistake = f'"image" {entry["image"]!r} is listed twice'
        if mistake is not None:
            raise InputError(f"{path}: training[{index}]: {mistake}")
        seen.add(entry["image"])
    return datalist


def select(
    datalist: dict[str, Any],
    dataset_dir: str | Path,
    folds: Sequence[int] | None = None,
    classes: Sequence[str] | str | None = None,
    only: str | None = None,
    without: str | None = None,
    optional: bool = False,
    option: str = "--classes",
) -> list[dict[str, Any]]:
    """Return the entries of some folds and classes as MONAI's dictionary items.

    Args:
        datalist: from `build_datalist` or `read_datalist`.
        dataset_dir: folder of the data set, which may have moved since; empty if there is none.
        folds: folds to select, None for all.
        classes: classes to select, or the name of one; None for all.
        only: of several joined data sets the one to select, None for all.
        without: of several joined data sets the one to leave out, None for none.
        optional: whether `folds` may be empty, for no images.
        option: name of the option that gives `classes`, for messages.

    Returns:
        Items in the order of the datalist: ``image`` and ``label`` as absolute paths, ``name`` (relative path of the
        image), ``class``, ``fold``, ``group`` (of several data sets ``dataset``), and ``spacing``, NaN if unknown. An
        empty list without a folder.

    Raises:
        InputError: a fold, class or data set that the datalist does not have, a selection without images, or files
            that are missing in `dataset_dir`.
    """
    num_folds, entries = datalist["num_folds"], datalist["training"]
    if not dataset_dir or (optional and folds is not None and not folds):
        return []
    classes = [classes] if isinstance(classes, str) else classes
    present = Counter(entry["class"] for entry in entries)
    for fold in folds or ():
        if fold not in range(num_folds):
            raise InputError(
                f"--fold {fold}: the datalist has {num_folds} folds, 0 to {num_folds - 1}; so for --test_folds and "
                "--validation_fold"
            )
    for label_class in classes or ():
        if label_class not in CLASSES:
            raise InputError(f"{option} {label_class}: unknown class; the classes are {', '.join(CLASSES)}")
        if label_class not in present:
            raise InputError(f"{option} {label_class}: no such images; the dataset has {_listing(present)}")
    sources = datalist.get("sources", {})
    for source in (only, without):
        if source is not None and source not in sources:
            raise InputError(
                f"--left_out {source}: no such data set; there are {', '.join(sources) or datalist['name']}"
            )
    chosen = [
        entry
        for entry in entries
        if (only is None or entry["dataset"] == only)
        and (without is None or entry["dataset"] != without)
        and (folds is None or entry["fold"] in folds)
        and (classes is None or entry["class"] in classes)
    ]
    if folds is not None and not folds:
        raise InputError(
            f"--num_folds {num_folds}: too few; training, validation and test need at least one fold each (to an "
            "evaluation of a training without test folds, give --test_folds or --whole_dataset)"
        )
    if not chosen:
        there = Counter(entry["class"] for entry in entries if folds is None or entry["fold"] in folds)
        raise InputError(
            f"no images of classes {_asked(classes)} in folds {_asked(folds)}; these folds have {_listing(there)}"
        )
    root = Path(dataset_dir).absolute()
    items = []
    for entry in chosen:
        files = [root / relative for relative in (entry["image"], *entry["label"])]
        for file in files:
            if not file.is_file():
                folders = ", ".join(source["folder"] for source in datalist.get("sources", {}).values())
                wanted = f"the folder that holds {folders}" if folders else "the folder that it was made from"
                raise InputError(
                    f"{file}: no such file, although the datalist lists it; --dataset_dir must be {wanted}"
                )
        image, *label = map(str, files)
        # Only keys that every entry has, since all items of a batch need the same keys.
        same = {key: entry[key] for key in ("class", "fold", "group", "dataset") if key in entry}
        spacing = entry.get("spacing", [math.nan, math.nan])
        items.append({"image": image, "label": label, "name": entry["image"], **same, "spacing": spacing})
    return items


def _entry(record: Record, dataset_dir: Path, fold: int, group: int) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "image": record.image.relative_to(dataset_dir).as_posix(),
        "label": [mask.relative_to(dataset_dir).as_posix() for mask in record.masks],
        "class": record.label_class,
        "fold": fold,
        "group": group,
    }
    if record.patient is not None:
        entry["patient"] = record.patient
    if record.spacing is not None:
        entry["spacing"] = list(record.spacing)
    return entry


def _mistake(entry: Any, num_folds: int) -> str | None:
    """Return what is wrong with an entry of a datalist file, None if it is valid."""
    if not isinstance(entry, dict):
        return f"must be an object, not {entry!r}"
    missing = [key for key in ("image", "label", "class", "fold", "group") if key not in entry]
    if missing:
        return f"missing {', '.join(missing)}"
    if not isinstance(entry["label"], list):
        return f'"label" is {entry["label"]!r}; must be a list of masks'
    for path in (entry["image"], *entry["label"]):
        if not isinstance(path, str) or not path or not _is_inside(path):
            return f"{path!r} is not a path relative to the dataset folder and inside it"
    if entry["class"] not in CLASSES:
        return f'"class" is {entry["class"]!r}; the classes are {", ".join(CLASSES)}'
    if not _is_count(entry["fold"]) or entry["fold"] >= num_folds:
        return f'"fold" is {entry["fold"]!r}; there are {num_folds} folds, 0 to {num_folds - 1}'
    if not _is_count(entry["group"]):
        return f'"group" is {entry["group"]!r}; must be a whole number'
    spacing = entry.get("spacing", [1.0, 1.0])
    if (
        not isinstance(spacing, list)
        or len(spacing) != 2
        or not all(type(size) in (int, float) and size > 0 for size in spacing)
    ):
        return f'"spacing" is {spacing!r}; must be [row, column] in millimetres'
    return None


def _is_inside(path: str) -> bool:
    """Return whether a path is relative and never leaves the folder that it is relative to, on any system."""
    climbs = ".." in PurePosixPath(path).parts or ".." in PureWindowsPath(path).parts
    return not (climbs or path.startswith(("/", "\\")) or Path(path).is_absolute())


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and value >= 0


def _asked(values: Sequence[int] | Sequence[str] | None) -> str:
    return "all" if values is None else ", ".join(map(str, values)) or "none"


def _listing(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[label_class]} {label_class}" for label_class in CLASSES if counts[label_class]) or "none"
