# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Join several data sets to one datalist. Each keeps its folds; paths are relative to their common parent folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from ..errors import InputError
from .datalist import build_datalist, read_datalist
from .duplicates.shared_images import shared_images
from .phantoms.dataset import NAME as PHANTOMS
from .records import CLASSES, Record
from .sources import read_dataset
from .sources.generic import NAME as GENERIC

DIGITS = 16  # of the checksum of an image's name


def common_folder(folders: Sequence[str | Path]) -> str:
    """Return the deepest folder that contains all of `folders`.

    Raises:
        InputError: fewer than two folders, or a folder that is missing, given twice or inside another.
    """
    if isinstance(folders, (str, Path)) or len(folders) < 2:
        raise InputError(f"--dataset_dir {folders}: must be a list of two or more folders, such as [data/A, data/B]")
    paths = [Path(folder).resolve() for folder in folders]
    for folder, path in zip(folders, paths):
        if not path.is_dir():
            raise InputError(f"--dataset_dir {folder}: no such folder")
    for (one, path), (other, another) in combinations(zip(folders, paths), 2):
        if path.is_relative_to(another) or another.is_relative_to(path):
            raise InputError(f"--dataset_dir: {one} and {other} are the same, or one contains the other; give only one")
    return os.path.commonpath(paths)


def read_datasets(folders: Sequence[str | Path]) -> tuple[str, list[Record]]:
    """Return the joined name of several data sets and all their records; arguments and errors as `join_datalists`."""
    common_folder(folders)
    names, records = zip(*map(read_dataset, folders))
    return " + ".join(names), [record for dataset in records for record in dataset]


def join_datalists(
    folders: Sequence[str | Path], num_folds: int, seed: int, split: str, file: str | Path | None = None
) -> dict[str, Any]:
    """Build the datalist of several data sets, each with its own folds.

    Args:
        folders: two or more dataset folders, see `common_folder`.
        num_folds, seed, split: see `build_datalist`; used for each data set.
        file: a datalist of several data sets to read instead.

    Returns:
        A datalist with paths relative to the common folder. In each entry ``dataset`` is the name of its data set,
        with the folder if the name is not unique. ``sources`` maps these names to the ``name``, ``dataset``,
        ``classes`` and relative ``folder`` of each data set.

    Raises:
        InputError: see `common_folder`, `build_datalist` and `read_datalist`; also a file with one data set, or data
            sets that share an image.
    """
    common = Path(common_folder(folders))
    if file:
        datalist = read_datalist(file)
        if "sources" not in datalist:
            raise InputError(f"--datalist_file {file}: has one data set, must have several; see docs/data.md")
        return datalist
    parts = [build_datalist(Path(folder).resolve(), num_folds, seed, split) for folder in folders]
    images = [[Path(folder, entry["image"]) for entry in part["training"]] for folder, part in zip(folders, parts)]
    for one, other in combinations(images, 2):
        if shared := shared_images(one, other):
            raise InputError(
                f"--dataset_dir: {shared[0][0]} and {shared[0][1]} show the same image ({len(shared)} such pairs): "
                "remove one of the data sets, or these images"
            )
    names = Counter(part["name"] for part in parts)
    sources: dict[str, Any] = {}
    training: list[dict[str, Any]] = []
    for folder, part in zip(folders, parts):
        prefix = Path(folder).resolve().relative_to(common).as_posix()
        dataset = part["name"] if names[part["name"]] == 1 else f"{part['name']} ({prefix})"
        sources[dataset] = {
            **{key: part[key] for key in ("name", "phantoms", "dataset") if key in part},
            "folder": prefix,
            "classes": part["classes"],
        }
        first = max((entry["group"] for entry in training), default=-1) + 1
        training += [
            {
                **entry,
                "image": f"{prefix}/{entry['image']}",
                "label": [f"{prefix}/{mask}" for mask in entry["label"]],
                "group": first + entry["group"],
                "dataset": dataset,
            }
            for entry in part["training"]
        ]
    counts = Counter(entry["class"] for entry in training)
    return {
        "name": " + ".join(part["name"] for part in parts),
        "dataset": common.name,
        "sources": sources,
        "num_folds": num_folds,
        "seed": seed,
        "split": split,
        "numTraining": len(training),
        "classes": {label_class: counts[label_class] for label_class in CLASSES if label_class in counts},
        "training": training,
    }


def identities(datalist: Mapping[str, Any], names: Iterable[str], former: bool = False) -> dict[tuple[Any, ...], str]:
    """Return the name of each image by a key that identifies it across datalists.

    The key is the data set and the image name in it. A published data set is identified by its name, because its image
    names always mean the same images; a generic folder by its folder name; phantoms by what decides how they look.

    Args:
        datalist: the datalist.
        names: images of it.
        former: give phantoms the key of datalists before version 0.11, their number of images per class. Theirs is
            always that one: they do not tell more.
    """
    sources = datalist.get("sources") or {"": datalist}
    found: dict[tuple[Any, ...], str] = {}
    for name in names:
        for source in sources.values():
            prefix = f"{source['folder']}/" if "folder" in source else ""
            if name.startswith(prefix):
                found[source.get("name"), _key(source, former), name.removeprefix(prefix)] = name
    return found


def _key(source: Mapping[str, Any], former: bool) -> str:
    if "phantoms" in source and not former:
        return json.dumps(source["phantoms"], sort_keys=True)
    return str(source.get({GENERIC: "dataset", PHANTOMS: "classes"}.get(source.get("name", ""), "name")))


def identity_digests(datalist: Mapping[str, Any], names: Iterable[str], former: bool = False) -> dict[str, str]:
    """Return the name of each image by a checksum of its key in `identities`, which does not tell the name."""
    found = identities(datalist, names, former)
    return {hashlib.sha256("\n".join(map(str, key)).encode()).hexdigest()[:DIGITS]: name for key, name in found.items()}
