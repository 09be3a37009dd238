# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Detect the format of an image file from its content, and open it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from ..bundle.paths import install_command
from ..errors import InputError
from .image_file import ImageFile
from .listing import PICTURE_SUFFIXES
from .picture_file import PictureFile

PICTURE, NIFTI, NRRD, DICOM, VIDEO = "picture", "NIfTI", "NRRD", "DICOM", "video"
FORMATS = "PNG, JPEG, BMP, TIFF, WebP, NIfTI, NRRD, DICOM, MP4, AVI"
SUFFIXES = {
    **dict.fromkeys(PICTURE_SUFFIXES, PICTURE),
    ".nii": NIFTI,
    ".nii.gz": NIFTI,
    ".nrrd": NRRD,
    ".seg.nrrd": NRRD,
    ".dcm": DICOM,
    ".dicom": DICOM,
    ".mp4": VIDEO,
    ".mov": VIDEO,
    ".avi": VIDEO,
}
EXTRAS = {NRRD: "predict", DICOM: "predict", VIDEO: "video"}  # whose libraries are not always installed
PICTURE_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")  # pictures in the container of MP4
BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # sizes in bytes; checked because a text may also begin with "BM"
# First element of a DICOM file without preamble: group 2 or 8, then a value representation or a short length.
DICOM_WITHOUT_PREAMBLE = re.compile(
    rb"\x02\0[\0-\x02]\0(UL|OB)|\x08\0[\0-\x18]\0([A-Z]{2}|.[\0-\x01]\0\0)|\0\x08\0[\0-\x18][A-Z]{2}", re.DOTALL
)
HEADER = 348  # bytes, enough to detect every format


def open_image(path: Path) -> ImageFile:
    """Open an image file; the format is detected from the content, whatever the file name.

    Raises:
        InputError: the file cannot be read, is empty, or has an unknown format.
    """
    kind = _kind(path)
    if kind == PICTURE:
        return PictureFile(path)
    if kind == NIFTI:
        from .nifti_file import NiftiFile  # slow to import, as those below

        return NiftiFile(path)
    if kind in EXTRAS:
        try:
            if kind == NRRD:
                from .nrrd_file import NrrdFile

                return NrrdFile(path)
            if kind == VIDEO:
                from .video_file import VideoFile

                return VideoFile(path)
            from .dicom_file import DicomFile

            return DicomFile(path)
        except ImportError as error:
            raise InputError(f"{path}: {kind} needs {error.name}: {install_command(EXTRAS[kind])}") from None
    suffix = path.name[len(stem(path.name)) :]
    if suffix:
        raise InputError(f"{path}: is named {suffix}, but its content is not in that format")
    raise InputError(f"{path}: is not an image in a known format ({FORMATS})")


def stem(name: str) -> str:
    """Return a file name without its image suffix; other dots are kept, as in DICOM files named by their UID."""
    suffixes = sorted(SUFFIXES, key=len, reverse=True)  # longest first: .seg.nrrd before .nrrd
    return next((name[: -len(each)] for each in suffixes if name.lower().endswith(each) and name[: -len(each)]), name)


def may_be_image(path: Path) -> bool:
    """Return whether a file found in a folder may be an image, by its content or its suffix.

    DICOM objects without an image, such as reports and segmentations, are not.
    """
    try:
        kind = _kind(path)
    except InputError:
        return path.name.lower().endswith(tuple(SUFFIXES))  # `open_image` reports the error
    if kind == DICOM:
        try:
            from .dicom_file import is_non_image
        except ImportError:
            return True
        return not is_non_image(path)
    return kind is not None or path.name.lower().endswith(tuple(SUFFIXES))


def _kind(path: Path) -> str | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe would block
            raise InputError(f"{path}: is not a regular file")
        with path.open("rb") as file:
            start = file.read(HEADER)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not start:
        raise InputError(f"{path}: is empty")
    if start[128:132] == b"DICM" or DICOM_WITHOUT_PREAMBLE.match(start):
        return DICOM
    if start.startswith(b"NRRD000"):
        return NRRD
    is_bitmap = start.startswith(b"BM") and int.from_bytes(start[14:18], "little") in BMP_HEADERS
    is_webp = start.startswith(b"RIFF") and start[8:12] == b"WEBP"
    if start.startswith(PICTURE_SIGNATURES) or is_bitmap or is_webp:
        return PICTURE
    is_avi = start.startswith(b"RIFF") and start[8:12] == b"AVI "
    if is_avi or (start[4:8] == b"ftyp" and start[8:12] not in STILL_BRANDS):
        return VIDEO
    if start[:4] in (b"\x5c\x01\0\0", b"\0\0\x01\x5c", b"\x1c\x02\0\0", b"\0\0\x02\x1c"):  # size of the header
        return NIFTI
    if start.startswith(b"\x1f\x8b") and path.name.lower().endswith(".nii.gz"):
        return NIFTI
    return None
