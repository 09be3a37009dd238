# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""DICOM ultrasound, an image or a clip."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, config, dcmread
from pydicom.pixels.utils import get_expected_length
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from ..errors import InputError
from .dicom_frames import count_frames, decoded_frames, pixel_bytes
from .dicom_pixels import grey_pixels
from .dicom_regions import tissue_regions
from .dicom_segmentation import write_segmentation
from .dicom_spacing import image_spacing
from .image_file import ImageFile, Software, as_grey_levels

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
            data = _read(path, defer_size=2**16)
            self._deflated = data.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
            if self._deflated:  # nothing can be read later of what is not there before it is inflated
                data = _read(path)
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
            self._take_shape(1, int(data.Rows), int(data.Columns))
            self._take_shape(count_frames(data, path), *self.shape)
            data.NumberOfFrames = self.frames
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
                    found = f"{count} of" if pixels is None else "more than"
                    raise InputError(f"{self.path}: it has {found} the {self.frames} frames that it claims")
                if pixels is None:
                    return
                grey = as_grey_levels(grey_pixels(pixels, self._dataset), self.path)
            yield grey

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        with self._clear_errors("a DICOM segmentation cannot refer to it"):
            write_segmentation(path, masks, self._dataset, self.frames, software)

    def _check_length(self) -> None:
        """Refuse uncompressed pixels that are fewer than the header says, before any of them are segmented."""
        if self._dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            return
        length = pixel_bytes(self._dataset, self.path)
        needed = get_expected_length(self._dataset)
        if length < needed:
            raise InputError(f"{self.path}: is cut off, or smaller than it claims: {length:,} of {needed:,} bytes")

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
        dataset = _read(path, stop_before_pixels=True, specific_tags=["Modality"])
        is_index = dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
        return is_index or dataset.get("Modality") in NO_IMAGE
    except Exception:  # damaged: told when it is read as an image
        return False


def _read(path: Path, **options: Any) -> Dataset:
    """Read an instance, with the preamble and the information that a file begins with or without."""
    dataset = dcmread(path, force=True, **options)
    if "TransferSyntaxUID" not in dataset.file_meta:
        is_implicit, is_little_endian = dataset.original_encoding
        uncompressed = ExplicitVRLittleEndian if is_little_endian else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if is_implicit else uncompressed
    return dataset
