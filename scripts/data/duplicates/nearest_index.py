# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""An index of descriptors of many images, which finds the nearest ones without comparing all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import InputError

if TYPE_CHECKING:
    import faiss

LIST_LENGTH = 200  # descriptors in each list of the index, on average
LISTS_SEARCHED = 8  # for each descriptor; 4 find the same groups in BUSI, with half the votes for some pairs
FEW = 10000  # so few are compared one by one
CHUNK = 64  # images that are added or looked up at once


def build_index(read: Callable[[int], np.ndarray], images: int, count: int, components: int) -> faiss.Index:
    """Return an index of the descriptors of all images.

    The descriptors are sorted into lists around some of them, which a graph finds (inverted file with HNSW). Choosing
    the centres by k-means instead gives no better candidates and takes quadratic time.

    Source: Douze et al., The Faiss library, 2024, arXiv 2401.08281.

    Args:
        read: returns the descriptors of an image, float32, shape (N, length), of unit length.
        images: number of images.
        count: number of all descriptors, 1 or more.
        components: number of principal components that are compared.

    Raises:
        InputError: FAISS is not installed.
    """
    faiss = _faiss()
    length = read(0).shape[1]
    if count <= FEW:
        index = faiss.IndexFlatL2(length)
    else:
        index = faiss.index_factory(length, f"PCA{components},L2norm,IVF{count // LIST_LENGTH}_HNSW16,SQ8")
        lists = faiss.extract_index_ivf(index)
        lists.cp.niter, lists.cp.min_points_per_centroid = 0, 1
        lists.nprobe = LISTS_SEARCHED
        step = min(LIST_LENGTH // 2, max(1, count // 20000))
        sample = np.concatenate([read(i)[::step].copy() for i in range(images)])  # a view would keep all descriptors
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # several build another graph each time
        index.train(sample)
        faiss.omp_set_num_threads(threads)
    for i in range(0, images, CHUNK):
        index.add(np.concatenate([read(j) for j in range(i, min(images, i + CHUNK))]))
    return index


def _faiss() -> Any:
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)  # which variants for this processor it tries
    try:
        import faiss
    except ImportError as error:
        raise InputError("FAISS is needed to find near-duplicates: python -m pip install faiss-cpu") from error
    return faiss
