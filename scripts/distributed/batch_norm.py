# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Synchronised batch normalisation: statistics over the images of all processes, on GPU and CPU."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


class _SumOverProcesses(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: torch.Tensor) -> torch.Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        total = gradient.contiguous().clone()
        dist.all_reduce(total)
        return total


class CpuSyncBatchNorm(_BatchNorm):
    """Synchronised batch normalisation for the CPU, with the state dict of `torch.nn.SyncBatchNorm`, which needs a GPU.

    Works in any number of spatial dimensions.
    """

    def _check_input_dim(self, input: torch.Tensor) -> None:
        if input.ndim < 2:
            raise ValueError(f"expected an input of shape (B, C, spatial...), got {tuple(input.shape)}.")

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Normalise a batch of shape (B, C, spatial...); in evaluation mode by the running statistics."""
        if not self.training:
            return super().forward(input)
        self._check_input_dim(input)
        dims, shape = [0, *range(2, input.ndim)], [1, -1, *[1] * (input.ndim - 2)]
        values = input.to(torch.promote_types(input.dtype, torch.float32))
        sums = torch.cat([values.sum(dims), values.new_tensor([values.numel() / values.shape[1]])])
        sums = _SumOverProcesses.apply(sums)
        count = float(sums[-1].detach())
        if count < 2:
            raise ValueError(f"expected more than 1 value per channel when training, got input {tuple(input.shape)}.")
        mean = sums[:-1] / count
        centred = values - mean.view(shape)
        variance = _SumOverProcesses.apply(centred.square().sum(dims)) / count  # after the mean, for precision
        self._update_running_statistics(mean.detach(), variance.detach() * count / (count - 1))
        normalised = centred * torch.rsqrt(variance + self.eps).view(shape)
        if self.affine:
            normalised = normalised * self.weight.view(shape) + self.bias.view(shape)
        return normalised.to(input.dtype)

    @torch.no_grad()
    def _update_running_statistics(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return  # track_running_stats=False
        self.num_batches_tracked += 1
        momentum = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, momentum)
        self.running_var.lerp_(variance, momentum)


def synchronise_batch_norm(network: nn.Module) -> nn.Module:
    """Replace the batch normalisation layers of a network by synchronised ones.

    Args:
        network: changed in place. Parameters and buffers stay the same objects with the same names.

    Returns:
        The network.
    """
    if next(network.parameters()).is_cuda:
        return nn.SyncBatchNorm.convert_sync_batchnorm(network)
    for parent in list(network.modules()):
        for name, norm in parent.named_children():
            if isinstance(norm, _BatchNorm) and not isinstance(norm, CpuSyncBatchNorm):
                setattr(parent, name, _synchronised(norm))
    return network


def _synchronised(norm: _BatchNorm) -> CpuSyncBatchNorm:
    new = CpuSyncBatchNorm(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats)
    new._parameters, new._buffers = norm._parameters, norm._buffers  # an optimizer may already refer to them
    return new.train(norm.training)
