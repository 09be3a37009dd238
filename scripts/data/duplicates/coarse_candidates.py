# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find the images that are worth comparing in coarse texture: those in which patches recur at one shift."""

from __future__ import annotations

import cv2
import numpy as np

from ...progress import track
from .coarse_images import SIDE, CoarseImages
from .nearest_index import CHUNK, build_index

HALF = 2  # patches are compared at this part of the size of the coarse images
BLUR = 1.0  # px of the coarse images, before they are reduced to it
PATCH = 16  # px there, side of a patch
STEP = 2  # px there, between patches
SHIFTS = SIDE // HALF // STEP * 2 + 1  # numbers of steps that patches may be apart, along an axis
VISIBLE = 0.5  # smallest visible share of a patch
COMPONENTS = 32  # principal components of the patches that are compared
NEIGHBOURS = 64  # nearest patches that are found for each
UNLIKE = 0.5  # correlation of patches that does not count
PARTNERS = 48  # images that are compared with each image


def candidate_partners(images: CoarseImages, progress: bool) -> np.ndarray:
    """Return the pairs of images with the best matching patches, each image with its `PARTNERS` best.

    A patch votes for the images of its nearest patches, by their correlation and with their shift; the votes for one
    image at one shift are summed. In BUSI that leaves out one of 227 pairs of the same lesion or frame. Patches
    are looked up in an index: time grows as n log n with the number of images, memory by 4 kB for each.

    Returns:
        Positions of the pairs, int, shape (N, 2), the first below the second, in ascending order.

    Raises:
        InputError: FAISS is not installed.
    """
    count = len(images)
    if count <= PARTNERS + 1:
        return np.argwhere(np.triu(np.ones((count, count), bool), 1))
    patches = [len(_patches(images[i])[0]) for i in range(count)]
    if not sum(patches):  # all black
        return np.empty((0, 2), int)
    owners = np.repeat(np.arange(count, dtype=np.int32), patches)
    places = np.concatenate([_patches(images[i])[1] for i in range(count)])
    index = build_index(lambda i: _patches(images[i])[0], count, len(owners), COMPONENTS)
    found = []
    for start in track(range(0, count, CHUNK), "coarse candidates", f"{CHUNK} images", shown=progress):
        chunk = range(start, min(count, start + CHUNK))
        queries = np.concatenate([_patches(images[i])[0] for i in chunk])
        if not len(queries):
            continue
        first = int(np.searchsorted(owners, start))
        own = np.s_[first : first + len(queries)]
        distances, nearest = index.search(queries, NEIGHBOURS)
        voters = np.broadcast_to(owners[own, None], nearest.shape)
        shifts = (places[nearest].astype(int) - places[own, None]) // STEP
        votes = np.maximum(1 - distances / 2 - UNLIKE, 0)
        counts = (nearest >= 0) & (owners[nearest] != voters) & (votes > 0)
        pair = voters.astype(np.int64) * count + owners[nearest]
        shift = (shifts + SHIFTS // 2) @ (SHIFTS, 1)
        found.append(_best(pair[counts] * SHIFTS**2 + shift[counts], votes[counts], count))
    pairs = np.sort(np.divmod(np.concatenate(found), count), axis=0)
    return np.stack(np.divmod(np.unique(pairs[0] * count + pairs[1]), count), axis=1)


def _best(keys: np.ndarray, votes: np.ndarray, count: int) -> np.ndarray:
    """Return the best partners of each voter.

    Args:
        keys: of each vote ``(voter * count + image) * SHIFTS**2`` plus the number of the shift.
        votes: their weights.
        count: number of images.

    Returns:
        ``voter * count + image`` of each.
    """
    keys, same = np.unique(keys, return_inverse=True)
    pairs = keys[np.argsort(-np.bincount(same, votes, len(keys)), kind="stable")] // SHIFTS**2
    _, highest = np.unique(pairs, return_index=True)  # of each pair, its best shift
    pairs = pairs[np.sort(highest)]
    pairs = pairs[np.argsort(pairs // count, kind="stable")]  # by voter, best first
    voters = pairs // count
    return pairs[np.arange(len(pairs)) - np.searchsorted(voters, voters) < PARTNERS]


def _patches(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the patches of a coarse image, shape (N, `PATCH`²), of mean 0 and length 1, and their row and column."""
    texture = cv2.GaussianBlur(image[0], (0, 0), BLUR)[::HALF, ::HALF]
    visible = image[1, ::HALF, ::HALF]
    windows, seen = (
        np.lib.stride_tricks.sliding_window_view(part, (PATCH, PATCH))[::STEP, ::STEP] for part in (texture, visible)
    )
    places = np.argwhere(seen.mean(axis=(2, 3)) >= VISIBLE)
    patches = windows[places[:, 0], places[:, 1]].reshape(len(places), PATCH**2)
    patches = patches - patches.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(patches, axis=1, keepdims=True)
    return patches / np.maximum(lengths, 1e-6), (STEP * places).astype(np.int16)
