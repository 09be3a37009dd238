# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Group near-duplicates, so that a split can keep each group in one fold.

Public data sets contain the same frame several times: saved again, cropped, scaled, flipped or annotated. The groups of
BUSI are stored in ``busi_groups.csv``. For other data sets they are searched once and cached. The command
``near_duplicates`` writes such a table.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import DisjointSet
from tqdm import tqdm

from ...errors import InputError
from ...files.json_file import write_json
from ...images.single_image import read_single
from ..joined_groups import joined_groups
from .alignment import agreement, local_features, opencv
from .candidates import candidate_pairs

TABLE = Path(__file__).with_name("busi_groups.csv")
ALGORITHM_VERSION = 1  # raise it with every change that may alter groups, to invalidate caches
WORKERS = min(4, os.cpu_count() or 1)


def near_duplicate_groups(images: Sequence[Path], cache_dir: Path | None = None, progress: bool = True) -> list[int]:
    """Return the group of near-duplicates of each image.

    Images in the bundled table keep its groups. If any image is not in the table, all images are compared. This takes
    minutes for a thousand images, grows with the square of their number, and is cached.

    Args:
        images: image files.
        cache_dir: folder of the cache; default ``lightbtseg`` in ``$XDG_CACHE_HOME`` or ``~/.cache``. If it cannot be
            written, the search is repeated next time.
        progress: show progress bars.

    Returns:
        Group number of each image, from 0 in order of first appearance; images without near-duplicates have their own.

    Raises:
        InputError: an image cannot be read, or a search is needed and OpenCV is not installed.
    """
    paths = [Path(image) for image in images]
    hashes = content_hashes(paths, progress)
    table = published_groups()
    published = [table.get(content) for content in hashes]
    found = _search_once(dict(zip(hashes, paths)), cache_dir, progress) if None in published else {}
    return joined_groups(hashes, published, [found.get(content) for content in hashes])


def _search_once(paths: dict[str, Path], cache_dir: Path | None, progress: bool) -> dict[str, int]:
    """Do as `search`, unless the cache holds the groups already."""
    cache = _cache_file(paths, cache_dir)
    found = _read_cache(cache, paths)
    if found is None:
        found = search(paths, progress)
        with suppress(InputError):  # a cache that cannot be written only costs another search
            write_json(cache, found)
    return found


def content_hash(path: Path) -> str:
    """Return the SHA-256 of an image's size and 8-bit grey levels, independent of the file format.

    Raises:
        InputError: the file cannot be read as an image.
    """
    grey = _read_grey(path)
    height, width = grey.shape
    return hashlib.sha256(f"{width}x{height}:".encode() + grey.tobytes()).hexdigest()


def published_groups(table: Path = TABLE) -> dict[str, int]:
    """Return the group number of each content hash in `table`."""
    with table.open(newline="", encoding="utf-8") as lines:
        return {row["content_hash"]: int(row["group"]) for row in csv.DictReader(lines)}


def _read_grey(path: Path) -> np.ndarray:
    """Read an image as [H, W] uint8 grey levels; alpha is ignored, more than 8 bits are scaled to 0..255.

    Raises:
        InputError: the file cannot be read as an image.
    """
    file, grey = read_single(path)
    if not file.is_8_bit:
        deep = grey.astype(np.float64)
        grey = np.round((deep - deep.min()) * 255 / max(np.ptp(deep), 1e-9))
    return grey.astype(np.uint8)


def content_hashes(paths: Sequence[Path], progress: bool) -> list[str]:
    """Return the content hash of each file, in order."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(
            tqdm(pool.map(content_hash, paths), "reading images", len(paths), disable=None if progress else True)
        )


def search(paths: dict[str, Path], progress: bool) -> dict[str, int]:
    """Compare all images with each other.

    Args:
        paths: one file for each content hash.
        progress: show progress bars.

    Returns:
        Group number of each content hash.
    """
    opencv()  # fail early
    hashes = sorted(paths)  # so that the order of the images does not matter
    with ThreadPoolExecutor(WORKERS) as pool:
        pictures = pool.map(lambda content: local_features(_read_grey(paths[content])), hashes)
        features = list(tqdm(pictures, "local features", len(hashes), disable=None if progress else True))

    read = lru_cache(maxsize=64)(lambda index: _read_grey(paths[hashes[index]]))
    groups = DisjointSet(range(len(hashes)))
    for i, j, flip in tqdm(candidate_pairs(features, progress), "comparing pairs", disable=None if progress else True):
        if groups.connected(i, j):
            continue
        moving = np.ascontiguousarray(read(i)[:, ::-1]) if flip else read(i)
        moving_features = features[i].mirrored() if flip else features[i]
        if agreement(moving, read(j), moving_features, features[j]).same_frame:
            groups.merge(i, j)
    return {content: groups[index] for index, content in enumerate(hashes)}


def _cache_file(hashes: Iterable[str], cache_dir: Path | None) -> Path:
    """Return the cache file of a set of content hashes."""
    if cache_dir is None:
        cache_dir = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "lightbtseg"
    key = hashlib.sha256("\n".join([str(ALGORITHM_VERSION), *sorted(hashes)]).encode()).hexdigest()
    return Path(cache_dir) / f"near_duplicates_{key[:32]}.json"


def _read_cache(cache: Path, hashes: Iterable[str]) -> dict[str, int] | None:
    """Return the cached group of each hash, or None if there is no valid cache file."""
    try:
        found = json.loads(cache.read_text(encoding="utf-8"))
        return {content: int(found[content]) for content in hashes}
    except (OSError, ValueError, KeyError, TypeError):
        return None
