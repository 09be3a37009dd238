# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Group images that probably show the same lesion, or the same place without a lesion, in different frames.

They are not near-duplicates, but a network that is tested on one after training on the other has seen the lesion. The
pairs of BUSI, judged by eye, are stored in ``busi_same_lesion.csv``. For other data sets they are searched once and
cached.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from scipy.cluster.hierarchy import DisjointSet

from ...progress import track
from ..joined_groups import joined_groups
from .cached_search import cached_search
from .groups import TABLE as FILES
from .image_content import content_hashes

TABLE = Path(__file__).with_name("busi_same_lesion.csv")
SAME, PROBABLE = "same", "probable"  # verdicts of the table that form groups; others are unclear and other
ALGORITHM_VERSION = 2  # raise it with every change that may alter groups, to invalidate caches

# Chosen on BUSI; docs/data.md has the results.
EXCESS = 0.26  # minimum excess similarity, see `similar_pairs`
EXCESS_OF_NEIGHBOURS = 0.16  # the same for images that are close to each other in the list of files
NEIGHBOURS = 3  # largest distance of such images in the list, within one folder


def same_lesion_groups(images: Sequence[Path], cache_dir: Path | None = None, progress: bool = True) -> list[int]:
    """Return the group of each image; images that probably show the same lesion have the same group.

    Images in the bundled table keep its groups. If any image is not in the table, all images are searched. This takes
    about half a minute for a thousand images, grows in proportion to their number, and is cached.

    Args:
        images: image files, in the natural order of their names.
        cache_dir, progress: see `near_duplicate_groups`.

    Returns:
        Group number of each image, from 0 in order of first appearance.

    Raises:
        InputError: an image cannot be read.
    """
    paths = [Path(image) for image in images]
    hashes = content_hashes(paths, progress)
    table = published_groups()
    published = [table.get(content) for content in hashes]
    if None not in published:
        return joined_groups(hashes, published)
    order = [f"{path.parent.name}/{content}" for path, content in zip(paths, hashes)]
    found = cached_search(
        "same_lesion",
        [str(ALGORITHM_VERSION), *order],
        cache_dir,
        lambda: _search(paths, order, progress),
        lambda groups: [int(groups[name]) for name in order],
    )
    return joined_groups(hashes, published, found)


def published_groups(table: Path = TABLE, files: Path = FILES) -> dict[str, int]:
    """Return the group number of each content hash of BUSI, by near-duplicates and by the pairs in `table`."""
    with files.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    groups = DisjointSet([row["group"] for row in rows])
    group_of = {row["file"]: row["group"] for row in rows}
    with table.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["verdict"] in (SAME, PROBABLE):
                groups.merge(group_of[row["first"]], group_of[row["second"]])
    return {row["content_hash"]: int(groups[row["group"]]) for row in rows}


def similar_pairs(paths: Sequence[Path], progress: bool = True) -> list[tuple[int, int, float]]:
    """Return the pairs of images that probably show the same lesion.

    Args:
        paths: image files, in the natural order of their names.
        progress: show the progress.

    Returns:
        Index of the first image, index of the second, which is higher, and their excess similarity: that over the
        typical similarity of both (see `typical_similarities`), averaged; highest first.
    """
    from .coarse_candidates import candidate_partners
    from .coarse_images import CoarseImages
    from .coarse_similarity import Spectra, typical_similarities

    images = CoarseImages.of_files(paths, progress)
    typical = typical_similarities(images, progress)
    partners: list[set[int]] = [set(_neighbours(paths, i)) for i in range(len(paths))]
    for i, j in candidate_partners(images, progress).tolist():
        partners[i].add(j)
    pairs = []
    for i, others in enumerate(track(partners, "coarse similarity", "image", shown=progress)):
        ordered = sorted(others)
        if not ordered:
            continue
        similarity = Spectra(images, [i]).similarities(Spectra(images, ordered))
        for j, excess in zip(ordered, similarity - (typical[i] + typical[ordered]) / 2):
            if excess >= (EXCESS_OF_NEIGHBOURS if j in _neighbours(paths, i) else EXCESS):
                pairs.append((i, j, float(excess)))
    return sorted(pairs, key=lambda pair: -pair[2])


def _neighbours(paths: Sequence[Path], i: int) -> list[int]:
    """Return the images that follow an image closely in the list, in its folder."""
    end = min(len(paths), i + NEIGHBOURS + 1)
    return [j for j in range(i + 1, end) if paths[j].parent == paths[i].parent]


def _search(paths: Sequence[Path], names: Sequence[str], progress: bool) -> dict[str, int]:
    groups = DisjointSet(range(len(paths)))
    for i, j, _ in similar_pairs(paths, progress):
        groups.merge(i, j)
    return {name: int(groups[index]) for index, name in enumerate(names)}
