# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find candidate pairs of near-duplicates: each local feature votes for the images in which it recurs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from tqdm import tqdm

from .alignment import FEATURES, LocalFeatures

QUERIES = 128  # features of each image that vote
COMPONENTS = 64  # principal components of the descriptors that are compared; 95 % of the variance
BACKGROUND_RANK = 16  # groups of more near-duplicates than this may be missed
VOTE_RATIO = 0.85  # largest ratio of the distance in the voted image to that in the background image
MIN_VOTES = 3  # near-duplicates get 10 or more, other pairs rarely 3
BLOCK = 64  # images compared at once, to fit the CPU cache


def candidate_pairs(features: Sequence[LocalFeatures], progress: bool = True) -> list[tuple[int, int, bool]]:
    """Return the pairs of images that share local features.

    A feature votes for an image if its match there is much closer than in the `BACKGROUND_RANK`-th closest image, so
    that burned-in text and rulers, which recur everywhere, get no votes. Time grows with the square of the number of
    images.

    Args:
        features: features of each image.
        progress: show a progress bar.

    Returns:
        Tuples (moving, fixed, flip) of positions in `features` with moving < fixed, most votes first; `flip` says
        whether to flip the moving image horizontally.
    """
    count = len(features)
    if count <= BACKGROUND_RANK + 1:  # too few for a background image, and few enough to compare all pairs
        return [(i, j, flip) for flip in (False, True) for i in range(count) for j in range(i + 1, count)]
    mean, components = _principal_components(features)
    bank = torch.zeros(count, FEATURES, COMPONENTS)
    for i, each in enumerate(features):
        bank[i, : len(each.points)] = _project(each, mean, components)

    votes: dict[tuple[int, int, bool], int] = {}
    for i in tqdm(range(count), desc="candidate pairs", disable=None if progress else True):
        queries = [_project(each, mean, components)[:QUERIES] for each in (features[i], features[i].mirrored())]
        similarities = _similarities(torch.cat(queries), bank)
        similarities[i] = -1
        for flip, similarity in zip((False, True), similarities.chunk(2, dim=1)):
            for j, number in _votes(similarity):
                key = (min(i, j), max(i, j), flip)
                votes[key] = max(votes.get(key, 0), number)
    found = [(-number, key) for key, number in votes.items() if number >= MIN_VOTES]
    return [key for _, key in sorted(found)]


def candidate_pairs_between(
    moving: Sequence[LocalFeatures], fixed: Sequence[LocalFeatures], progress: bool = True
) -> list[tuple[int, int, bool]]:
    """List the pairs of pictures of two collections that share local features, as `candidate_pairs` does of one.

    Args:
        moving: of the collection whose features vote.
        fixed: of that whose pictures get votes.
        progress: show a progress bar.

    Returns:
        (position in `moving`, position in `fixed`, mirrored), most votes first.
    """
    if len(fixed) <= BACKGROUND_RANK + 1:
        return [(i, j, flip) for flip in (False, True) for i in range(len(moving)) for j in range(len(fixed))]
    mean, components = _principal_components([*moving, *fixed])
    bank = torch.zeros(len(fixed), FEATURES, COMPONENTS)
    for j, each in enumerate(fixed):
        bank[j, : len(each.points)] = _project(each, mean, components)
    found = []
    for i, each in enumerate(tqdm(moving, desc="candidate pairs", disable=None if progress else True)):
        queries = [_project(one, mean, components)[:QUERIES] for one in (each, each.mirrored())]
        for flip, similarity in zip((False, True), _similarities(torch.cat(queries), bank).chunk(2, dim=1)):
            found += [(-number, (i, j, flip)) for j, number in _votes(similarity) if number >= MIN_VOTES]
    return [key for _, key in sorted(found)]


def _principal_components(features: Sequence[LocalFeatures]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean [128] and leading components [128, COMPONENTS] of a fixed sample of the descriptors."""
    descriptors = [each.descriptors for each in features if len(each.descriptors)]
    if not descriptors:
        return np.zeros(128, np.float32), np.eye(128, COMPONENTS, dtype=np.float32)
    step = max(1, sum(map(len, descriptors)) // 20000)
    sample = np.concatenate([each[::step] for each in descriptors]).astype(np.float32)
    mean = sample.mean(axis=0)
    _, vectors = np.linalg.eigh((sample - mean).T @ (sample - mean))
    return mean, np.ascontiguousarray(vectors[:, ::-1][:, :COMPONENTS]).astype(np.float32)


def _project(features: LocalFeatures, mean: np.ndarray, components: np.ndarray) -> torch.Tensor:
    """Return the descriptors of `features` as unit vectors: [N, COMPONENTS] float32."""
    projected = torch.from_numpy((features.descriptors.astype(np.float32) - mean) @ components)
    return torch.nn.functional.normalize(projected, dim=1)


def _similarities(query: torch.Tensor, bank: torch.Tensor) -> torch.Tensor:
    """Return the cosine similarity of each feature's best match in each image.

    Args:
        query: [Q, COMPONENTS] unit vectors.
        bank: [count, FEATURES, COMPONENTS] unit vectors, zero-padded if an image has fewer features.

    Returns:
        [count, Q], -1 to 1.
    """
    blocks = [
        (block.flatten(0, 1) @ query.T).view(len(block), FEATURES, len(query)).amax(dim=1)
        for block in bank.split(BLOCK)
    ]
    return torch.cat(blocks)


def _votes(similarity: torch.Tensor) -> list[tuple[int, int]]:
    """Count the votes for each image.

    Args:
        similarity: [count, Q], similarity of the best match of each of Q features in each image.

    Returns:
        Tuples (image, number of votes) for the images with votes.
    """
    values, pictures = similarity.topk(BACKGROUND_RANK, dim=0)
    distance = (2 - 2 * values).clamp_min(0).sqrt()
    ahead = distance[:-1] < VOTE_RATIO * distance[-1:]
    counts = torch.bincount(pictures[:-1][ahead], minlength=len(similarity))
    return [(int(j), int(counts[j])) for j in counts.nonzero().flatten()]
