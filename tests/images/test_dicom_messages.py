# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""In a damaged DICOM file, any value can reach into the data of the patient: messages repeat none."""

from __future__ import annotations

import pytest

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from pydicom import dcmread  # noqa: E402
from pydicom.dataelem import RawDataElement  # noqa: E402
from pydicom.tag import Tag  # noqa: E402

from tests.images.dicom import instance, write  # noqa: E402
from tests.prediction.batches import (  # noqa: E402
    ellipse,
    run_batch,  # noqa: E402
    scene,
)

GREY = scene(ellipse((61, 84), (30, 44), (22, 12)))


@pytest.mark.parametrize("keyword", ["NumberOfFrames", "Modality", "BitsStored", "StudyInstanceUID", "PixelSpacing"])
def test_errors_and_warnings_repeat_no_values(tmp_path, capfd, keyword):
    (tmp_path / "in").mkdir()
    name = write(instance(GREY, "MONOCHROME2"), tmp_path / "in", "a.dcm")
    dataset = dcmread(name)
    dataset.SpecificCharacterSet = "\x1b[31mZyxwv"
    content = b"Zyxwv^Ann " * 4
    dataset[keyword] = RawDataElement(Tag(keyword), "IS", len(content), content, 0, False, True)
    dataset.save_as(name)
    failed = run_batch([tmp_path / "in"], tmp_path / "out").failed
    told = "".join(capfd.readouterr())
    assert "Zyxwv" not in told + "".join(failed.values()) and "\x1b" not in told
