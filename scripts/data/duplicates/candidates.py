# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find candidate pairs of near-duplicates: each local feature votes for the images in which it recurs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...progress import track
from .feature_file import FeatureFile
from .nearest_index import CHUNK, build_index

Pair = tuple[int, int, bool]

QUERIES = 128  # features of each image that vote
NEIGHBOURS = 32  # nearest features that are found for each
BACKGROUND_RANK = 16  # groups of more near-duplicates than this may be missed
VOTE_RATIO = 0.85  # largest ratio of the distance in the voted image to that in the background image
MIN_VOTES = 4  # near-duplicates of BUSI get 8 or more, other pairs rarely 4

COMPONENTS = 64  # principal components of the descriptors that are compared; 95 % of the variance


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
    index = build_index(lambda i: fixed[i].root_descriptors(), len(fixed), len(owners), COMPONENTS)
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
