# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the results of one file."""

from __future__ import annotations

import base64
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from ..files.atomic import atomic_write
from ..images.contact_sheet import ContactSheet
from ..images.image_file import IDENTIFIERS, ImageFile, MeasuredLesion, Software
from ..images.overlay import as_picture, outlines, overlay, thumbnail, write_jpeg
from .image_prediction import Prediction
from .packed_masks import PackedMasks
from .result_folder import MEASUREMENTS, SHEET
from .result_rows import describe_diameters, describe_image, measured_lesions, measurements_file


class FileResults:
    """Writes the overlay of each image as it comes; at the end masks, contact sheet and structured report.

    Args:
        file: the file.
        name: its path below the root of the inputs.
        folder: results folder.
        start: start of the names of its results, below the results folder.
        software: written to DICOM.
    """

    def __init__(self, file: ImageFile, name: str, folder: Path, start: str, software: Software) -> None:
        self.file = file
        self.name = name
        self.folder = folder
        self.start = start
        self.software = software
        self._mask = f"{start}_mask{file.mask_suffix}"
        self._masks = PackedMasks(file.shape)
        self._sheet = ContactSheet(file.frames)
        self._count = 0
        self._longest = 0.0
        self._report: tuple[int, list[MeasuredLesion]] | None = None  # of the frame with the longest diameter

    def __enter__(self) -> FileResults:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._masks.close()

    def add(
        self, grey: np.ndarray, prediction: Prediction, note: str | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write the overlay of the next image.

        Args:
            grey: its grey levels as pictures show them, shape (rows, columns).
            prediction: what was found in it.
            note: what is unusual about it.

        Returns:
            Its row of the result table, without the time, and the data for the report.
        """
        self._count += 1
        is_clip = self.file.frames > 1
        picture = as_picture(grey)
        calipers = [lesion.measurements.calipers or () for lesion in prediction.lesions]
        overlay_name = f"{self.start}_overlay" + (f"/{self._count:04}.jpg" if is_clip else ".jpg")
        row = {
            "file": self.name,
            "frame": self._count if is_clip else None,
            **describe_image(prediction),
            **{key: self.file.identifiers.get(key) for key in IDENTIFIERS},
            "mask": self._mask,
            "overlay": overlay_name,
            "note": note or ("all pixels are equal" if picture.max() == 0 else None),
        }
        report = measurements_file(row) if self.file.stores_measurements else None
        row["structured_report"] = None if is_clip else report
        if report and row["longest_diameter"] > self._longest:
            self._longest, self._report = row["longest_diameter"], (self._count, measured_lesions(prediction))
        self._masks.append(prediction.mask)
        if is_clip and self._count in self._sheet.chosen:
            self._sheet.add(picture, prediction.mask, calipers, f"frame {self._count}: {describe_diameters(row)}")
        drawing = {
            "thumbnail": base64.b64encode(thumbnail(picture)).decode("ascii"),
            "size": self.file.shape,
            "outlines": outlines(prediction.mask),
        }
        # Last, since what is written without a row stays behind if the file fails.
        with atomic_write(self.folder / overlay_name) as partial:
            write_jpeg(overlay(picture, prediction.mask, calipers), partial)
        return row, drawing

    def finish(self) -> None:
        """Write what needs all images."""
        with atomic_write(self.folder / self._mask) as partial:
            self.file.write_masks(partial, self._masks, self.software)
        if self.file.frames > 1:
            with atomic_write(self.folder / f"{self.start}{SHEET}") as partial:
                self._sheet.picture().save(partial, format="PNG")
        if self._report:
            number, lesions = self._report
            with atomic_write(self.folder / f"{self.start}{MEASUREMENTS}") as partial:
                self.file.write_measurements(partial, lesions, number, self.software)
