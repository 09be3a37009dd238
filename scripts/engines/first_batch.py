# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run one batch through student, teachers and loss before a training, so that mismatches fail at once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import ignite.distributed as idist
import torch
import torch.nn.functional as F
from monai.data import DataLoader
from monai.inferers import Inferer
from monai.utils import CommonKeys, convert_to_tensor
from torch import nn

from ..errors import InputError, find_input_error
from ..inferers.outputs import are_probabilities, full_resolution, full_size_outputs

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
        InputError: a network does not accept the images, its output does not fit the loss or is of probabilities, or
            the student returns several outputs of the image's size in training and one in evaluation.
    """
    # Of several processes one may have a single image: in training their batch statistics are those of all images.
    student = copy.deepcopy(network).train(idist.get_world_size() == 1)
    batches = [next(iter(data_loader))]
    if any(len(batch) == 1 for batch in cast(Iterable[list[int]], data_loader.batch_sampler)):
        batches.append({key: value[:1] for key, value in batches[0].items()})
    for batch in batches:
        images = convert_to_tensor(batch[CommonKeys.IMAGE], track_meta=False).to(device)
        labels = convert_to_tensor(batch[CommonKeys.LABEL], track_meta=False).to(device)
        prediction, output = _predict("network_def", student, inferer, images)
        if batch is batches[0] and student.training:
            _check_evaluation(student, inferer, images, output)
        soft = {
            name: _predict(f"teacher_defs#{name}", teacher.to(device).eval(), teacher_inferer or inferer, images)[0]
            for name, teacher in (teachers or {}).items()
        }
        try:
            loss(prediction, labels, soft) if teachers else loss(prediction, labels)
        except Exception as error:
            raise InputError(f"loss {type(loss).__name__}: does not accept the predictions: {_line(error)}") from error


def _check_evaluation(student: nn.Module, inferer: Inferer, images: torch.Tensor, trained: Any) -> None:
    """Raise if another output may be trained than is predicted later; `trained` is the output in training."""
    _, evaluated = _predict("network_def", student.eval(), inferer, images)
    student.train()
    several = len(full_size_outputs(trained, images))
    if several > 1 and not isinstance(evaluated, (list, tuple)):
        raise InputError(
            f"--network_def {type(student).__name__}: returns {several} outputs of the image's size in training and "
            "one in evaluation, so another one might be trained than is predicted: let it return its logits alone in "
            "training, too, or wrap it in a network that does"
        )


def _predict(option: str, network: nn.Module, inferer: Inferer, images: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """Return the logits, shape (B, K, spatial...), and what the network itself returned."""
    what = f"--{option} {type(network).__name__}"
    given, outputs = [images], []
    hooks = [
        network.register_forward_pre_hook(lambda module, inputs: given.extend(inputs[:1])),
        network.register_forward_hook(lambda module, inputs, output: outputs.append(output)),
    ]
    try:
        logits = full_resolution(inferer(images, network), images)
    except Exception as error:
        if outputs:
            raise InputError(f"{what}: {_line(error)}") from error
        shape = tuple(given[-1].shape)
        raise InputError(
            f"{what}: does not accept a batch of shape {shape}: {_line(error)}{_size_hint(option, network, given[-1])}"
        ) from error
    finally:
        for hook in hooks:
            hook.remove()
    if reason := _unfit(logits, images):
        expected = (len(images), CLASSES, *images.shape[2:])
        raise InputError(
            f"{what}: predicts {tuple(logits.shape)} for a batch of shape {tuple(images.shape)}, not {expected}: "
            f"{reason}"
        )
    if are_probabilities(logits):
        mode = "" if network.training else " in evaluation"
        raise InputError(f"{what}: returns probabilities{mode}, not logits: leave out its softmax")
    return logits, outputs[-1]


def _unfit(logits: torch.Tensor, images: torch.Tensor) -> str | None:
    """Return why the shape of logits does not suit a batch of images, None if it does."""
    got, size = tuple(logits.shape), tuple(images.shape[2:])
    if len(got) == images.ndim and got[1:-1] == size and got[2:] != size:
        return "its channels are the last axis; they must be the second, as permute or movedim make them"
    if len(got) != images.ndim:
        return f"it has {len(got)} axes, where {images.ndim} are needed"
    if got[2:] != size:
        return "it is not of the image's size; let the network enlarge its logits, such as by F.interpolate"
    if got[1] != CLASSES:
        return "it needs a channel for background and one for lesion; a single channel with a sigmoid is not supported"
    return None if got[0] == len(images) else "it needs the logits of each image"


def _size_hint(option: str, network: nn.Module, images: torch.Tensor) -> str:
    """Return which size a network takes that fails at that of the images; empty if that is not the reason."""
    for step in (2, 4, 8, 16, 32, 64):
        # Odd multiples, which are not multiples of twice the step as well.
        padding = [(-pixels - step) % (2 * step) for pixels in images.shape[:1:-1]]
        if any(padding) and _takes(network, F.pad(images, [value for each in padding for value in (0, each)])):
            name = "teacher_image_size" if option.startswith("teacher") else "image_size"
            return f"; it takes multiples of {step}: --{name} {-(-max(images.shape[2:]) // step) * step}"
    return ""


def _takes(network: nn.Module, images: torch.Tensor) -> bool:
    try:
        network(images)
    except Exception:
        return False
    return True


def _line(error: Exception) -> str:
    mistake = find_input_error(error)
    lines = str(mistake or error).splitlines()
    return lines[0] if lines else type(error).__name__
