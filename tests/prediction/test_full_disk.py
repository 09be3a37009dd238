# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Masks that do not fit on the disk of the temporary files cost their own file, in one line."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import nibabel
import numpy as np
import pytest
from PIL import Image

from tests.prediction.batches import ellipse, files_below

resource = pytest.importorskip("resource", reason="needs limits on the size of files")

GREY = np.where(ellipse((600, 800), (300, 400), (200, 120)), 240, 90).astype(np.uint8)  # overlays of it are small
GREY[0, 0] = 0
FRAMES = 20
LIMIT = FRAMES * GREY.size // 16  # bytes: less than the masks of a stack, packed as bits or not


@contextmanager
def largest_file(size):
    """Let this process write no file larger than `size` bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def write_nifti(path):
    nibabel.save(nibabel.Nifti1Image(np.repeat(GREY.T[..., None], FRAMES, axis=2), np.eye(4)), path)


def write_tiff(path):
    pages = [Image.fromarray(GREY)] * FRAMES
    pages[0].save(path, save_all=True, append_images=pages[1:])


def write_dicom(path):
    pytest.importorskip("highdicom", reason="needs requirements-predict.txt")
    from tests.images.dicom import clip, write

    write(clip([GREY] * FRAMES, "MONOCHROME2"), path.parent, path.name)


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
@pytest.mark.parametrize("name, write", [("b.nii.gz", write_nifti), ("b.tif", write_tiff), ("b.dcm", write_dicom)])
@pytest.mark.parametrize("size", [LIMIT, FRAMES * GREY.size // 4])  # the latter has room for packed masks alone
def test_masks_without_room_cost_their_file_alone(batch, folder, monkeypatch, name, write, size):
    for single in ("a.png", "c.png"):
        Image.fromarray(GREY).save(folder / single)
    write(folder / name)
    with largest_file(size):
        outcome = batch()
    if size == LIMIT or name == "b.nii.gz":
        assert "no room for the masks in the temporary folder" in outcome.failed[name]
        assert outcome.failed[name].endswith("set TMPDIR to a folder on a larger disk")
        assert len(outcome.failed[name].splitlines()) == 1
        assert sorted(outcome.rows) == ["a.png", "c.png"]
        assert not [path for path in files_below(outcome.folder) if path.startswith("b")]
    else:
        assert outcome.failed == {}
    again = batch()  # once there is room
    assert again.failed == {} and len(again.rows[name]) == FRAMES
