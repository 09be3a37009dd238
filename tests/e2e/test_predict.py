# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts predict`` with the bundle's network: whole runs, one that is killed, and wrong options."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import nibabel
import numpy as np
import pytest
from PIL import Image

from scripts.__main__ import main
from scripts.data import make_phantoms
from scripts.prediction.journal import FILE
from tests.paths import ROOT
from tests.warm_python import warm_python


def command(*words):
    return ["-m", "scripts", "predict", *map(str, words)]


def predict(*words):
    return subprocess.run(
        [warm_python(), *command(*words)], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "LANG": "C"}
    )


def errors(text):
    return [line for line in text.splitlines() if line.startswith("error: ")]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Options for a network that sees small images, which takes less time."""
    overlay = tmp_path_factory.mktemp("overlay") / "small.json"
    overlay.write_text('{"image_size": 96}')
    return ["--config_file", ROOT / "configs" / "inference.json", overlay, "--device", "cpu"]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Phantoms with masks beside them."""
    return make_phantoms(tmp_path_factory.mktemp("data") / "p", benign=2, malignant=3, normal=1, size=(120, 150))


def masks(folder):
    return {
        path.relative_to(folder).as_posix(): np.asarray(Image.open(path)).tolist()
        for path in folder.rglob("*_mask.png")
    }


