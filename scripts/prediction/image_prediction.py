# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment and measure one image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ..images.components import connected_components
from ..images.image_file import Region
from ..images.overlay import outer_outline
from ..postprocessing.calibration import Calibration
from ..postprocessing.lesions import Lesions, find_lesions
from ..postprocessing.measurements import Measurements, measure
from .regions import lesion_probability, measure_lesions

Spacing = tuple[float, float]
FROM_OPTION = "option --spacing"


@dataclass(frozen=True)
class Lesion:
    """One lesion of an image.

    Attributes:
        confidence: mean lesion probability of its pixels, 0 to 1.
        measurements: of this lesion alone; ``components`` is 1.
        in_pixels: the same in pixels, whether the spacing is known or not.
        centre: row and column of the centre of its area, in pixels; 0 is the middle of the first row or column.
        spacing: height and width of a pixel in millimetres at this lesion, None if unknown.
        outline: corners of its outer outline, as (x, y) in pixels from the upper left corner of the image.
    """

    confidence: float
    measurements: Measurements
    in_pixels: Measurements
    centre: tuple[float, float]
    spacing: Spacing | None
    outline: list[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Prediction(Lesions):
    """Segmentation and measurements of one image.

    Attributes:
        probability: calibrated lesion probability, float32, shape (rows, columns), 0 outside the field of view.
        measurements: of all lesions together.
        spacing: height and width of a pixel in millimetres, None if unknown.
        spacing_from: source of the spacing, or the reason why it is unknown.
        regions: regions of the image.
        given_spacing: the spacing that replaces that of the regions, None if it is not replaced.
    """

    probability: np.ndarray
    measurements: Measurements
    spacing: Spacing | None
    spacing_from: str
    regions: tuple[Region, ...]
    given_spacing: Spacing | None

    @cached_property
    def lesions(self) -> tuple[Lesion, ...]:
        """The lesions, largest first."""
        if not self.lesion_found:
            return ()
        whole = self.mask.astype(np.uint8)
        x, y, width, height = cv2.boundingRect(whole)  # what follows takes the time of this part of the image
        box = slice(y, y + height), slice(x, x + width)
        labels, stats = connected_components(whole[box])
        found = []
        for label in sorted(range(1, len(stats)), key=lambda each: -int(stats[each, cv2.CC_STAT_AREA])):
            lesion = np.zeros_like(self.mask)
            lesion[box] = labels == label
            if len(stats) == 2:
                measurements, spacing = self.measurements, self.spacing
            else:
                measurements, spacing, _ = _measure(lesion, self.regions, self.given_spacing)
            in_pixels = measurements if spacing is None else measure(lesion)
            confidence = float(self.probability[lesion].mean())
            moments = cv2.moments(lesion[box].astype(np.uint8), binaryImage=True)
            centre = (y + moments["m01"] / moments["m00"], x + moments["m10"] / moments["m00"])
            found.append(Lesion(confidence, measurements, in_pixels, centre, spacing, outer_outline(lesion)))
        return tuple(found)


def predict_image(
    grey: np.ndarray,
    regions: Sequence[Region],
    segment: Callable[[np.ndarray], np.ndarray],
    calibration: Calibration,
    spacing: Spacing | None = None,
) -> Prediction:
    """Segment and measure one image.

    Args:
        grey: grey levels, shape (rows, columns), finite, larger is brighter.
        regions: regions of the image.
        segment: returns the lesion probabilities of an image, such as a `Segmenter`.
        calibration: calibrates them and decides what is a lesion.
        spacing: height and width of a pixel in millimetres; None for that of the regions.
    """
    probability = calibration.correct(lesion_probability(grey, regions, segment))
    lesions = find_lesions(probability, calibration)
    measurements, used, source = _measure(lesions.mask, regions, spacing)
    return Prediction(**vars(lesions), probability=probability, measurements=measurements, spacing=used,
                      spacing_from=source, regions=tuple(regions), given_spacing=spacing)  # fmt: skip


def _measure(
    mask: np.ndarray, regions: Sequence[Region], spacing: Spacing | None
) -> tuple[Measurements, Spacing | None, str]:
    """Return measurements, the pixel spacing and where it is from."""
    if spacing is not None:
        return measure(mask, spacing), spacing, FROM_OPTION
    measurements, region = measure_lesions(mask, regions)
    return measurements, region.spacing, region.spacing_from
