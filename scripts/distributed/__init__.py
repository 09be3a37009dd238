# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Training and evaluation in several processes, one per GPU, started by `torchrun` (distributed data parallel).

Rank and world size are those of `ignite.distributed`. In a single process these functions change nothing.
"""

from .batch_share import BatchShare
from .data_parallel import average_gradients, data_parallel, scale_gradient_by_images
from .exchange import gather, rank_zero_only
from .processes import check_joined, join_processes, leave_processes, own_device

__all__ = [
    "BatchShare",
    "average_gradients",
    "rank_zero_only",
    "check_joined",
    "data_parallel",
    "gather",
    "join_processes",
    "leave_processes",
    "own_device",
    "scale_gradient_by_images",
]
