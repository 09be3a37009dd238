# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Images without annotation, from which a student learns through its teachers alone."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ignite.distributed as idist
import torch
from torch.utils.data import BatchSampler, RandomSampler, Sampler, WeightedRandomSampler

from ..errors import InputError
from ..images.listing import PICTURE_SUFFIXES, list_without_masks
from .duplicates.shared_images import shared_images

logger = logging.getLogger(__name__)

UNLABELLED = "unlabelled"  # the class of these images


def list_unlabelled(
    unlabelled_dir: str | Path | None,
    labelled: Sequence[Mapping[str, Any]],
    held_out: Mapping[str, Sequence[Mapping[str, Any]]],
    ratio: float,
) -> list[dict[str, Any]]:
    """Return the images of a folder as items without labels.

    Args:
        unlabelled_dir: folder of images, searched with its subfolders; masks in it are left out. Empty for no images.
        labelled: annotated training items; the items get the same keys.
        held_out: validation and test items by section; none of their images may be in the folder.
        ratio: unlabelled images for each annotated image of a batch.

    Returns:
        Items of class ``"unlabelled"``, without label, in natural order.

    Raises:
        InputError: the folder is missing or has no images, an image is damaged or shows the same frame as a held-out
            one, the ratio is not positive, or several processes train.
    """
    if not unlabelled_dir:
        return []
    folder = Path(unlabelled_dir)
    option = f"--unlabelled_dir {folder}"
    if not folder.is_dir():
        raise InputError(f"{option}: no such folder; give a folder of images without annotation")
    if idist.get_world_size() > 1:
        raise InputError(f"{option}: is not supported with several processes; train in one process")
    if not 0 < ratio < math.inf:
        raise InputError(f"--unlabelled_ratio {ratio}: must be above 0; omit --unlabelled_dir to use no such images")
    paths = [path.absolute() for path in list_without_masks(folder)]
    if not paths:
        raise InputError(f"{option}: no images in it ({', '.join(suffix[1:] for suffix in PICTURE_SUFFIXES)})")
    section_of = {Path(item["image"]): section for section, items in held_out.items() for item in items}
    logger.info(
        f"Comparing the {len(paths)} images in {folder} with the {len(section_of)} held-out images; this takes minutes "
        "for a large folder, once."
    )
    if shared := shared_images(list(section_of), paths):
        first, second = shared[0]
        count = len({path for _, path in shared})  # one can show the frame of several
        raise InputError(
            f"{option}: {count} of its images show the same frame as a held-out image, such as {second} and the "
            f"{section_of[first]} image {first}; remove them from the folder"
        )
    values = {"class": UNLABELLED, "fold": -1, "group": -1, "dataset": UNLABELLED, "spacing": [math.nan, math.nan]}
    keys = [key for key in values if any(key in item for item in labelled)]
    return [
        {
            "image": str(path),
            "label": [],
            "name": path.relative_to(folder.absolute()).as_posix(),
            **{key: values[key] for key in keys},
        }
        for path in paths
    ]


class MixedBatches(Sampler[list[int]]):
    """Batch sampler that adds unlabelled images to every batch of annotated ones.

    The sampler draws the annotated images of an epoch. The unlabelled images are drawn without repetition until all
    were drawn, then again. All draws are from torch's generator, which `scripts.handlers.EpochSeed` seeds in every
    epoch.

    Args:
        sampler: draws annotated images, such as torch's `RandomSampler`.
        labelled: number of annotated images, the first of the data set.
        unlabelled: number of unlabelled images, which follow them.
        batch_size: annotated images in a batch.
        ratio: unlabelled images for each annotated one; rounded to whole images in a batch, at least one.

    Example:
        >>> from torch.utils.data import RandomSampler
        >>> from scripts.data import MixedBatches
        >>> sampler = RandomSampler(range(10))
        >>> [len(batch) for batch in MixedBatches(sampler, labelled=10, unlabelled=30, batch_size=4, ratio=0.5)]
        [6, 6, 4]
    """

    def __init__(
        self,
        sampler: RandomSampler | WeightedRandomSampler,
        labelled: int,
        unlabelled: int,
        batch_size: int,
        ratio: float = 1.0,
    ) -> None:
        self.sampler = sampler
        self.labelled = labelled
        self.unlabelled = unlabelled
        self.batch_size = batch_size
        self.added = max(1, round(ratio * batch_size)) if unlabelled else 0

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        return math.ceil(len(self.sampler) / self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the indices of the images in each batch of an epoch, annotated ones first."""
        drawn = self._draw()
        for annotated in BatchSampler(self.sampler, self.batch_size, drop_last=False):
            yield annotated + [next(drawn) for _ in range(self.added)]

    def _draw(self) -> Iterator[int]:
        """Yield indices of unlabelled images without end."""
        while True:
            yield from (self.labelled + torch.randperm(self.unlabelled)).tolist()
