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
from tqdm import tqdm

from .alignment import agreement, local_features, opencv
from .cached_search import cached_search
from .candidates import candidate_pairs_between
from .groups import ALGORITHM_VERSION, published_groups
from .image_content import content_hashes, read_grey


def shared_images(
    first: Sequence[Path], second: Sequence[Path], cache_dir: Path | None = None, progress: bool = True
) -> list[tuple[Path, Path]]:
    """Return the pairs of images, one of each data set, that show the same frame.

    Equal images are found by their content hash, others by the bundled table of groups. If there are none and an image
    is not in the table, all images of one data set are compared with all of the other; this takes minutes for hundreds
    of images, and is cached.

    Args:
        first, second: image files of the two data sets.
        cache_dir: as in `near_duplicate_groups`.
        progress: show progress bars.

    Raises:
        InputError: an image cannot be read, or a search is needed and OpenCV is not installed.
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
    """Compare all images of one data set with all of the other; return pairs of content hashes."""
    opencv()  # fail early
    if len(ones) > len(others):
        return [(one, other) for other, one in _search(others, ones, progress)]
    moving, fixed = sorted(ones), sorted(others)
    quiet = None if progress else True
    paths = [*(ones[content] for content in moving), *(others[content] for content in fixed)]
    features = [local_features(read_grey(path)) for path in tqdm(paths, "local features", disable=quiet)]
    read = lru_cache(maxsize=64)(lambda index: read_grey(paths[index]))
    found = set()
    pairs = candidate_pairs_between(features[: len(moving)], features[len(moving) :], progress)
    for i, j, flip in tqdm(pairs, "comparing pairs", disable=quiet):
        moving_features, other = features[i].mirrored() if flip else features[i], len(moving) + j
        grey = np.ascontiguousarray(read(i)[:, ::-1]) if flip else read(i)
        if (i, j) not in found and agreement(grey, read(other), moving_features, features[other]).same_frame:
            found.add((i, j))
    return [(moving[i], fixed[j]) for i, j in sorted(found)]
