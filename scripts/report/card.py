# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the page shows of one image."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PREDICTION, TRUTH = "prediction", "truth"
KINDS = (PREDICTION, TRUTH)  # in the order drawn: the dashes of the truth lie on the prediction


@dataclass(frozen=True)
class Card:
    """One image, or one frame of several, on the page.

    Attributes:
        name: relative path of the file, shown as text whatever is in it.
        frame: counted from 1, None where the file has one image.
        thumbnail: JPEG, at most 320 pixels wide.
        size: rows, columns of the image itself.
        contours: by kind, one of `KINDS`: closed polygons of (x, y) in pixels of the image, from the left edge of its
            first column and the upper edge of its first row.
        lesion_found: whether the mask has a lesion.
        values: of the further columns, in their order, by title. None and numbers that are not finite are missing.
        confidence: 0 to 1, how well the mask is expected to agree with the truth, None where nothing is expected.

    Raises:
        ValueError: a confidence, size, frame or kind of contour that is none.

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
        if self.confidence is not None and not 0 <= self.confidence <= 1:  # NaN is not, either
            raise ValueError(f"{self.name!r}: confidence must be from 0 to 1, got {self.confidence}.")
        if len(self.size) != 2 or not all(side > 0 for side in self.size):
            raise ValueError(f"{self.name!r}: size must be rows and columns, both positive, got {self.size}.")
        if self.frame is not None and self.frame < 1:
            raise ValueError(f"{self.name!r}: frames are counted from 1, got {self.frame}.")
        if unknown := [kind for kind in self.contours if kind not in KINDS]:
            raise ValueError(f"{self.name!r}: contours are of {' or '.join(KINDS)}, got {unknown[0]!r}.")

    @property
    def title(self) -> str:
        """Name and frame."""
        return self.name if self.frame is None else f"{self.name}, frame {self.frame}"

    @property
    def source(self) -> str:
        """The thumbnail as an address that holds it."""
        return "data:image/jpeg;base64," + base64.b64encode(self.thumbnail).decode("ascii")

    @property
    def paths(self) -> dict[str, str]:
        """By kind, all polygons as the data of one SVG path; kinds without a polygon are left out."""
        return {
            kind: "".join(f"M{'L'.join(f'{x:.6g} {y:.6g}' for x, y in polygon)}Z" for polygon in polygons)
            for kind in KINDS
            if (polygons := [polygon for polygon in self.contours.get(kind, ()) if len(polygon)])
        }