def test_the_same_image_as_picture_nifti_and_dicom(images, tmp_path):
    pytest.importorskip("highdicom", reason="needs requirements-predict.txt")
    import highdicom as hd

    from tests.images.dicom import coded, compressed, instance, region, write

    folder = tmp_path / "in"
    folder.mkdir()
    grey = np.asarray(Image.open(images / "malignant" / "malignant (1).png").convert("L"))
    Image.fromarray(grey).save(folder / "a.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(folder / "deep.tif")
    nibabel.save(nibabel.Nifti1Image(grey.T, np.eye(4)), folder / "b.nii.gz")
    cut = region(0, 0, grey.shape[0] - 1, grey.shape[1] - 1, 0.02, 0.01)
    datasets = {
        "1.2.3": instance(grey, "MONOCHROME2", SequenceOfUltrasoundRegions=[cut]),
        "c.dcm": compressed(coded("RGB", grey), "JPEG lossless"),
    }
    for name, dataset in datasets.items():
        write(dataset, folder, name)
    (folder / "new\nline.png").write_text("no picture")
    result = predict(folder, "--output_dir", tmp_path / "out", "--device", "cpu")
    assert result.returncode == 2
    assert errors(result.stderr) == [
        f"error: {folder}/new\\nline.png: is named .png, but its content is not in that format",
        "error: 1 of 6 files failed; see the errors above or in the report",
    ]
    assert "Traceback" not in result.stderr
    assert "5 of 5 images show a lesion" in result.stdout
    assert "Research only; not a medical device." in result.stdout

    expected = np.asarray(Image.open(tmp_path / "out" / "a_mask.png")) > 0
    truth = np.asarray(Image.open(images / "malignant" / "malignant (1)_mask.png")) > 0
    assert 2 * (expected & truth).sum() / (expected.sum() + truth.sum()) > 0.5
    found = {
        "deep": np.asarray(Image.open(tmp_path / "out" / "deep_mask.png")) > 0,
        "b": np.asarray(nibabel.load(tmp_path / "out" / "b_mask.nii.gz").dataobj).T > 0,
    }
    for name, dataset in datasets.items():
        segmentation = hd.seg.segread(tmp_path / "out" / f"{name.removesuffix('.dcm')}_mask.dcm")
        found[name] = segmentation.get_pixels_by_source_instance([dataset.SOPInstanceUID], combine_segments=True)[0] > 0
    for name, mask in found.items():
        assert (mask != expected).mean() <= (1e-4 if name == "deep" else 0), name  # rounding of 16 bits

    with (tmp_path / "out" / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == sorted(["a.png", "deep.tif", "b.nii.gz", *datasets])
    assert (rows["1.2.3"]["unit"], rows["a.png"]["unit"]) == ("mm", "pixel")
    assert float(rows["1.2.3"]["area"]) == pytest.approx(expected.sum() * 0.02)
    told = json.loads((tmp_path / "out" / "results.json").read_text())
    assert list(told["failed"]) == ["new\nline.png"]
    assert told["provenance"]["bundle"]
    assert "Breast lesions in ultrasound" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert not [path for path in (tmp_path / "out").rglob("*") if path.name.endswith(".partial")]


def test_a_run_that_was_killed_goes_on(images, small, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    whole = predict(images, "--output_dir", tmp_path / "whole", *small)
    assert (whole.returncode, errors(whole.stderr)) == (0, []), whole.stderr
    others = sum(path.is_file() for path in images.rglob("*")) - 6
    assert f"\nSkipped {others} other files (masks, or not images).\n" in whole.stdout
    out = tmp_path / "out"
    killed = [sys.executable, *command(images, "--output_dir", out, *small)]
    with subprocess.Popen(killed, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not ((out / FILE).exists() and (out / FILE).read_text().count('"end"') >= 2):
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    with (out / FILE).open("a") as file:
        file.write('{"attempt": 9, "row": {"fi')
    done = (out / FILE).read_text().count('"end"')
    kept = {path: path.stat().st_mtime_ns for path in out.rglob("*_mask.png")}

    again = ["predict", str(images), "--output_dir", str(out), *map(str, small)]
    for words, message in (
        ([], f"--output_dir {out}: holds a prediction; continue it with --resume"),
        (["--resume", "--spacing", "1", "1"], "was started with spacing None, not (1.0, 1.0)"),
    ):
        assert main([*again, *words]) == 2
        (line,) = errors(capsys.readouterr().err)
        assert message in line

    resumed = predict(images, "--output_dir", out, *small, "--resume")
    assert (resumed.returncode, errors(resumed.stderr)) == (0, []), resumed.stderr
    assert masks(out) == masks(tmp_path / "whole")
    rows = [
        sorted(json.loads((folder / "results.json").read_text())["images"], key=lambda row: row["file"])
        for folder in (out, tmp_path / "whole")
    ]
    for row in rows[0] + rows[1]:
        assert row.pop("seconds") > 0
    assert rows[0] == rows[1]
    assert len(rows[0]) == 6
    unchanged = [path for path, time_of in kept.items() if path.stat().st_mtime_ns == time_of]
    assert len(unchanged) >= min(done, 2)


@pytest.mark.parametrize(
    "words, message",
    [
        (["absent"], "INPUT absent: no such file or folder"),
        (["ab\nsent"], "INPUT ab\\nsent: no such file or folder"),
        (["IMAGES", "--spacing", "0", "1"], "--spacing 0.0 1.0: must be above 0, in millimetres"),
        (["IMAGES", "--spacing", "nan", "1"], "--spacing nan 1.0: must be above 0"),
        (["IMAGES", "--ckpt", "absent.pt"], "ckpt 'absent.pt': no such file"),
        (["IMAGES", "--config_file", "absent.json"], "--config_file absent.json: no such file"),
        (["IMAGES", "--config_file", "LICENSE"], "--config_file LICENSE: not a config like configs/inference.json"),
        (["IMAGES", "--device", "cuda:77"], "--device cuda:77: cannot be used: "),
        (["IMAGES", "--device", "abacus"], "--device abacus: cannot be used: "),
        (
            ["IMAGES", "--resume", "--overwrite"],
            "--resume --overwrite: give one of them, not both",
        ),
        (["IMAGES", "--output_dir", "IMAGES"], "is one of the inputs; choose another folder"),
        (["IMAGES", "--output_dir", "LICENSE/out"], "--output_dir LICENSE/out: cannot be created: Not a directory"),
    ],
)
def test_wrong_options_are_told_in_a_line(images, tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(ROOT)
    words = [str(images) if word == "IMAGES" else word for word in words]
    if "--output_dir" not in words:
        words += ["--output_dir", str(tmp_path / "out")]
    assert main(["predict", *words]) == 2
    (line,) = errors(capsys.readouterr().err)
    assert message in line
    assert not (tmp_path / "out" / FILE).exists()
