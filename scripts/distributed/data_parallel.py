# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Gradients over several processes: the mean over the images of all, as one process would have it."""

from __future__ import annotations

import ignite.distributed as idist
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from .batch_norm import synchronise_batch_norm


def data_parallel(network: nn.Module) -> nn.Module:
    """Return a network for the trainer whose gradients, and batch statistics, are those of the whole batch.

    `DistributedDataParallel` averages over processes; here a process counts by its images, as many as its batch has,
    provided that the loss is a mean over images. In a single process this is the network itself.

    Args:
        network: already on its device. Its batch normalisations are replaced in place by synchronised ones; give this
            network itself to whatever evaluates or saves it.
    """
    if idist.get_world_size() == 1:
        return network
    parallel = average_gradients(synchronise_batch_norm(network))
    parallel.register_forward_hook(lambda module, args, output: weigh_by_images(output, len(args[0])))
    return parallel


def average_gradients(network: nn.Module) -> nn.Module:
    """Return a network whose gradients are averaged over processes; in a single process the network itself.

    Args:
        network: already on its device; may have weights that no step uses.
    """
    if idist.get_world_size() == 1:
        return network
    return DistributedDataParallel(
        network,
        forward_sync_buffers=False,  # equal in all processes: synchronised, or those of a network in evaluation mode
        gradient_as_bucket_view=True,
        static_graph=True,  # which weights a step uses is found out once
    )


def weigh_by_images(output: torch.Tensor, images: int) -> torch.Tensor:
    """Scale the gradient that reaches `output`, so that an average over processes becomes one over images.

    Every process must call this.

    Args:
        output: of a network, of which a loss is the mean over images.
        images: number of images that loss is of in this process; 0 takes part without a say.

    Returns:
        `output`, with its values as they were.
    """
    if idist.get_world_size() > 1 and output.requires_grad:
        everywhere = idist.all_reduce(torch.tensor(float(images), device=output.device))
        share = images * idist.get_world_size() / everywhere
        output.register_hook(lambda gradient: gradient * share)
    return output
