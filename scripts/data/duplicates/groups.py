# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Group near-duplicates, so that a split can keep each group in one fold.

Public data sets contain the same frame several times: saved again, cropped, scaled, flipped or annotated. The groups of
BUSI, BrEaST and BUS-BRA, which were searched together, are stored in tables beside this module. For other data sets
they are searched once and cached. The command ``near_duplicates`` writes such a table.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from ...progress import track
from ..joined_groups import joined_groups
from .alignment import agreement
from .cached_search import cached_search
from .candidates import candidate_pairs
from .feature_file import FeatureFile
from .image_content import content_hashes, read_grey

TABLE = Path(__file__).with_name("busi_groups.csv")
TABLES = (TABLE, TABLE.with_name("breast_groups.csv"), TABLE.with_name("busbra_groups.csv"))
ALGORITHM_VERSION = 2  # raise it with every change that may alter groups, to invalidate caches


def near_duplicate_groups(images: Sequence[Path], cache_dir: Path | None = None, progress: bool = True) -> list[int]:
    """Return the group of near-duplicates of each image.

    Images in the bundled tables keep their groups. If any image is not in them, all images are searched. This takes
    about a minute for a thousand images, grows in proportion to their number, and is cached.

    Args:
        images: image files.
        cache_dir: folder of the cache; default ``lightbtseg`` in ``$XDG_CACHE_HOME`` or ``~/.cache``. If it cannot be
            written, the search is repeated next time.
        progress: show the progress.

    Returns:
        Group number of each image, from 0 in order of first appearance; images without near-duplicates have their own.

    Raises:
        InputError: an image cannot be read.
    """
    paths = [Path(image) for image in images]
    hashes = content_hashes(paths, progress)
    table = published_groups()
    published = [table.get(content) for content in hashes]
    if None not in published:
        return joined_groups(hashes, published)
    path_of = dict(zip(hashes, paths))
    found = cached_search(
        "near_duplicates",
        [str(ALGORITHM_VERSION), *sorted(path_of)],
        cache_dir,
        lambda: search(path_of, progress),
        lambda groups: [int(groups[content]) for content in hashes],
    )
    return joined_groups(hashes, published, found)


@cache
def published_groups() -> dict[str, int]:
    """Return the group number of each content hash in the bundled tables; no number stands in two tables."""
    groups = {}
    for table in TABLES:
        with table.open(newline="", encoding="utf-8") as lines:
            groups.update({row["content_hash"]: int(row["group"]) for row in csv.DictReader(lines)})
    return groups


def search(paths: dict[str, Path], progress: bool) -> dict[str, int]:
    """Find the near-duplicates among all images.

    Args:
        paths: one file for each content hash.
        progress: show the progress.

    Returns:
        Group number of each content hash.
    """
    hashes = sorted(paths)  # so that the order of the images does not matter
    features = FeatureFile.of_images([paths[content] for content in hashes], progress)
    read = lru_cache(maxsize=64)(lambda index: read_grey(paths[hashes[index]]))
    groups = DisjointSet(range(len(hashes)))
    for i, j, flip in track(candidate_pairs(features, progress), "comparing pairs", "pair", shown=progress):
        if groups.connected(i, j):
            continue
        moving = np.ascontiguousarray(read(i)[:, ::-1]) if flip else read(i)
        moving_features = features[i].mirrored() if flip else features[i]
        if agreement(moving, read(j), moving_features, features[j]).same_frame:
            groups.merge(i, j)
    return {content: groups[index] for index, content in enumerate(hashes)}
