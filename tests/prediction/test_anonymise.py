# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`predict --anonymise`: nothing that the inputs tell of a patient is in any result."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import cv2
import nibabel
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scripts.errors import InputError
from scripts.prediction.anonymous_picture import BURNED_IN, NO_VIEW
from scripts.prediction.shards import Shard
from tests.prediction.batches import counting, ellipse, scene

pytest.importorskip("highdicom")

from pydicom import Dataset, dcmread  # noqa: E402
from pydicom.datadict import DicomDictionary  # noqa: E402
from pydicom.dataelem import DataElement  # noqa: E402
from pydicom.tag import Tag  # noqa: E402
from pydicom.uid import UID  # noqa: E402

from tests.images.dicom import clip, instance, region, write  # noqa: E402

GREY = scene(ellipse((61, 84), (30, 44), (16, 9), 20))
MARK = "ZQJXVKW"  # of texts that only an input has; no chance that compressed pixels hold it
UIDS, YEAR = "1.2.826.9173.", "1793"  # of its UIDs and dates
TOLD = re.compile(rb"(?i)zqjxvkw|1\.2\.826\.9173|(?<![0-9.])1793[0-9]{4}|7391\.5")  # a date is no part of a random UID
OTHER_GROUPS = (0x0000, 0x0002, 0x0028, 0x7FE0)  # of messages and of the file; how the pixels are stored


def telling(tag, kind):
    """A value that identifies, for an attribute of a text; None for other kinds."""
    number = f"{tag:08X}"
    texts = {
        "DA": f"{YEAR}{1 + tag % 12:02}{1 + tag % 28:02}", "TM": "010203", "AS": "091Y", "UI": f"{UIDS}{tag}",
        "DT": f"{YEAR}0203040506", "PN": f"{MARK}{number}^Jane", "AE": f"{MARK}{number}", "SH": f"{MARK}{number}",
        "CS": f"{MARK}{number}", "UR": f"http://{MARK}{number}",
        **dict.fromkeys(("LO", "LT", "ST", "UC", "UT"), f"{MARK} {number}"),
    }  # fmt: skip
    return texts.get(kind)


def fill(dataset):
    """Give a data set every attribute of the standard that holds a text, also in sequences and private blocks."""
    inner = Dataset()
    for tag, (kind, _, _, _, _) in DicomDictionary.items():
        value = telling(tag, kind)
        if value is None or Tag(tag).group in OTHER_GROUPS or Tag(tag).element == 0:
            continue
        inner.add(DataElement(tag, kind, value))
        if tag not in (0x00080005, 0x00080016, 0x00080060):  # character set, class and modality
            dataset.add(DataElement(tag, kind, value))
    dataset.PatientWeight = dataset.PatientSize = "7391.5"
    dataset.PatientSex, dataset.PatientComments = "F", f"{MARK} comment"
    for name in (
        "ReferencedStudySequence",
        "OtherPatientIDsSequence",
        "RequestAttributesSequence",
        "PatientSpeciesCodeSequence",
    ):
        setattr(dataset, name, [inner])
    dataset.private_block(0x0011, f"{MARK} MAKER", create=True).add_new(1, "LO", f"{MARK} private")
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.SourceApplicationEntityTitle = MARK
    dataset.preamble = f"{MARK} preamble".encode().ljust(128, b"\0")
    return dataset


@pytest.fixture
def inputs(tmp_path):
    """Files of every format, whose names, headers and texts identify a patient; one is damaged."""
    folder = tmp_path / "archive" / f"{MARK}^Jane"
    folder.mkdir(parents=True)
    cut = [region(0, 0, 60, 83, 0.02, 0.02)]
    write(fill(instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=cut)), folder, f"{MARK} image.dcm")
    write(fill(clip([GREY, GREY[::-1]], "MONOCHROME2", SequenceOfUltrasoundRegions=cut)), folder, f"{MARK} clip.dcm")
    damaged = fill(instance(GREY, "MONOCHROME2"))
    damaged.Modality = f"{MARK}MOD"
    write(damaged, folder, f"{MARK} other.dcm")
    texts = PngInfo()
    texts.add_text("Comment", f"{MARK} comment")
    Image.fromarray(GREY).save(folder / f"{MARK} view.png", pnginfo=texts)
    nifti = nibabel.Nifti1Image(np.repeat(GREY.T[..., None], 2, axis=2), np.diag([0.2, 0.2, 1, 1]))
    for name in ("descrip", "aux_file", "intent_name", "db_name"):
        nifti.header[name] = MARK
    nifti.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", f"{MARK} extension".encode()))
    nibabel.save(nifti, folder / f"{MARK} stack.nii")
    nrrd = pytest.importorskip("nrrd")
    header = {"content": MARK, "patient": MARK, "space": "left-posterior-superior", "space units": [MARK] * 3}
    header |= {"space directions": np.diag([0.2, 0.2, 1]), "kinds": ["domain", MARK, "domain"]}
    nrrd.write(str(folder / f"{MARK} volume.nrrd"), GREY.T[..., None], header)
    (folder / f"{MARK} letter.doc").write_text(f"{MARK} letter")
    (folder / f"{MARK} gone_mask.png").write_bytes((folder / f"{MARK} view.png").read_bytes())
    return tmp_path / "archive"


