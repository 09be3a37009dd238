# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find candidate pairs of near-duplicates: each local feature votes for the images in which it recurs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import InputError
from ...progress import track
from .alignment import DESCRIPTOR
from .feature_file import FeatureFile

if TYPE_CHECKING:
    import faiss

Pair = tuple[int, int, bool]

QUERIES = 128  # features of each image that vote
NEIGHBOURS = 32  # nearest features that are found for each
BACKGROUND_RANK = 16  # groups of more near-duplicates than this may be missed
VOTE_RATIO = 0.85  # largest ratio of the distance in the voted image to that in the background image
MIN_VOTES = 4  # near-duplicates of BUSI get 8 or more, other pairs rarely 4

COMPONENTS = 64  # principal components of the descriptors that are compared; 95 % of the variance
LIST_LENGTH = 200  # features in each list of the index, on average
LISTS_SEARCHED = 8  # for each feature; 4 find the same groups in BUSI, with half the votes for some pairs
FEW_FEATURES = 10000  # so few are compared one by one
CHUNK = 64  # images that are added or looked up at once


def candidate_pairs(features: FeatureFile, progress: bool = True) -> list[Pair]:
    """Return the pairs of images that share local features.

    A feature votes for an image if its match there is much closer than in the `BACKGROUND_RANK`-th closest image, so
    that burned-in text and rulers, which recur everywhere, get no votes. Matches are looked up in an index: time grows
    as n log n with the number of images, memory by 18 kB for each.

    Args:
        features: features of each image.
        progress: print the progress.

    Returns:
        Tuples (moving, fixed, flip) of positions in `features` with moving < fixed, most votes first; `flip` says
        whether to flip the moving image horizontally.

    Raises:
        InputError: FAISS is not installed.
    """
    count = len(features)
    if count <= BACKGROUND_RANK + 1:  # too few for a background image, and few enough to compare all pairs
        return [(i, j, flip) for flip in (False, True) for i in range(count) for j in range(i + 1, count)]
    votes: dict[Pair, int] = {}
    for i, j, flip, number in _votes(features, features, progress):
        key = (min(i, j), max(i, j), flip)
        votes[key] = max(votes.get(key, 0), number)
    return sorted(votes, key=lambda key: (-votes[key], key))


def candidate_pairs_between(moving: FeatureFile, fixed: FeatureFile, progress: bool = True) -> list[Pair]:
    """Return the pairs of images of two collections that share local features, as `candidate_pairs` does for one.

    Args:
        moving: features of the images that vote.
        fixed: features of the images that get votes.
        progress: print the progress.

    Returns:
        Tuples (position in `moving`, position in `fixed`, flip), most votes first.
    """
    if len(fixed) <= BACKGROUND_RANK + 1:
        return [(i, j, flip) for flip in (False, True) for i in range(len(moving)) for j in range(len(fixed))]
    votes = {(i, j, flip): number for i, j, flip, number in _votes(moving, fixed, progress)}
    return sorted(votes, key=lambda key: (-votes[key], key))


def _votes(moving: FeatureFile, fixed: FeatureFile, progress: bool) -> Iterator[tuple[int, int, bool, int]]:
    """Yield (moving, fixed, flip, number of votes), if there are enough votes; images do not vote for themselves."""
    owners = fixed.owners
    if not len(owners):
        return
    index = _index(fixed, len(owners))
    starts = range(0, len(moving), CHUNK)
    for start in track(starts, "candidate pairs", f"{CHUNK} images", shown=progress):
        chunk = [moving[i] for i in range(start, min(len(moving), start + CHUNK))]
        for flip in (False, True):
            voters = [(each.mirrored() if flip else each).root_descriptors()[:QUERIES] for each in chunk]
            voter = np.repeat(np.arange(start, start + len(chunk)), [len(each) for each in voters])
            if not len(voter):
                continue
            distances, neighbours = index.search(np.concatenate(voters), NEIGHBOURS)
            images = np.where(neighbours < 0, -1, owners[neighbours])
            if moving is fixed:
                images[images == voter[:, None]] = -1
            query, rank = np.nonzero(_ahead(distances, images))
            pairs, numbers = np.unique(np.stack([voter[query], images[query, rank]]), axis=1, return_counts=True)
            for i, j, number in zip(*pairs.tolist(), numbers.tolist()):
                if number >= MIN_VOTES:
                    yield i, j, flip, number


def _index(features: FeatureFile, count: int) -> faiss.Index:
    """Return an index of all `count` features.

    The descriptors are sorted into lists around some of them, which a graph finds (inverted file with HNSW). Choosing
    the centres by k-means instead gives no better candidates and takes quadratic time.

    Source: Douze et al., The Faiss library, 2024, arXiv 2401.08281.
    """
    faiss = _faiss()
    if count <= FEW_FEATURES:
        index = faiss.IndexFlatL2(DESCRIPTOR)
    else:
        index = faiss.index_factory(DESCRIPTOR, f"PCA{COMPONENTS},L2norm,IVF{count // LIST_LENGTH}_HNSW16,SQ8")
        lists = faiss.extract_index_ivf(index)
        lists.cp.niter, lists.cp.min_points_per_centroid = 0, 1
        lists.nprobe = LISTS_SEARCHED
        step = min(LIST_LENGTH // 2, max(1, count // 20000))
        sample = np.concatenate([features[i].root_descriptors()[::step] for i in range(len(features))])
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # several build another graph each time
        index.train(sample)
        faiss.omp_set_num_threads(threads)
    for i in range(0, len(features), CHUNK):
        chunk = [features[j].root_descriptors() for j in range(i, min(len(features), i + CHUNK))]
        index.add(np.concatenate(chunk))
    return index


def _ahead(distances: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Return which of a feature's neighbours are its match in an image that it votes for.

    Args:
        distances: squared distances of each feature's neighbours, shape (features, neighbours), ascending.
        images: image of each neighbour, -1 for one to ignore, same shape.

    Returns:
        bool, same shape.
    """
    order = np.argsort(images, axis=1, kind="stable")  # the neighbours in one image side by side, nearest first
    ordered = np.take_along_axis(images, order, axis=1)
    match = np.ones(images.shape, bool)
    np.put_along_axis(match, order[:, 1:], ordered[:, 1:] != ordered[:, :-1], axis=1)
    match &= images >= 0
    rank = match.cumsum(axis=1)
    background = np.where(match & (rank <= BACKGROUND_RANK), distances, 0).max(axis=1, keepdims=True)
    return match & (rank < BACKGROUND_RANK) & (distances < VOTE_RATIO**2 * background)


def _faiss() -> Any:
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)  # which variants for this processor it tries
    try:
        import faiss
    except ImportError as error:
        raise InputError("FAISS is needed to find near-duplicates: python -m pip install faiss-cpu") from error
    return faiss
