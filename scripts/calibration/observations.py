# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the network on images and keep its probabilities with the ground truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..data.lesion_mask import read_ground_truth
from ..images.single_image import read_single
from ..metrics.dice import dice
from ..postprocessing.calibration import Calibration
from ..postprocessing.lesions import find_lesions
from ..prediction.regions import lesion_probability
from ..progress import track

SAMPLE = 10_000  # pixels of an image used to fit and assess probabilities


@dataclass(frozen=True)
class Observation:
    """Probabilities and ground truth of one image.

    Attributes:
        name, label_class, group, fold: from the datalist.
        spacing: height and width of a pixel in millimetres, NaN if unknown.
        probability: lesion probability, shape (rows, columns).
        ground_truth: bool, of the same shape.
        flip_agreement: Dice between the masks of the image and of the horizontally flipped image; 1 if both are empty.
        dataset: of several joined data sets the one that the image is from.
    """

    name: str
    label_class: str
    group: int
    fold: int
    spacing: tuple[float, float]
    probability: np.ndarray
    ground_truth: np.ndarray
    flip_agreement: float
    dataset: str = ""

    def corrected(self, calibration: Calibration) -> Observation:
        """Return the image with calibrated probabilities."""
        return replace(self, probability=calibration.correct(self.probability))

    @property
    def has_lesion(self) -> bool:
        """Whether the ground truth has a lesion."""
        return bool(self.ground_truth.any())

    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """Return probabilities and ground truth of up to `SAMPLE` pixels, evenly spread over the image."""
        chosen = np.linspace(0, self.ground_truth.size - 1, min(SAMPLE, self.ground_truth.size)).astype(int)
        return self.probability.ravel()[chosen], self.ground_truth.ravel()[chosen]


def observe(
    items: Iterable[Mapping[str, Any]], segment: Callable[[np.ndarray], np.ndarray], name: str
) -> list[Observation]:
    """Run a network on images in the same way as `predict`.

    Args:
        items: items from `scripts.data.select`.
        segment: maps grey levels of shape (rows, columns) to lesion probabilities of the same shape.
        name: label of the progress bar.

    Raises:
        InputError: an image or mask cannot be read, or its file holds several.
    """
    uncorrected = Calibration()
    observations = []
    for item in track(items, name, "image"):
        file, grey = read_single(Path(item["image"]))
        probability, flipped = (
            lesion_probability(levels, file.regions, segment) for levels in (grey, np.ascontiguousarray(grey[:, ::-1]))
        )
        mask, of_flipped = (find_lesions(seen, uncorrected).mask for seen in (probability, flipped[:, ::-1]))
        observations.append(
            Observation(
                name=item["name"],
                label_class=item["class"],
                group=item["group"],
                fold=item["fold"],
                spacing=tuple(item["spacing"]),
                probability=probability,
                ground_truth=read_ground_truth(item["label"], Path(item["image"]), grey.shape),
                flip_agreement=dice(mask, of_flipped, empty=1.0),
                dataset=item.get("dataset", ""),
            )
        )
    return observations