def told(folder):
    """Names and contents of the results that tell of a patient."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if TOLD.search(name.encode()) or (path.is_file() and TOLD.search(path.read_bytes())):
            found.append(name)
    return found


def test_the_results_repeat_nothing_of_the_inputs(predict, inputs, tmp_path):
    outcome = predict(inputs, anonymise=tmp_path / "key.json")
    assert (outcome["images"], len(outcome["failed"]), len(outcome["skipped"])) == (7, 1, 2)
    assert not told(tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.dcm"):  # texts in other codings than their bytes
        assert not TOLD.search(str(dcmread(path)).encode())


def test_without_the_option_they_do(predict, inputs, tmp_path):
    """Otherwise the test before would prove nothing."""
    predict(inputs)
    names = told(tmp_path / "out")
    assert {"results.csv", "results.json", "report.html", "progress.jsonl"} <= set(names)
    for end in ("image_mask.dcm", "image_measurements.dcm", "stack_mask.nii"):
        assert any(name.endswith(end) for name in names)


def test_segmentation_and_report_stay_usable(predict, inputs, tmp_path):
    predict(inputs, anonymise=tmp_path / "key.json")
    folder = tmp_path / "out"
    rows = [row for row in json.loads((folder / "results.json").read_text())["images"] if row["structured_report"]]
    (row,) = (row for row in rows if row["frame"] is None)
    mask, report = dcmread(folder / row["mask"]), dcmread(folder / row["structured_report"])
    lesion = GREY == 240
    assert np.count_nonzero(mask.pixel_array != lesion) == 0
    for made in (mask, report):
        assert made.PatientIdentityRemoved == "YES"
        assert made.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
        assert made.StudyInstanceUID == row["study_instance_uid"]
        assert made.PatientID == mask.PatientID == made.PatientName
        assert not made.StudyDate and not made.PatientBirthDate and not made.AccessionNumber
    (series,) = mask.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == row["series_instance_uid"]
    assert series.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == row["sop_instance_uid"]
    assert UID(row["sop_instance_uid"]).is_valid and row["sop_instance_uid"].startswith("2.25.")


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dicom3tools")
def test_another_programs_validator_finds_no_error(predict, inputs, tmp_path):
    predict(inputs, anonymise=tmp_path / "key.json")
    made = sorted((tmp_path / "out").rglob("*.dcm"))
    assert len(made) == 4  # a segmentation and a report, of an image and of a clip
    for path in made:
        told = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False).stderr
        assert [line for line in told.splitlines() if line.startswith("Error")] == [], path


def test_one_patient_and_study_keep_together(predict, tmp_path):
    (tmp_path / "in").mkdir()
    for number, patient in enumerate(("A", "A", "B")):
        made = instance(GREY, "MONOCHROME2", PatientID=patient, StudyInstanceUID=f"{UIDS}{ord(patient)}")
        write(made, tmp_path / "in", f"{number}.dcm")
    predict(tmp_path / "in", anonymise=tmp_path / "key.json")
    files = json.loads((tmp_path / "key.json").read_text())["files"]
    masks = [dcmread(tmp_path / "out" / f"{name}_mask.dcm") for name in sorted(files, key=lambda name: files[name])]
    for name in ("PatientID", "StudyInstanceUID"):
        one, same, other = (mask[name].value for mask in masks)
        assert one == same != other


def test_the_key_file_tells_which_is_whose_and_another_key_gives_other_names(predict, inputs, tmp_path):
    predict(inputs, anonymise=tmp_path / "key.json")
    key = json.loads((tmp_path / "key.json").read_text())
    assert (tmp_path / "key.json").stat().st_mode & 0o077 == 0
    rows = json.loads((tmp_path / "out" / "results.json").read_text())["images"]
    assert {key["files"][row["file"]].rpartition(" ")[2] for row in rows} == {
        "image.dcm", "clip.dcm", "view.png", "stack.nii", "volume.nrrd"
    }  # fmt: skip
    predict(inputs, anonymise=tmp_path / "other.json", overwrite=True)
    assert not {row["file"] for row in rows} & json.loads((tmp_path / "other.json").read_text())["files"].keys()


def test_it_is_resumed_with_its_key_alone(predict, inputs, tmp_path):
    predict(inputs, anonymise=tmp_path / "key.json")
    before = (tmp_path / "out" / "results.csv").read_bytes()
    seen = []
    predict.segmenter = counting(seen)
    with pytest.raises(InputError, match="was started with anonymised"):
        predict(inputs, resume=True, anonymise=tmp_path / "new.json")
    with pytest.raises(InputError, match="was started with anonymised"):
        predict(inputs, resume=True)
    predict(inputs, resume=True, anonymise=tmp_path / "key.json")
    assert (tmp_path / "out" / "results.csv").read_bytes() == before
    assert not seen


def test_shards_share_a_key(predict, inputs, tmp_path):
    from scripts.prediction.predict import merge

    for number in (1, 2):
        predict(inputs, anonymise=tmp_path / "key.json", shard=Shard(number, 2))
    assert merge(tmp_path / "out")["images"] == 7
    assert not told(tmp_path / "out")


def test_what_is_written_beside_the_scan_is_not_shown(predict, tmp_path):
    """Machines write names into the image, above the field of view."""
    grey = np.zeros((240, 320), np.uint8)
    grey[60:220, 40:280] = np.random.default_rng(0).integers(60, 120, (160, 240))
    grey[100:150, 120:190] = 240
    for column in range(45, 275, 6):
        grey[8:20, column : column + 2] = 255  # strokes of letters
    (tmp_path / "in").mkdir()
    Image.fromarray(grey).save(tmp_path / "in" / "a.png")
    predict(tmp_path / "in", anonymise=tmp_path / "key.json")
    (overlay,) = (tmp_path / "out").glob("*_overlay.jpg")
    shown = np.asarray(Image.open(overlay).convert("L"))
    assert shown[:40].max() == 0
    assert shown[65:215, 45:275].min() > 0


@pytest.mark.parametrize(("kind", "note"), [("no field of view", NO_VIEW), ("burned in", BURNED_IN)])
def test_where_texts_could_be_anywhere_nothing_is_shown(predict, tmp_path, kind, note):
    (tmp_path / "in").mkdir()
    if kind == "burned in":
        write(instance(GREY, "MONOCHROME2", BurnedInAnnotation="YES"), tmp_path / "in", "a.dcm")
    else:
        grey = np.zeros((240, 320), np.uint8)
        for column in range(45, 275, 6):
            grey[100:112, column : column + 2] = 255  # letters, and nothing else
        Image.fromarray(grey).save(tmp_path / "in" / "a.png")
    predict(tmp_path / "in", anonymise=tmp_path / "key.json")
    (row,) = json.loads((tmp_path / "out" / "results.json").read_text())["images"]
    shown = np.asarray(Image.open(tmp_path / "out" / row["overlay"]).convert("RGB")).astype(int)
    assert row["note"] == note
    contour = (np.ptp(shown, axis=2) > 60).astype(np.uint8)
    beside = cv2.dilate(contour, np.ones((17, 17), np.uint8)) == 0  # further from it than a block of JPEG
    assert contour.any() and beside.any() and shown[beside].max() < 8  # nothing but the coloured contour


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"key": "00", "files": {}}', '{"key": 5, "files": []}'])
def test_a_file_that_is_no_key(predict, inputs, tmp_path, content):
    (tmp_path / "key.json").write_text(content)
    with pytest.raises(InputError, match=r"key.json: (is not a key file|cannot be read as JSON)"):
        predict(inputs, anonymise=tmp_path / "key.json")


def test_the_key_may_not_lie_with_the_results(predict, inputs, tmp_path):
    with pytest.raises(InputError, match="is in the results folder"):
        predict(inputs, anonymise=tmp_path / "out" / "key.json")
