# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Average gradients over the images of all processes, so that they are those of a single process."""

from __future__ import annotations

import ignite.distributed as idist
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from ..inferers.outputs import full_resolution
from .batch_norm import synchronise_batch_norm


def data_parallel(network: nn.Module) -> nn.Module:
    """Wrap a network for training, with gradients and batch statistics of the whole batch over all processes.

    `DistributedDataParallel` averages over processes, whatever their number of images; here each process is weighted by
    its number of images. The loss must be a mean over images. In a single process the network itself is returned.

    Args:
        network: on its device. Its batch normalisation layers are replaced in place by synchronised ones. Use this
            network, not the wrapped one, to evaluate or save.
    """
    if idist.get_world_size() == 1:
        return network
    parallel = average_gradients(synchronise_batch_norm(network))
    parallel.register_forward_hook(lambda module, args, output: scale_gradient_by_images(output, len(args[0])))
    return parallel


def average_gradients(network: nn.Module) -> nn.Module:
    """Wrap a network so that its gradients are averaged over processes; in a single process return the network itself.

    Args:
        network: on its device; may have parameters without gradient. Of several outputs (deep supervision), the wrapped
            network returns the one at full resolution.
    """
    if idist.get_world_size() == 1:
        return network
    return DistributedDataParallel(
        _FullResolution(network),
        forward_sync_buffers=False,  # they are equal in all processes: synchronised, or fixed in evaluation mode
        gradient_as_bucket_view=True,
        static_graph=True,  # parameters without gradient are found in the first step
    )


class _FullResolution(nn.Module):
    """A network with one output. `DistributedDataParallel` would wait for gradients of outputs that no loss uses."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return full_resolution(self.network(inputs), inputs)


def scale_gradient_by_images(output: torch.Tensor, images: int) -> torch.Tensor:
    """Scale the gradient of `output` so that the average over processes becomes an average over images.

    Every process must call this.

    Args:
        output: output of a network; the loss must be a mean over images.
        images: number of images in the loss of this process; 0 gives this process no weight.

    Returns:
        `output`, unchanged.
    """
    if idist.get_world_size() > 1 and output.requires_grad:
        total = idist.all_reduce(torch.tensor(float(images), device=output.device))
        factor = images * idist.get_world_size() / total
        output.register_hook(lambda gradient: gradient * factor)
    return output
