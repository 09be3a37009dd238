# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find near-duplicates between two data sets: images of one that show the same frame as an image of the other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...progress import track
from .alignment import agreement
from .cached_search import cached_search
from .candidates import candidate_pairs_between
from .feature_file import FeatureFile
from .groups import ALGORITHM_VERSION, published_groups
from .image_content import content_hashes, read_grey


def shared_images(
    first: Sequence[Path], second: Sequence[Path], cache_dir: Path | None = None, progress: bool = True
) -> list[tuple[Path, Path]]:
    """Return the pairs of images, one of each data set, that show the same frame.

    Equal images are found by their content hash, others by the bundled tables of groups. If there are none and an image
    is not in them, the images of one data set are searched for in the other; this takes about a minute for a
    thousand images, and is cached.

    Args:
        first, second: image files of the two data sets.
        cache_dir: as in `near_duplicate_groups`.
        progress: show the progress.

    Raises:
        InputError: an image cannot be read.
    """
    ones, others = (dict(zip(content_hashes(paths, progress), paths)) for paths in (first, second))
    table = published_groups()
    known = {table[content]: path for content, path in others.items() if content in table}
    pairs = [(path, others[content]) for content, path in ones.items() if content in others]
    pairs += [(path, known[table[one]]) for one, path in ones.items() if one not in others and table.get(one) in known]
    if pairs or not ones or not others or (ones.keys() | others.keys()) <= table.keys():
        return pairs
    return [(ones[one], others[other]) for one, other in _search_cached(ones, others, cache_dir, progress)]


def _search_cached(
    ones: dict[str, Path], others: dict[str, Path], cache_dir: Path | None, progress: bool
) -> list[tuple[str, str]]:
    sides = [hashlib.sha256("\n".join(sorted(side)).encode()).hexdigest() for side in (ones, others)]

    def read(found: dict[str, Any]) -> list[tuple[str, str]]:
        pairs = [(str(one), str(other)) for one, other in found["shared"]]
        if not all(one in ones and other in others for one, other in pairs):
            raise ValueError
        return pairs

    parts = ["shared", str(ALGORITHM_VERSION), *sides]
    return cached_search("near_duplicates", parts, cache_dir, lambda: {"shared": _search(ones, others, progress)}, read)


def _search(ones: dict[str, Path], others: dict[str, Path], progress: bool) -> list[tuple[str, str]]:
    """Return pairs of content hashes of images that show the same frame, one of each data set."""
    if len(ones) > len(others):
        return [(one, other) for other, one in _search(others, ones, progress)]
    moving, fixed = sorted(ones), sorted(others)
    one_side, other_side = [ones[content] for content in moving], [others[content] for content in fixed]
    features, other_features = (FeatureFile.of_images(paths, progress) for paths in (one_side, other_side))
    read = lru_cache(maxsize=64)(read_grey)
    found = set()
    pairs = candidate_pairs_between(features, other_features, progress)
    for i, j, flip in track(pairs, "comparing pairs", "pair", shown=progress):
        if (i, j) in found:
            continue
        grey = np.ascontiguousarray(read(one_side[i])[:, ::-1]) if flip else read(one_side[i])
        moving_features = features[i].mirrored() if flip else features[i]
        if agreement(grey, read(other_side[j]), moving_features, other_features[j]).same_frame:
            found.add((i, j))
    return [(moving[i], fixed[j]) for i, j in sorted(found)]
