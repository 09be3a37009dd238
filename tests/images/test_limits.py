# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Small files that claim or hold huge images are refused before they are decoded."""

from __future__ import annotations

import bz2
import gzip
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from pydicom.encaps import encapsulate  # noqa: E402
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless  # noqa: E402

from scripts.errors import InputError  # noqa: E402
from scripts.images import limits  # noqa: E402
from scripts.images.file_types import may_be_image, open_image  # noqa: E402
from tests.images.dicom import instance  # noqa: E402
from tests.prediction.hostile import GREY, chunk, dicom, dims, nifti, picture, png, text  # noqa: E402

HARMLESS = 2**20


def nrrd(content, encoding, sizes="8 8", further=""):
    header = (
        f"NRRD0004\ntype: uint8\ndimension: {len(sizes.split())}\nsizes: {sizes}\nencoding: {encoding}\n{further}\n"
    )
    return text(header.encode() + content)


def deflated(path):
    """The claim of one small image, and much more behind it."""
    dataset = instance(GREY, "MONOCHROME2")
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.PixelData = bytes(8 * HARMLESS)
    dataset.save_as(path, enforce_file_format=True)


def run_lengths(path):
    """One frame in RLE that unpacks to 512 times the image."""
    dataset = instance(GREY, "MONOCHROME2")
    dataset.file_meta.TransferSyntaxUID = RLELossless
    frame = struct.pack("<16I", 1, 64, *[0] * 14) + bytes([129, 0]) * 4 * GREY.size
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path, enforce_file_format=True)


def scans(path):
    """A JPEG whose last scan is there again and again."""
    stream = io.BytesIO()
    Image.fromarray(GREY).save(stream, "JPEG", progressive=True)
    content = stream.getvalue()
    last, end = content.rfind(b"\xff\xda"), content.rfind(b"\xff\xd9")
    path.write_bytes(content[:end] + content[last:end] * 1000 + content[end:])


def coded(coding, before, after):
    """A frame whose code says 9,000×8,000 pixels, behind a header of 61×84."""

    def maker(path):
        dicom(coded=coding)(path)
        content = bytearray(path.read_bytes())
        start = content.index(before) + len(before) + after
        length = 8 if coding.startswith("JPEG 2000") else 4
        content[start : start + length] = struct.pack(">II" if length == 8 else ">HH", 8_000, 9_000)
        path.write_bytes(content)

    return maker


def second_page(path):
    """Its second page is larger than the first, and than memory should hold; it is not there."""
    Image.fromarray(GREY).save(path, save_all=True, append_images=[Image.fromarray(GREY)])
    content = bytearray(path.read_bytes())
    width = struct.pack("<HHI", 256, 4, 1), struct.pack("<HHI", 256, 3, 1)
    second = max(content.rfind(start) for start in width)
    content[second : second + 12] = struct.pack("<HHII", 256, 4, 1, 9_000_000)
    path.write_bytes(content)


ANOTHER_SIZE = "a frame has another size than the header says"
BOMBS = {
    "gzip.nrrd": (nrrd(gzip.compress(bytes(8 * HARMLESS)), "gzip"), "unpacks from"),
    "bzip2.nrrd": (nrrd(bz2.compress(bytes(8 * HARMLESS)), "bzip2"), "unpacks from"),
    "honest.nrrd": (nrrd(gzip.compress(bytes(8 * HARMLESS)), "gzip", "1024 1024 8"), "unpacks from"),
    "lines.nrrd": (nrrd(bytes(64), "raw", further="line skip: 100000000000\n"), "line skip of 100,000,000,000"),
    "deflated.dcm": (deflated, "unpacks from"),
    "run lengths.dcm": (run_lengths, "a frame in RLE is longer than an uncompressed one"),
    "JPEG.dcm": (coded("JPEG", b"\xff\xc0\x00\x0b\x08", 0), ANOTHER_SIZE),
    "JPEG lossless.dcm": (coded("JPEG lossless", b"\xff\xc3\x00\x0b\x08", 0), ANOTHER_SIZE),
    "JPEG-LS.dcm": (coded("JPEG-LS", b"\xff\xf7\x00\x0b\x08", 0), ANOTHER_SIZE),
    "JPEG 2000.dcm": (coded("JPEG 2000 lossless", b"\xff\x4f\xff\x51", 4), ANOTHER_SIZE),
    "frames.dcm": (
        dicom(NumberOfFrames=2_000_000_000),
        "has 2,000,000,000 images of 61×84 pixels; the limit is 50,000",
    ),
    "header.nii.gz": (nifti(dim=dims(1000, 1000, 1000)), "unpacks from"),
    "pixels.nii": (nifti(dim=dims(30000, 30000)), "has images of 30,000×30,000 pixels; the limit is 64,000,000"),
    "pixels.png": (png(9_000, 9_000), "has images of 9,000×9,000 pixels; the limit is 64,000,000"),
    "more pixels.png": (png(30_000, 30_000), "more than 64,000,000 pixels, the limit"),
    "thin.png": (png(1, 60_000_000), "the limit is 64,000,000, and 32,767 a side"),
    "frames.png": (png(64, 64, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))), "has 2,147,483,648 images"),
    "scans.jpg": (scans, "scans; the limit is 500"),
    "second page.tif": (second_page, "page 2 has another size than the first page"),
}


@pytest.fixture
def low_limits(monkeypatch):
    """Limits that small tests reach."""
    monkeypatch.setattr(limits, "HARMLESS", HARMLESS)


@pytest.mark.parametrize("name", BOMBS)
def test_it_is_refused_in_one_line_that_names_the_limit(tmp_path, low_limits, name):
    make, problem = BOMBS[name]
    make(tmp_path / name)
    assert (tmp_path / name).stat().st_size < HARMLESS
    with pytest.raises(InputError) as error:
        file = open_image(tmp_path / name)
        if problem != ANOTHER_SIZE:  # which is known without decoding
            list(file.read())
    assert str(error.value).startswith(f"{tmp_path / name}: ") and problem in str(error.value)


def test_a_search_of_folders_inflates_no_bomb(tmp_path, low_limits, monkeypatch):
    inflated = []
    monkeypatch.setattr(zlib, "decompress", lambda *args: inflated.append(args) or b"")
    deflated(tmp_path / "a.dcm")
    assert may_be_image(tmp_path / "a.dcm")  # `open_image` says what is wrong
    assert not inflated


@pytest.mark.parametrize("name", ["gzip.nrrd", "header.nii.gz"])
def test_what_is_packed_well_within_the_limits_is_read(tmp_path, low_limits, name):
    pixels = np.random.default_rng(0).integers(256, size=(1200, 1000), dtype=np.uint8)
    make = nrrd(gzip.compress(pixels.tobytes()), "gzip", "1000 1200") if name == "gzip.nrrd" else nifti(pixels.T)
    make(tmp_path / name)
    (grey,) = open_image(tmp_path / name).read()
    assert sorted(grey.shape) == [1000, 1200]


def test_a_file_has_a_limit_of_pixels_in_all(tmp_path):
    picture()(tmp_path / "a.png")
    limits.check_shape(tmp_path / "a.png", 9_000, 1080, 1920)
    with pytest.raises(InputError, match="20,000,000,000 pixels in all"):
        limits.check_shape(tmp_path / "a.png", 10_000, 1080, 1920)
