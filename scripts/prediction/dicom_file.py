# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""DICOM ultrasound, an image or a clip."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, config, dcmread
from pydicom.pixels import iter_pixels

from scripts.errors import InputError
from scripts.prediction.dicom_pixels import grey_pixels
from scripts.prediction.dicom_segmentation import write_segmentation
from scripts.prediction.image_file import ImageFile, Region, Software, as_grey_levels

# What the codes of SequenceOfUltrasoundRegions mean (DICOM PS3.3, C.8.5.5).
TWO_DIMENSIONAL, TISSUE, CENTIMETRES = 1, 1, 3
# An object of another modality that has no pixels of its own to segment, as archives hold beside images.
NO_IMAGE = {"SR", "SEG", "PR", "KO", "DOC", "REG", "RTSTRUCT", "PLAN", "ECG", "AU", "SMR", "ANN", "M3D"}

for _name in ("pydicom", "highdicom"):  # they tell of each odd value, which stays usable, and of each step
    logging.getLogger(_name).setLevel(logging.ERROR)


class DicomFile(ImageFile):
    """An ultrasound instance. Its images show tissue where its ultrasound regions say so, everywhere without them.

    Args:
        path: of a DICOM file.

    Raises:
        InputError: it is damaged, of another modality, or has no pixels.
    """

    mask_suffix = ".dcm"

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._clear_errors():
            self._dataset = dcmread(path, defer_size=2**16)
            modality = self._dataset.get("Modality")
            if modality != "US":
                raise InputError(f"{path}: its modality is {modality or 'not given'}, not US (ultrasound)")
            missing = [
                name
                for name in (
                    "PixelData",
                    "Rows",
                    "Columns",
                    "PhotometricInterpretation",
                    "SOPInstanceUID",
                    "SOPClassUID",
                )
                if self._dataset.get_item(name) is None
            ]
            if missing:
                raise InputError(f"{path}: it has no {missing[0]}")
            data = self._dataset
            self._take_shape(int(data.get("NumberOfFrames") or 1), int(data.Rows), int(data.Columns))
            self._take_regions(data)

    def read(self) -> Iterator[np.ndarray]:
        with self._clear_errors():
            count = 0
            for pixels in iter_pixels(self.path):
                count += 1
                yield as_grey_levels(grey_pixels(pixels, self._dataset), self.path)
        if count != self.frames:
            raise InputError(f"{self.path}: it has {count} of the {self.frames} frames that it claims")

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        with self._clear_errors("a DICOM segmentation cannot refer to it"):
            write_segmentation(path, masks, self._dataset, self.frames, software)

    def _take_regions(self, dataset: Dataset) -> None:
        spacing, reason = _spacing(
            "PixelSpacing", *(dataset.get("PixelSpacing") or (None, None)), known="PixelSpacing" in dataset
        )
        found = []
        for item in dataset.get("SequenceOfUltrasoundRegions") or ():
            if item.get("RegionSpatialFormat") != TWO_DIMENSIONAL or item.get("RegionDataType") != TISSUE:
                continue
            corners = [
                item.get(name)
                for name in (
                    "RegionLocationMinY0",
                    "RegionLocationMinX0",
                    "RegionLocationMaxY1",
                    "RegionLocationMaxX1",
                )
            ]
            if None in corners:
                continue
            top, left = max(0, corners[0]), max(0, corners[1])
            bottom, right = min(self.shape[0], corners[2] + 1), min(self.shape[1], corners[3] + 1)
            if bottom - top < 2 or right - left < 2:
                continue
            units = [item.get(f"PhysicalUnits{axis}Direction") for axis in "YX"]
            in_centimetres = units == [CENTIMETRES, CENTIMETRES]
            deltas = [item.get(f"PhysicalDelta{axis}") for axis in "YX"]
            scaled = [None if delta is None else 10 * abs(delta) for delta in deltas]
            own, own_reason = _spacing("PhysicalDelta", *scaled, known=in_centimetres)
            found.append(
                (Region(top, left, bottom, right, own or spacing), own_reason if own or not spacing else reason)
            )
        if found:
            self.regions = tuple(region for region, _ in found)
            reason = found[0][1]
        elif spacing:
            self.regions = (Region(0, 0, *self.shape, spacing),)
        self.spacing_from = reason

    @contextmanager
    def _clear_errors(self, what: str = "cannot be read as DICOM") -> Iterator[None]:
        """Turn what pydicom and its decoders meet in damaged files, nearly any error, into one that names the file."""
        previous, config.settings.reading_validation_mode = config.settings.reading_validation_mode, config.IGNORE
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except (InputError, GeneratorExit, KeyboardInterrupt):
            raise
        except Exception as error:
            reason = " ".join((str(error) or type(error).__name__).split())
            raise InputError(f"{self.path}: {what}: {reason}") from None
        finally:
            config.settings.reading_validation_mode = previous


def is_other_object(path: Path) -> bool:
    """Whether a DICOM file is one of the objects that archives hold beside images: reports, segmentations, directories."""
    try:
        dataset = dcmread(path, stop_before_pixels=True, specific_tags=["Modality", "SOPClassUID", "Rows"])
    except Exception:  # damaged: told when it is read as an image
        return False
    modality = dataset.get("Modality")
    return modality in NO_IMAGE or (modality is None and "Rows" not in dataset)


def _spacing(name: str, height: Any, width: Any, known: bool) -> tuple[tuple[float, float] | None, str]:
    """Return a spacing in millimetres, None where it is none, and what tells it or why it is not known."""
    if not known or height is None or width is None:
        return None, "the DICOM file gives none: give --spacing"
    size = (float(height), float(width))
    if not all(math.isfinite(value) and value > 0 for value in size):
        return None, f"{name} {size[0]:g}, {size[1]:g} is no size: give --spacing"
    return size, f"DICOM {name}"
