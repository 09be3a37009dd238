# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the network says of an image, beside the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ..data.lesion_mask import read_truth
from ..images.file_types import open_image
from ..postprocessing.calibration import Calibration
from ..postprocessing.lesions import find_lesions
from ..prediction.regions import lesion_probability

SAMPLE = 10_000  # pixels of an image that stand for it where pixels are counted


@dataclass(frozen=True)
class Observation:
    """Of one image.

    Attributes:
        name, label_class, group, fold: as the datalist has them.
        spacing: height and width of a pixel in millimetres, NaN where it is not known.
        probability: of lesion, shape (rows, columns).
        truth: bool, of the same shape.
        flip_agreement: Dice of the mask with that of the mirrored image; 1 where both are empty.
    """

    name: str
    label_class: str
    group: int
    fold: int
    spacing: tuple[float, float]
    probability: np.ndarray
    truth: np.ndarray
    flip_agreement: float

    def corrected(self, calibration: Calibration) -> Observation:
        """Return it with probabilities as the calibration makes them."""
        return replace(self, probability=calibration.correct(self.probability))

    @property
    def has_lesion(self) -> bool:
        """Whether there is one in truth."""
        return bool(self.truth.any())

    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """Return probabilities and truth of `SAMPLE` pixels, evenly spread over the image."""
        chosen = np.linspace(0, self.truth.size - 1, min(SAMPLE, self.truth.size)).astype(int)
        return self.probability.ravel()[chosen], self.truth.ravel()[chosen]


def observe(
    items: Iterable[Mapping[str, Any]], segment: Callable[[np.ndarray], np.ndarray], name: str
) -> list[Observation]:
    """Let a network see images as a prediction does.

    Args:
        items: of `scripts.data.select`.
        segment: gives the probabilities of grey levels of shape (rows, columns).
        name: of the images, for the progress bar.

    Raises:
        InputError: an image or mask cannot be read.
    """
    uncorrected = Calibration()
    observations = []
    for item in tqdm(items, desc=name, unit="image", disable=None):
        file = open_image(Path(item["image"]))
        grey = next(iter(file.read()))
        probability, mirrored = (
            lesion_probability(levels, file.regions, segment) for levels in (grey, np.ascontiguousarray(grey[:, ::-1]))
        )
        mask, of_mirrored = (find_lesions(seen, uncorrected).mask for seen in (probability, mirrored[:, ::-1]))
        observations.append(
            Observation(
                name=item["name"],
                label_class=item["class"],
                group=item["group"],
                fold=item["fold"],
                spacing=tuple(item["spacing"]),
                probability=probability,
                truth=read_truth(item["label"], Path(item["image"]), grey.shape),
                flip_agreement=dice(mask, of_mirrored, empty=1.0),
            )
        )
    return observations


def dice(first: np.ndarray, second: np.ndarray, empty: float) -> float:
    """Return the Dice coefficient of two masks, `empty` where both are."""
    total = int(first.sum()) + int(second.sum())
    return 2 * int((first & second).sum()) / total if total else empty
