# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run one batch through student, teachers and loss before a training, so that mismatches fail at once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import ignite.distributed as idist
import torch
from monai.data import DataLoader
from monai.inferers import Inferer
from monai.utils import CommonKeys, convert_to_tensor
from torch import nn

from ..errors import InputError, find_input_error

CLASSES = 2  # background and lesion


@torch.no_grad()
def check_first_batch(
    network: nn.Module,
    data_loader: DataLoader,
    loss: Callable[..., Any],
    inferer: Inferer,
    device: str | torch.device,
    teachers: Mapping[str, nn.Module] | None = None,
    teacher_inferer: Inferer | None = None,
) -> None:
    """Predict one batch and compute the loss, without changing weights or statistics of the networks.

    Args:
        network: the student, or the only network; on `device`.
        data_loader: data loader of the training. If any batch has a single image, that is tried too.
        loss: loss function of the training; with teachers a `JointDistillationLoss`.
        inferer: runs the network.
        device: device of the network.
        teachers: teachers by name, before their weights are loaded.
        teacher_inferer: runs the teachers; default is `inferer`.

    Raises:
        InputError: a network does not accept the images, or its output does not fit the loss.
    """
    # Of several processes one may have a single image: in training their batch statistics are those of all images.
    student = copy.deepcopy(network).train(idist.get_world_size() == 1)
    batches = [next(iter(data_loader))]
    if any(len(batch) == 1 for batch in cast(Iterable[list[int]], data_loader.batch_sampler)):
        batches.append({key: value[:1] for key, value in batches[0].items()})
    for batch in batches:
        images = convert_to_tensor(batch[CommonKeys.IMAGE], track_meta=False).to(device)
        labels = convert_to_tensor(batch[CommonKeys.LABEL], track_meta=False).to(device)
        prediction = _predict("network_def", student, inferer, images)
        soft = {
            name: _predict(f"teacher_defs#{name}", teacher.to(device).eval(), teacher_inferer or inferer, images)
            for name, teacher in (teachers or {}).items()
        }
        try:
            loss(prediction, labels, soft) if teachers else loss(prediction, labels)
        except Exception as error:
            raise InputError(f"loss {type(loss).__name__}: does not accept the predictions: {_line(error)}") from error


def _predict(option: str, network: nn.Module, inferer: Inferer, images: torch.Tensor) -> torch.Tensor:
    name, shape = type(network).__name__, tuple(images.shape)
    try:
        logits = inferer(images, network)
    except Exception as error:
        raise InputError(f"--{option} {name}: does not accept a batch of shape {shape}: {_line(error)}") from error
    expected = (len(images), CLASSES, *shape[2:])
    if not isinstance(logits, torch.Tensor) or tuple(logits.shape) != expected:
        got = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        reason = (
            "it needs a channel for background and one for lesion; a single channel with a sigmoid is not supported"
        )
        raise InputError(f"--{option} {name}: predicts {got} for a batch of shape {shape}, not {expected}: {reason}")
    return logits


def _line(error: Exception) -> str:
    mistake = find_input_error(error)
    lines = str(mistake or error).splitlines()
    return lines[0] if lines else type(error).__name__
