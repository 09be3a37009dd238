# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read DICOM ultrasound images and clips; write masks as DICOM segmentations, measurements as structured reports."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, config, dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.pixels.utils import get_expected_length
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    RLELossless,
)

from ..errors import InputError, printable
from .dicom_anonymous import anonymous_source, new_uid
from .dicom_frames import check_coded_sizes, check_run_lengths, count_frames, decoded_frames, pixel_bytes
from .dicom_inflated import check_inflated
from .dicom_measurements import write_measurements
from .dicom_pixels import grey_pixels
from .dicom_regions import tissue_regions
from .dicom_segmentation import write_segmentation
from .dicom_spacing import image_spacing
from .image_file import IDENTIFIERS, ImageFile, MeasuredLesion, Software, as_grey_levels

# Attributes that an image, or a segmentation that refers to it, cannot do without.
REQUIRED = (
    "Rows",
    "Columns",
    "PhotometricInterpretation",
    "SOPClassUID",
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
)
VALID_UID = re.compile(r"[0-9.]{1,64}")
# Modalities of DICOM objects without an image to segment: reports, segmentations, plans.
NON_IMAGE_MODALITIES = {"SR", "SEG", "PR", "KO", "DOC", "REG", "RTSTRUCT", "PLAN", "ECG", "AU", "SMR", "ANN", "M3D"}
MODALITY = re.compile("[A-Z]{2}|" + "|".join(NON_IMAGE_MODALITIES))  # others may be anything from a damaged file

for _name in ("pydicom", "highdicom"):  # they log every step, unusual value and decoder error
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class DicomFile(ImageFile):
    """A DICOM ultrasound instance: one image, or the frames of a clip.

    `regions` are its ultrasound regions that show tissue, or the whole image if it has none.

    Args:
        path: a DICOM file.

    Raises:
        InputError: the file is damaged, is not ultrasound, or lacks a required attribute.
    """

    mask_suffix = ".dcm"
    stores_measurements = True

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._clear_errors():
            data = _read(path, defer_size=2**16)
            self._deflated = data.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
            if self._deflated:  # must be inflated as a whole, so no value can be read from the file later
                data = _read(path)
            self._dataset = self._referred = data
            if not data:  # pydicom returns an empty data set if the file ends within an element
                raise InputError(f"{path}: is truncated or damaged")
            modality = data.get("Modality")
            if modality != "US":
                named = modality if MODALITY.fullmatch(str(modality)) else "unknown"
                raise InputError(f"{path}: its modality is {named}, must be US (ultrasound)")
            missing = [name for name in REQUIRED if data.get(name) in (None, "")]
            if "PixelData" not in data:  # `get` would read its value, which may be a whole clip
                missing.append("PixelData")
            if missing:
                raise InputError(f"{path}: has no attribute {missing[0]}")
            self._set_shape(1, int(data.Rows), int(data.Columns))
            self._set_shape(count_frames(data, path), *self.shape)
            data.NumberOfFrames = self.frames
            uids = map(str, (data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID))
            # In a damaged file, the value of a UID can reach into the data of the patient.
            self.identifiers = {name: uid for name, uid in zip(IDENTIFIERS, uids) if VALID_UID.fullmatch(uid)}
            self.has_burned_in_text = str(data.get("BurnedInAnnotation", "")).strip().upper() == "YES"
            self.regions = tissue_regions(data, self.shape, *image_spacing(data))
            self._check_length()

    def read(self) -> Iterator[np.ndarray]:
        with self._clear_errors():
            source = self._dataset if self._deflated else self.path
            frames = decoded_frames(source, self._dataset, self.path, self.frames)
        for count in range(self.frames + 1):
            with self._clear_errors():
                pixels = next(frames, None)
                if (pixels is None) != (count == self.frames):
                    found = f"only {count} of" if pixels is None else "more than"
                    raise InputError(f"{self.path}: has {found} the {self.frames} frames in its header")
                if pixels is None:
                    return
                grey = as_grey_levels(grey_pixels(pixels, self._dataset), self.path)
            yield grey

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        with self._clear_errors("cannot be referred to by a DICOM segmentation"):
            write_segmentation(path, masks, self._referred, self.frames, software)

    def write_measurements(self, path: Path, lesions: Sequence[MeasuredLesion], frame: int, software: Software) -> None:
        with self._clear_errors("cannot be referred to by a DICOM structured report"):
            number = frame if self.frames > 1 else None
            write_measurements(path, lesions, self._referred, number, software)

    def anonymise(self, replaced: Callable[[str], str]) -> None:
        with self._clear_errors():
            self._referred = anonymous_source(self._dataset, replaced)
        self.identifiers = {name: new_uid(uid, replaced) for name, uid in self.identifiers.items()}

    def _check_length(self) -> None:
        """Reject pixel data of another length or size than the header says, before any frame is decoded."""
        if self._dataset.file_meta.TransferSyntaxUID == RLELossless:
            check_run_lengths(self._dataset, self.path)
        if self._dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            check_coded_sizes(self._dataset, self.path)
            return
        length = pixel_bytes(self._dataset, self.path)
        expected = get_expected_length(self._dataset)
        if length < expected:
            raise InputError(f"{self.path}: is truncated: has {length:,} of {expected:,} bytes of pixel data")

    @contextmanager
    def _clear_errors(self, what: str = "cannot be read as DICOM") -> Iterator[None]:
        """Turn the errors of pydicom and its decoders, which can be of any type, into one `InputError`.

        Their texts are not repeated, because they quote values: of a damaged file, anything from the patient's data.
        """
        previous, config.settings.reading_validation_mode = config.settings.reading_validation_mode, config.IGNORE
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except (GeneratorExit, KeyboardInterrupt):
            raise
        except InputError as error:
            if str(error).startswith(printable(f"{self.path}: ")):
                raise
            raise InputError(f"{self.path}: {what}: {error}") from None
        except Exception as error:
            raise InputError(f"{self.path}: {what}: {_reason(error)}") from None
        finally:
            config.settings.reading_validation_mode = previous


def _reason(error: Exception) -> str:
    """Return what is wrong, without values of the file."""
    text = str(error)
    if text.startswith(("Unable to decode as exceptions were raised", "a frame is damaged")):
        return "a frame is damaged or has an unsupported encoding"
    if text.startswith("cannot reshape array"):
        return "a frame has another size than the header says"
    named = [word for word in re.findall(r"\w+", text) if tag_for_keyword(word) is not None]
    if isinstance(error, (AttributeError, KeyError)) and named:
        return f"it has no attribute {named[-1]}"
    return f"it is damaged, or not as the standard demands ({type(error).__name__})"


def is_non_image(path: Path) -> bool:
    """Return whether a DICOM file is a report, a segmentation, a DICOMDIR or another object without an image."""
    try:
        dataset = _read(path, stop_before_pixels=True, specific_tags=["Modality"])
        is_index = dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
        return is_index or dataset.get("Modality") in NON_IMAGE_MODALITIES
    except Exception:  # damaged; `DicomFile` says so
        return False


def _read(path: Path, **options: Any) -> Dataset:
    """Read an instance, also from a file without preamble or file meta information."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote values
        check_inflated(path)
        dataset = dcmread(path, force=True, **options)
    if "TransferSyntaxUID" not in dataset.file_meta:
        is_implicit, is_little_endian = dataset.original_encoding
        uncompressed = ExplicitVRLittleEndian if is_little_endian else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if is_implicit else uncompressed
    return dataset
