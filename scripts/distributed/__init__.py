# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Training and evaluation in several processes, one a GPU, as `torchrun` starts them.

Ignite's `ignite.distributed` says who and how many they are; in a single process all of this changes nothing.
"""

from .batch_share import BatchShare
from .data_parallel import average_gradients, data_parallel, weigh_by_images
from .exchange import by_first_process, gather
from .processes import check_joined, join_processes, leave_processes, own_device

__all__ = [
    "BatchShare",
    "average_gradients",
    "by_first_process",
    "check_joined",
    "data_parallel",
    "gather",
    "join_processes",
    "leave_processes",
    "own_device",
    "weigh_by_images",
]
