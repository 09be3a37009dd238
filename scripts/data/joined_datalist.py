# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Several data sets as one: each with its own folds, its images named below the folder that holds all of them."""

from __future__ import annotations

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


def common_folder(folders: Sequence[str | Path]) -> str:
    """Return the folder that holds all of `folders`.

    Raises:
        InputError: fewer than two folders, one that is missing, given twice or inside another.
    """
    if isinstance(folders, (str, Path)) or len(folders) < 2:
        raise InputError(
            f"--dataset_dir {folders}: a list of two or more folders is expected, such as [data/A, data/B]"
        )
    paths = [Path(folder).resolve() for folder in folders]
    for folder, path in zip(folders, paths):
        if not path.is_dir():
            raise InputError(f"--dataset_dir {folder}: no such folder")
    for (one, path), (other, another) in combinations(zip(folders, paths), 2):
        if path.is_relative_to(another) or another.is_relative_to(path):
            raise InputError(f"--dataset_dir: {one} and {other} are the same folder or one inside the other; give one")
    return os.path.commonpath(paths)


def read_datasets(folders: Sequence[str | Path]) -> tuple[str, list[Record]]:
    """Return the joined name of several data sets and all their records; arguments and errors as `join_datalists`."""
    common_folder(folders)
    names, records = zip(*map(read_dataset, folders))
    return " + ".join(names), [record for own in records for record in own]


def join_datalists(
    folders: Sequence[str | Path], num_folds: int, seed: int, split: str, file: str | Path | None = None
) -> dict[str, Any]:
    """Build the datalists of several folders, and one of all of them.

    Args:
        folders: two or more, see `common_folder`.
        num_folds, seed, split: of each data set's folds, as `build_datalist` takes them.
        file: such a datalist, which is read instead.

    Returns:
        A datalist whose paths are relative to the common folder. Every entry has the ``dataset`` that it is of, the
        name of the source, followed by its folder where that is not unique; ``sources`` has, by this name, the
        ``name``, the ``dataset`` and the ``classes`` of each, and its ``folder``, relative.

    Raises:
        InputError: what `common_folder`, `build_datalist` and `read_datalist` find, a file with one data set, and data
            sets that share an image.
    """
    common = Path(common_folder(folders))
    if file:
        datalist = read_datalist(file)
        if "sources" not in datalist:
            raise InputError(f"--datalist_file {file}: is of one data set, not of several")
        return datalist
    parts = [build_datalist(Path(folder).resolve(), num_folds, seed, split) for folder in folders]
    images = [[Path(folder, entry["image"]) for entry in part["training"]] for folder, part in zip(folders, parts)]
    for one, other in combinations(images, 2):
        if shared := shared_images(one, other):
            raise InputError(
                f"--dataset_dir: {shared[0][0]} and {shared[0][1]} show the same image ({len(shared)} such pairs): "
                "leave one of the data sets out, or the images"
            )
    names = Counter(part["name"] for part in parts)
    sources: dict[str, Any] = {}
    training: list[dict[str, Any]] = []
    for folder, part in zip(folders, parts):
        prefix = Path(folder).resolve().relative_to(common).as_posix()
        dataset = part["name"] if names[part["name"]] == 1 else f"{part['name']} ({prefix})"
        sources[dataset] = {
            "name": part["name"],
            "dataset": part["dataset"],
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


def identities(datalist: Mapping[str, Any], names: Iterable[str]) -> dict[tuple[Any, ...], str]:
    """Return the name of each image by what tells it from any other, in this datalist or another one.

    That is its data set and its own name there. In a published data set the same name means the same image, even if
    images were added or taken away. Folders of one's own are told by their name, phantoms by how many there are of each
    class: other parameters make other images of the same names.
    """
    sources = datalist.get("sources") or {"": datalist}
    found: dict[tuple[Any, ...], str] = {}
    for name in names:
        for source in sources.values():
            prefix = f"{source['folder']}/" if "folder" in source else ""
            if name.startswith(prefix):
                told_by = source.get({GENERIC: "dataset", PHANTOMS: "classes"}.get(source.get("name", ""), "name"))
                found[source.get("name"), str(told_by), name.removeprefix(prefix)] = name
    return found
