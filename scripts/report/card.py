# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The data of one image in the report."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PREDICTION, TRUTH, CALIPERS = "prediction", "truth", "calipers"
KINDS = (PREDICTION, TRUTH, CALIPERS)  # in drawing order: the dashed ground truth on top of the prediction


@dataclass(frozen=True)
class Card:
    """One image or frame in the report.

    Attributes:
        name: relative path of the file, shown as plain text.
        frame: frame number from 1, None for files with one image.
        thumbnail: JPEG, at most 320 pixels wide.
        size: (rows, columns) of the original image.
        contours: closed polygons, and lines as calipers, by kind (one of `KINDS`), with (x, y) in pixels of the
            original image, measured from the left edge of the first column and the upper edge of the first row.
        lesion_found: whether the mask has a lesion.
        values: values of the other columns by title, in order. None and non-finite numbers are missing values.
        confidence: expected agreement of the mask with the ground truth, 0 to 1; None if unknown.

    Raises:
        ValueError: an invalid confidence, size, frame or kind of contour.

    Example:
        >>> from scripts.report import Card, write_report
        >>> lesion = [(2.0, 2.0), (8.0, 2.0), (8.0, 6.0)]
        >>> card = Card("a.png", None, b"", (16, 16), {"prediction": [lesion]}, True, {"lesions": 1}, confidence=0.8)
        >>> write_report([card], "report.html", "Breast lesions", {"Images": "1"}, {}).name
        'report.html'
    """

    name: str
    frame: int | None
    thumbnail: bytes
    size: tuple[int, int]
    contours: Mapping[str, Sequence[Sequence[tuple[float, float]]]]
    lesion_found: bool
    values: Mapping[str, float | int | str | None]
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.confidence is not None and not 0 <= self.confidence <= 1:  # also rejects NaN
            raise ValueError(f"{self.name!r}: confidence must be from 0 to 1, got {self.confidence}.")
        if len(self.size) != 2 or not all(side > 0 for side in self.size):
            raise ValueError(f"{self.name!r}: size must be rows and columns, both positive, got {self.size}.")
        if self.frame is not None and self.frame < 1:
            raise ValueError(f"{self.name!r}: frame must be at least 1, got {self.frame}.")
        if unknown := [kind for kind in self.contours if kind not in KINDS]:
            raise ValueError(f"{self.name!r}: contours must be {' or '.join(KINDS)}, got {unknown[0]!r}.")

    @property
    def title(self) -> str:
        """Name and frame."""
        return self.name if self.frame is None else f"{self.name}, frame {self.frame}"

    @property
    def source(self) -> str:
        """The thumbnail as a data URL."""
        return "data:image/jpeg;base64," + base64.b64encode(self.thumbnail).decode("ascii")

    @property
    def paths(self) -> dict[str, str]:
        """The polygons of each kind as data of an SVG path, without kinds that have none."""
        return {
            kind: "".join(
                f"M{'L'.join(f'{x:.6g} {y:.6g}' for x, y in polygon)}{'' if kind == CALIPERS else 'Z'}"
                for polygon in polygons
            )
            for kind in KINDS
            if (polygons := [polygon for polygon in self.contours.get(kind, ()) if len(polygon)])
        }
