# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Frames that are not counted, files without the beginning of one, and pixels that decoders give read-only."""

from __future__ import annotations

import numpy as np
import pytest

from tests.prediction.batches import ellipse, scene

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from pydicom import dcmread  # noqa: E402
from pydicom.data import get_testdata_file  # noqa: E402
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames  # noqa: E402
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian  # noqa: E402

from scripts.errors import InputError  # noqa: E402
from scripts.images.file_types import may_be_image, open_image  # noqa: E402
from scripts.images.single_image import read_image  # noqa: E402
from tests.images.dicom import clip, compressed, instance, write  # noqa: E402

SHAPE = (61, 84)
LESION = ellipse(SHAPE, (30, 44), (22, 12), 20)
GREY = scene(LESION)
FRAMES = np.stack([scene(ellipse(SHAPE, (30, 30 + 2 * k), (20, 10), 15 * k), seed=k) for k in range(4)])
DEEP = FRAMES.astype(np.uint16) * 257
COLOUR = np.repeat(FRAMES[..., None], 3, axis=-1)
YBR = np.stack([FRAMES, *[np.full_like(FRAMES, 128)] * 2], axis=-1)


def not_counted(dataset, how):
    if how == "missing":
        del dataset.NumberOfFrames
    else:
        dataset.NumberOfFrames = None if how == "empty" else 0
    return dataset


def read(path):
    return np.stack(list(open_image(path).read()))


@pytest.mark.parametrize("how", ["missing", "empty", "zero"])
@pytest.mark.parametrize(
    "frames, colour", [(FRAMES, "MONOCHROME2"), (COLOUR, "RGB"), (YBR, "YBR_FULL_422"), (DEEP, "MONOCHROME2")]
)
def test_uncompressed_frames_are_counted(tmp_path, how, frames, colour):
    path = write(not_counted(clip(frames, colour), how), tmp_path)
    found = read(path)
    assert found.shape == FRAMES.shape
    assert np.abs(found / found.max() - FRAMES / FRAMES.max()).max() < 0.01


@pytest.mark.parametrize("name", ["RLE", "JPEG", "JPEG-LS", "JPEG lossless", "JPEG 2000 lossless", "deflated"])
@pytest.mark.parametrize("table", ["offsets", "no offsets", "extended offsets"])
def test_compressed_frames_are_counted(tmp_path, name, table):
    dataset = compressed(clip(FRAMES, "MONOCHROME2"), name)
    if name != "deflated":
        coded = list(generate_frames(dataset.PixelData, number_of_frames=len(FRAMES)))
        if table == "extended offsets":
            dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = encapsulate_extended(
                coded
            )
        else:
            dataset.PixelData = encapsulate(coded, has_bot=table == "offsets")
        dataset["PixelData"].VR = "OB"
    found = read(write(not_counted(dataset, "missing"), tmp_path))
    assert found.shape == FRAMES.shape
    assert np.abs(found - FRAMES).max() <= (0 if name != "JPEG" else 40)


@pytest.mark.parametrize("name", ["JPEG", "JPEG 2000 lossless"])
def test_frames_of_several_fragments_are_counted(tmp_path, name):
    dataset = compressed(clip(FRAMES, "MONOCHROME2"), name)
    coded = list(generate_frames(dataset.PixelData, number_of_frames=len(FRAMES)))
    dataset.PixelData = encapsulate(coded, fragments_per_frame=3, has_bot=False)
    dataset["PixelData"].VR = "OB"
    assert open_image(write(not_counted(dataset, "missing"), tmp_path)).frames == len(FRAMES)


def test_one_image_is_one(tmp_path):
    for name, dataset in {
        "a": instance(GREY, "MONOCHROME2"),
        "b": compressed(instance(GREY, "MONOCHROME2"), "JPEG"),
    }.items():
        assert open_image(write(dataset, tmp_path, name)).frames == 1
    more = instance(GREY, "MONOCHROME2", PixelData=GREY.tobytes() + bytes(1000))  # less than another frame
    assert open_image(write(more, tmp_path, "c")).frames == 1


def test_all_frames_that_were_not_counted_have_a_mask(batch, folder):
    write(not_counted(clip(FRAMES, "MONOCHROME2"), "missing"), folder)
    outcome = batch()
    assert [row["frame"] for row in outcome.rows["image.dcm"]] == [1, 2, 3, 4]
    mask = dcmread(outcome.folder / outcome.rows["image.dcm"][0]["mask"])
    assert mask.NumberOfFrames == 4
    assert (mask.pixel_array == (FRAMES > 200)).all()


ENCODINGS = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "big endian": ExplicitVRBigEndian,
}


def bare(dataset, path, encoding, keep_meta):
    """A file as old archives and networks leave them: the data set, with the file's information before it or not."""
    dataset.file_meta.TransferSyntaxUID = ENCODINGS.get(encoding, dataset.file_meta.TransferSyntaxUID)
    if encoding == "big endian" and dataset.BitsAllocated == 16:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    dataset.save_as(path, enforce_file_format=True)
    content = path.read_bytes()
    assert content[128:132] == b"DICM"
    start = 132 if keep_meta else 132 + 12 + dcmread(path).file_meta.FileMetaInformationGroupLength
    path.write_bytes(content[start:])


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("keep_meta", [True, False])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["a.dcm", "IM0001"])
def test_files_without_a_preamble(batch, folder, name, encoding, keep_meta, deep):
    grey = GREY.astype(np.uint16) * 257 if deep else GREY
    bare(instance(grey, "MONOCHROME2"), folder / name, encoding, keep_meta)
    assert may_be_image(folder / name)
    assert (read_image(folder / name) == grey).all()
    outcome = batch()
    mask = dcmread(outcome.folder / outcome.row(name)["mask"])
    assert (mask.pixel_array == LESION).all()


@pytest.mark.parametrize("coding", ["RLE", "JPEG lossless", "JPEG-LS", "JPEG 2000 lossless"])
def test_compressed_files_without_a_preamble(folder, coding):
    bare(compressed(clip(FRAMES, "MONOCHROME2"), coding), folder / "a", None, keep_meta=True)
    assert (read(folder / "a") == FRAMES).all()


def test_other_objects_without_a_preamble_are_skipped(batch, folder):
    report = instance(GREY, "MONOCHROME2", Modality="SR")
    bare(report, folder / "report", "explicit", keep_meta=True)
    bare(instance(GREY, "MONOCHROME2"), folder / "image", "explicit", keep_meta=True)
    assert list(batch().rows) == ["image"]


def test_arrays_that_decoders_give_read_only(tmp_path):
    """Signed pixels whose JPEG 2000 stream says that they are not, which pydicom corrects in place."""
    dataset = dcmread(get_testdata_file("J2K_pixelrep_mismatch.dcm"))
    dataset.Modality = "US"
    grey = read_image(write(dataset, tmp_path)) - dataset.RescaleIntercept
    assert (grey.min(), grey.max()) == (-2000, 1896)  # 13 bits, signed
    assert grey.mean() == pytest.approx(-658.437, abs=1e-3)


def test_no_modality_is_told_of_what_is_no_dicom_either(tmp_path):
    (tmp_path / "a.dcm").write_bytes(b"\x08\0\x05\0CS\x0a\0ISO_IR 100" + bytes(300))
    with pytest.raises(InputError, match="a.dcm"):
        read_image(tmp_path / "a.dcm")
