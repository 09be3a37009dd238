# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find images of one collection that show the same frame as an image of another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from .alignment import agreement, local_features, opencv
from .cached_search import search_once
from .candidates import candidate_pairs_between
from .groups import ALGORITHM_VERSION, published_groups
from .image_content import content_hashes, read_grey


def shared_images(
    first: Sequence[Path], second: Sequence[Path], cache_dir: Path | None = None, progress: bool = True
) -> list[tuple[Path, Path]]:
    """Return the pairs of images, one of each collection, that show the same frame.

    Equal pictures are found by their content, others by the published table of groups. Only where that finds none, and
    some image is not in the table, is each image of the smaller collection compared with all of the larger one, which
    takes minutes for hundreds of images and is cached.

    Args:
        first, second: image files.
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
    return [(ones[one], others[other]) for one, other in _cached_search(ones, others, cache_dir, progress)]


def _cached_search(
    ones: dict[str, Path], others: dict[str, Path], cache_dir: Path | None, progress: bool
) -> list[tuple[str, str]]:
    sides = [hashlib.sha256("\n".join(sorted(side)).encode()).hexdigest() for side in (ones, others)]

    def read(found: dict[str, Any]) -> list[tuple[str, str]]:
        pairs = [(str(one), str(other)) for one, other in found["shared"]]
        if not all(one in ones and other in others for one, other in pairs):
            raise ValueError
        return pairs

    parts = ["shared", str(ALGORITHM_VERSION), *sides]
    return search_once("near_duplicates", parts, cache_dir, lambda: {"shared": _search(ones, others, progress)}, read)


def _search(ones: dict[str, Path], others: dict[str, Path], progress: bool) -> list[tuple[str, str]]:
    """Compare the pictures of two collections, by content hash."""
    opencv()
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
        own, other = features[i].mirrored() if flip else features[i], len(moving) + j
        grey = np.ascontiguousarray(read(i)[:, ::-1]) if flip else read(i)
        if (i, j) not in found and agreement(grey, read(other), own, features[other]).same_frame:
            found.add((i, j))
    return [(moving[i], fixed[j]) for i, j in sorted(found)]
