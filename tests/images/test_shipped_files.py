# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The DICOM files that pydicom ships, and every mode that Pillow writes: each is read as another decoder reads it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.images.single_image import read_image
from tests.prediction.batches import ellipse, scene

pydicom = pytest.importorskip("pydicom", reason="needs requirements-predict.txt")
pytest.importorskip("gdcm", reason="needs requirements-predict.txt")
pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from scripts.images.file_types import open_image  # noqa: E402
from tests.images.gdcm_frames import decode_all  # noqa: E402

DATA = Path(pydicom.__file__).parent / "data"
FILES = {
    path.relative_to(DATA).as_posix(): path
    for folder in ("test_files", "charset_files")
    for path in sorted((DATA / folder).rglob("*"))
    if path.is_file() and path.suffix in (".dcm", "")
}
# Files that cannot be read, and their error.
ERRORS = {
    "test_files/JPEG-lossy.dcm": "unsupported encoding",  # 12 bits, in a JPEG stream that breaks its standard
    "test_files/JPGExtended.dcm": "unsupported encoding",  # 12 bits
    "test_files/JPEG2000-embedded-sequence-delimiter.dcm": "another size than the header says",
    "test_files/MR_truncated.dcm": "truncated",
    "test_files/badVR.dcm": "not as the standard demands",
}
# Files that GDCM reads differently: it does not correct signs of JPEG 2000, and scrambles RLE colours of over 8 bits
# and 32 bits in big endian. They are compared with other files of the same image.
DIFFERENT = ("test_files/J2K_pixelrep_mismatch.dcm", "_16bit", "_32bit", "test_files/rtdose_expb")
ROUNDING = 2  # grey levels of 8 bits between the inverse cosine transforms of two libraries


@pytest.fixture(scope="module")
def ultrasound(tmp_path_factory):
    """The shipped files that have pixels as if they were ultrasound, by name; GDCM's frames lie beside them."""
    folder = tmp_path_factory.mktemp("ultrasound")
    made = {}
    for number, (name, source) in enumerate(FILES.items()):
        dataset = pydicom.dcmread(source, force=True)
        if "PixelData" not in dataset or "Rows" not in dataset:
            continue
        dataset.Modality = "US"
        for uid in ("SOPInstanceUID", "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID"):
            if not dataset.get(uid):
                setattr(dataset, uid, pydicom.uid.generate_uid())
        try:
            dataset.save_as(folder / str(number))
        except TypeError:  # SC_rgb_jpeg.dcm, whose elements are out of order
            continue
        made[name] = folder / str(number), dataset
    decode_all(path for path, _ in made.values())
    return made


def grey_of(frame, dataset):
    if frame.ndim == 3:
        return np.asarray(Image.fromarray(np.ascontiguousarray(frame)).convert("L")).astype(float)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        frame = int(frame.max()) - frame.astype(float)
    return frame.astype(float) * float(dataset.get("RescaleSlope") or 1) + float(dataset.get("RescaleIntercept") or 0)


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_is_read_as_gdcm_reads_it(ultrasound, name):
    if name not in ultrasound:
        pytest.skip("has no pixels, or cannot be written again")
    path, dataset = ultrasound[name]
    if name in ERRORS:
        with pytest.raises(InputError, match=ERRORS[name]):
            list(open_image(path).read())
        return
    ours = list(open_image(path).read())
    assert ours and all(np.isfinite(frame).all() for frame in ours)
    if any(part in name for part in DIFFERENT):
        return
    if not Path(f"{path}.npy").exists():
        pytest.skip("GDCM cannot read it")
    theirs = np.load(f"{path}.npy")
    assert len(ours) == len(theirs)
    is_lossy = dataset.file_meta.TransferSyntaxUID in pydicom.uid.JPEGTransferSyntaxes
    for own, other in zip(ours, theirs):
        assert np.abs(own - grey_of(other, dataset)).max() <= (ROUNDING if is_lossy else 1e-3 * max(1, np.ptp(own)))


@pytest.mark.parametrize(
    "names",
    [
        ("SC_rgb_rle.dcm", "SC_rgb_rle_16bit.dcm", "SC_rgb_rle_32bit.dcm"),
        ("SC_rgb_rle_2frame.dcm", "SC_rgb_rle_16bit_2frame.dcm", "SC_rgb_rle_32bit_2frame.dcm"),
        ("rtdose.dcm", "rtdose_expb.dcm", "rtdose_rle.dcm"),
        ("rtdose_1frame.dcm", "rtdose_expb_1frame.dcm", "rtdose_rle_1frame.dcm"),
        ("MR_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_jp2klossless.dcm"),
    ],
)
def test_files_of_one_picture_are_read_alike(ultrasound, names):
    first, *others = (np.stack(list(open_image(ultrasound[f"test_files/{name}"][0]).read())) for name in names)
    for other in others:
        assert (other == first).all()


# Pillow: every format that is accepted, in every mode that it is written in.

SHAPE = (61, 84)
GREY = scene(ellipse(SHAPE, (30, 44), (22, 12), 20))
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "I;16", "I;16B", "F")
FORMATS = {
    "PNG": {},
    "JPEG": {"quality": 100, "subsampling": 0},
    "BMP": {},
    "TIFF": {},
    "WEBP": {"lossless": True},
}
# Modes whose grey levels Pillow clips when it saves them.
LOST = {("WEBP", mode) for mode in ("I", "I;16", "I;16B", "F")}


def in_mode(mode):
    grey = Image.fromarray(GREY)
    if mode in ("I", "F"):
        return grey.convert(mode)
    if mode.startswith("I;16"):
        order = ">" if mode.endswith("B") else "<"
        return Image.frombytes(mode, grey.size, (GREY.astype(np.uint16) * 257).astype(f"{order}u2").tobytes())
    if mode == "P":
        return grey.convert("RGB").quantize(256)
    if mode == "PA":
        return grey.convert("P").convert("PA")
    if mode == "LAB":
        from PIL import ImageCms

        transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
        return ImageCms.applyTransform(grey.convert("RGB"), transform)
    return grey.convert("RGB").convert(mode) if mode in ("RGBA", "RGBX", "CMYK", "YCbCr", "HSV") else grey.convert(mode)


def written(form, mode):
    file = io.BytesIO()
    in_mode(mode).save(file, form, **FORMATS[form])
    return file.getvalue()


@pytest.mark.parametrize("form, mode", [(form, mode) for form in FORMATS for mode in MODES if (form, mode) not in LOST])
def test_every_mode_of_every_format(tmp_path, form, mode):
    try:
        content = written(form, mode)
    except (OSError, ValueError, KeyError):
        pytest.skip("Pillow does not write it")
    path = tmp_path / "a"
    path.write_bytes(content)
    if (form, mode) == ("TIFF", "LAB"):  # Pillow makes no grey of it: told, not guessed
        with pytest.raises(InputError, match="conversion from LAB to RGB not supported"):
            read_image(path)
        return
    grey = read_image(path)
    assert grey.shape == SHAPE
    scaled = (grey - grey.min()) / np.ptp(grey) * 240
    if mode == "1":
        assert (scaled[GREY == 240] > 200).mean() > 0.9
        return
    # Another reader of the same file: OpenCV, where it can.
    import cv2

    other = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
    assert np.abs(scaled - GREY).mean() < 6, "not the picture that was written"
    if other is not None and other.shape == SHAPE and mode not in ("LAB", "CMYK", "PA", "LA"):
        other = (other - other.min().astype(float)) / np.ptp(other) * 240
        assert np.abs(scaled - other).max() <= 4
