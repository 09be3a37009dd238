# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Move the threshold of a presence head to where it finds the lesions of the validation images."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from monai.inferers import Inferer
from monai.utils import CommonKeys, convert_to_tensor
from torch import nn

from ..distributed import rank_zero_only
from ..errors import InputError
from ..metrics.sensitivity import threshold_at_sensitivity
from ..networks.presence import PresenceHead, presence_logits
from ..networks.weights import write_checkpoint

logger = logging.getLogger(__name__)

MARGIN = 1e-3  # so that the lowest of all, if it decides, is above the threshold


@torch.no_grad()
def fit_presence_threshold(
    network: nn.Module,
    data_loader: Iterable[Mapping[str, Any]],
    inferer: Inferer,
    device: str | torch.device,
    sensitivity: float,
    path: str | Path,
) -> None:
    """Shift the bias of a presence head so that it finds as many lesions as asked for, and save the weights.

    A presence logit above 0 means a lesion, before and after. In each of several joined data sets it finds as many.

    Args:
        network: `EfficientUNet` or `StuNet` with a presence head, on `device`; changed in place.
        data_loader: batches of all validation images and their masks, with and without lesions, in every process.
        inferer: runs the network.
        device: device of the network.
        sensitivity: lowest share of the images with a lesion for which the presence logit must exceed 0, above 0, up
            to 1.
        path: weights file, which is replaced.

    Raises:
        InputError: `sensitivity` is out of range, or no image has a lesion.
    """
    if not 0 < sensitivity <= 1:
        raise InputError(f"--presence_sensitivity {sensitivity}: must be above 0, and at most 1")
    network.eval()
    logits, lesions, datasets = [], [], []
    for batch in data_loader:
        images = convert_to_tensor(batch[CommonKeys.IMAGE], track_meta=False)
        labels = convert_to_tensor(batch[CommonKeys.LABEL], track_meta=False)
        logits += presence_logits(inferer(images.to(device), network)).tolist()
        lesions += (labels > 0).flatten(1).any(1).tolist()
        datasets += batch.get("dataset", [""] * len(images))
    if not any(lesions):
        raise InputError("no validation image has a lesion; choose another --validation_fold")
    presence, lesion = np.array(logits), np.array(lesions)
    of_lesions = [name for name, shown in zip(datasets, lesions) if shown]
    none = presence[~lesion]
    threshold = threshold_at_sensitivity(presence[lesion], of_lesions, sensitivity, none) - MARGIN
    presence_head = cast(PresenceHead, network.presence)
    presence_head.linear.bias.sub_(threshold)
    rank_zero_only(write_checkpoint)(network.state_dict(), path)
    found = f"{np.mean(presence[lesion] > threshold):.3f} of the {lesion.sum()} validation images with a lesion"
    marked = f" and {np.mean(none > threshold):.3f} of the {none.size} without" if none.size else ""
    logger.info(f"Presence threshold moved by {threshold:+.2f}: a lesion is found in {found}{marked}.")
