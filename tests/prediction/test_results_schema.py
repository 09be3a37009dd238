# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``results.json`` is as its schema, docs/results.schema.json, says."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from scripts.prediction.predict import SCHEMA_VERSION
from scripts.prediction.result_folder import JSON
from scripts.prediction.result_tables import CLIP_COLUMNS, COLUMNS, LESION_COLUMNS
from tests.paths import ROOT
from tests.prediction.batches import ellipse, scene

SCHEMA = json.loads((ROOT / "docs" / "results.schema.json").read_text(encoding="utf-8"))


def errors(content):
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(content)]


@pytest.fixture
def results(predict, folder, tmp_path):
    """Results of what there can be: pictures with and without lesions, a stack, DICOM, failures, files passed over."""
    grey = scene(ellipse((61, 84), (30, 40), (20, 10)) | ellipse((61, 84), (50, 75), (4, 4)))
    for name in ("a.png", "a.bmp", "a_mask.png", "left_mask.png"):
        Image.fromarray(grey).save(folder / name)
    Image.fromarray(np.full((9, 9), 7, np.uint8)).save(folder / "black.png")
    pages = [Image.fromarray(grey)] * 3
    pages[0].save(folder / "stack.tif", save_all=True, append_images=pages[1:])
    (folder / "bad.png").write_text("no picture")
    try:
        from tests.images.dicom import clip, instance, region, write
    except ImportError:  # without requirements-predict.txt
        pass
    else:
        cut = region(0, 0, 60, 83, 0.01, 0.02)
        write(instance(grey, "MONOCHROME2", SequenceOfUltrasoundRegions=[cut]), folder, "image.dcm")
        write(clip([grey] * 2, "MONOCHROME2"), folder, "clip.dcm")
    predict(folder)
    return json.loads((tmp_path / "out" / JSON).read_text(encoding="utf-8"))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_real_results_are_valid(results):
    assert errors(results) == []
    assert len(results["failed"]) == 1 and len(results["skipped"]) == 2
    assert len(results["images"]) >= 6 and results["clips"]


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("failed"),
        lambda told: told["images"][0].pop("lesions"),
        lambda told: told["images"][0].update(confidence=1.5),
        lambda told: told["images"][0].update(unit="inch"),
        lambda told: told["images"][0].update(PatientName="Doe"),
        lambda told: told["images"][0]["lesions"][0].update(lesion=0),
        lambda told: told.update(schema_version=0),
    ],
)
def test_other_content_is_not_valid(results, change):
    changed = copy.deepcopy(results)
    change(changed)
    assert errors(changed)


def test_the_tables_have_what_the_schema_describes():
    images, lesions, clips = (SCHEMA["$defs"][name]["properties"] for name in ("image", "lesion", "clip"))
    assert tuple(clips) == CLIP_COLUMNS
    assert set(images) == {*COLUMNS, "lesions"}
    assert set(lesions) == {*LESION_COLUMNS, "calipers"} - {"file", "frame"}
    for properties in (images, lesions, clips):
        assert all(each.get("description") for each in properties.values())


def test_dicom_is_known_by_its_uids_and_no_more(predict, folder, tmp_path):
    pytest.importorskip("highdicom", reason="needs requirements-predict.txt")
    from tests.images.dicom import instance, write

    source = instance(scene(ellipse((61, 84), (30, 40), (20, 10))), "MONOCHROME2", PatientName="Phantom^Unique")
    write(source, folder, "image.dcm")
    predict(folder)
    text = (tmp_path / "out" / JSON).read_text(encoding="utf-8")
    (row,) = json.loads(text)["images"]
    assert row["study_instance_uid"] == source.StudyInstanceUID
    assert row["series_instance_uid"] == source.SeriesInstanceUID
    assert row["sop_instance_uid"] == source.SOPInstanceUID
    for name in ("results.json", "results.csv", "lesions.csv", "report.html", "progress.jsonl"):
        assert "Unique" not in (tmp_path / "out" / name).read_text(encoding="utf-8"), name


def test_a_damaged_uid_takes_nothing_of_the_patient_along(predict, folder, tmp_path):
    pytest.importorskip("highdicom", reason="needs requirements-predict.txt")
    from tests.images.dicom import instance, write

    source = instance(scene(ellipse((61, 84), (30, 40), (20, 10))), "MONOCHROME2")
    path = write(source, folder, "image.dcm")
    path.write_bytes(
        path.read_bytes().replace(
            source.StudyInstanceUID.encode(), b"1.2 Doe^Jane ".ljust(len(source.StudyInstanceUID), b"x")
        )
    )
    predict(folder)
    told = json.loads((tmp_path / "out" / JSON).read_text(encoding="utf-8"))
    assert errors(told) == []
    assert [row["study_instance_uid"] for row in told["images"]] in ([None], [])
