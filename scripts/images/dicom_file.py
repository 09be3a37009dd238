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

import numpy as np
from pydicom import Dataset, config, dcmread
from pydicom.multival import MultiValue
from pydicom.pixels import iter_pixels
from pydicom.pixels.utils import get_expected_length
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    MediaStorageDirectoryStorage,
)

from ..errors import InputError
from .dicom_pixels import grey_pixels
from .dicom_segmentation import write_segmentation
from .gdcm_process import decode_apart
from .image_file import ImageFile, Region, Software, as_grey_levels

# What the codes of SequenceOfUltrasoundRegions mean (DICOM PS3.3, C.8.5.5).
TWO_DIMENSIONAL, TISSUE, CENTIMETRES = 1, 1, 3
# Without which there is no image, or no segmentation of it.
NEEDED = (
    "Rows",
    "Columns",
    "PhotometricInterpretation",
    "SOPClassUID",
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
)
# Which of pydicom's decoders to use for kinds of compression that GDCM decodes as well; None where it alone does.
PLUGINS = {
    JPEGBaseline8Bit: "pillow",
    JPEGExtended12Bit: "pillow",
    JPEGLossless: None,
    JPEGLosslessSV1: None,
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
    JPEG2000Lossless: "pillow",
    JPEG2000: "pillow",
}
# An object of another modality that has no pixels of its own to segment, as archives hold beside images.
NO_IMAGE = {"SR", "SEG", "PR", "KO", "DOC", "REG", "RTSTRUCT", "PLAN", "ECG", "AU", "SMR", "ANN", "M3D"}

for _name in ("pydicom", "highdicom"):  # they tell of each step, odd value and decoder's error
    logging.getLogger(_name).setLevel(logging.CRITICAL)


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
            data = dcmread(path, defer_size=2**16)
            self._deflated = data.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
            if self._deflated:  # nothing can be read later of what is not there before it is inflated
                data = dcmread(path)
            self._dataset = data
            if not data:  # pydicom's answer to the end of the file within an element
                raise InputError(f"{path}: is cut off, or damaged")
            modality = data.get("Modality")
            if modality != "US":
                raise InputError(f"{path}: its modality is {modality or 'not given'}, not US (ultrasound)")
            missing = [name for name in NEEDED if data.get(name) in (None, "")]
            if "PixelData" not in data:  # whose value is not to be read here: it can be all of a clip
                missing.append("PixelData")
            if missing:
                raise InputError(f"{path}: it has no {missing[0]}")
            self._take_shape(int(data.get("NumberOfFrames") or 1), int(data.Rows), int(data.Columns))
            self._take_regions(data)
            self._check_length()

    def read(self) -> Iterator[np.ndarray]:
        with self._clear_errors():
            frames = self._frames()
        for count in range(self.frames + 1):
            with self._clear_errors():
                pixels = next(frames, None)
                if (pixels is None) != (count == self.frames):
                    found = f"{count} of" if pixels is None else "more than"
                    raise InputError(f"{self.path}: it has {found} the {self.frames} frames that it claims")
                if pixels is None:
                    return
                grey = as_grey_levels(grey_pixels(pixels, self._dataset), self.path)
            yield grey

    def _frames(self) -> Iterator[np.ndarray]:
        source = self._dataset if self._deflated else self.path
        syntax = self._dataset.file_meta.TransferSyntaxUID
        if not syntax.is_encapsulated and self._dataset.PhotometricInterpretation == "YBR_FULL_422":
            # pydicom takes the frames after the first for YBR_FULL, which are longer.
            for index in range(self.frames):
                yield from iter_pixels(source, indices=[index])
        elif syntax not in PLUGINS:
            yield from iter_pixels(source)
        else:
            frames = iter_pixels(source, decoding_plugin=PLUGINS[syntax]) if PLUGINS[syntax] else iter(())
            try:
                first = next(frames, None)
            except Exception:  # damaged, or deeper than this decoder can; GDCM tells
                first = None
            if first is None:
                yield from decode_apart(self.path)
            else:
                yield first
                yield from frames

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        with self._clear_errors("a DICOM segmentation cannot refer to it"):
            write_segmentation(path, masks, self._dataset, self.frames, software)

    def _check_length(self) -> None:
        """Refuse uncompressed pixels that are fewer than the header says, before any of them are segmented."""
        if self._dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            return
        pixels = self._dataset.get_item("PixelData", keep_deferred=True)
        if pixels.value is None:  # still in the file
            length = min(pixels.length, self.path.stat().st_size - pixels.value_tell)
        else:
            length = len(pixels.value)
        needed = get_expected_length(self._dataset)
        if length < needed:
            raise InputError(f"{self.path}: is cut off, or smaller than it claims: {length:,} of {needed:,} bytes")

    def _take_regions(self, dataset: Dataset) -> None:
        spacing, reason = _spacing("PixelSpacing", _values(dataset, "PixelSpacing"))
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
            own, own_reason = _region_spacing(item)
            if own is None and spacing is not None:
                own, own_reason = spacing, reason
            found.append(Region(top, left, bottom, right, own, own_reason))
        if found:
            self.regions = tuple(found)
        else:
            self._take_spacing(spacing, reason)

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
            if reason.startswith("Unable to decode as exceptions were raised"):
                reason = "a frame of it is damaged, or coded in a way that no decoder knows"
            elif reason.startswith("cannot reshape array"):
                reason = "a frame of it has another size than it claims"
            raise InputError(f"{self.path}: {what}: {reason}") from None
        finally:
            config.settings.reading_validation_mode = previous


def is_other_object(path: Path) -> bool:
    """Whether a DICOM file is one of the objects that archives hold beside images: reports, segmentations, indices."""
    try:
        dataset = dcmread(path, stop_before_pixels=True, specific_tags=["Modality"])
        is_index = dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
        return is_index or dataset.get("Modality") in NO_IMAGE
    except Exception:  # damaged: told when it is read as an image
        return False


def _region_spacing(region: Dataset) -> tuple[tuple[float, float] | None, str]:
    """As `_spacing`, of an ultrasound region."""
    units = [_values(region, f"PhysicalUnits{axis}Direction") for axis in "YX"]
    if units != [[CENTIMETRES], [CENTIMETRES]]:
        return None, "the ultrasound region is not in centimetres: give --spacing"
    # Their sign is a direction.
    deltas = [10 * abs(value) for axis in "YX" for value in _values(region, f"PhysicalDelta{axis}")]
    return _spacing("PhysicalDelta", deltas)


def _spacing(name: str, sizes: list[float]) -> tuple[tuple[float, float] | None, str]:
    """Return height and width of a pixel in millimetres, None where they are none, and what tells them or why not."""
    if not sizes:
        return None, "the DICOM file gives none: give --spacing"
    if len(sizes) != 2 or not all(math.isfinite(value) and value > 0 for value in sizes):
        return None, f"{name} {', '.join(f'{value:g}' for value in sizes)} is no size: give --spacing"
    return (sizes[0], sizes[1]), f"DICOM {name}"


def _values(dataset: Dataset, name: str) -> list[float]:
    """Return the numbers of an element, one that is no number as NaN, none where it is missing or empty."""
    try:
        value = dataset.get(name)
    except (ValueError, OverflowError):  # pydicom's, of text that is no number
        return [math.nan]
    values = [] if value is None or value == "" else value if isinstance(value, MultiValue) else [value]
    return [float(each) if isinstance(each, (int, float)) else math.nan for each in values]
