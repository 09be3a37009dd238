# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image

from scripts.__main__ import main
from scripts.errors import InputError
from scripts.evaluation.evaluation_report import write_evaluation_report
from scripts.metrics.overlap import NAMES
from tests.evaluation.rectangles import draw, read_rows, write_rows
from tests.report.cards import Page

WORST_FIRST = [
    "malignant/malignant (1).png", "benign/benign (2).png", "benign/benign (1).png", "normal/normal (1).png",
    "normal/normal (2).png",
]  # fmt: skip


@pytest.fixture
def page(evaluation):
    return Page(write_evaluation_report(*evaluation))


def test_figures_of_each_image_the_worst_first(page):
    figures = ["lesion Dice", "IoU", "precision", "recall"]
    assert page.headings == ["picture", "name", "lesion found", "class", *figures, "note"]
    (sorted_by,) = (each for each in page.elements if "aria-sort" in each)
    assert (sorted_by["aria-sort"], sorted_by["text"].strip()) == ("ascending", "lesion Dice")
    assert page.names == WORST_FIRST
    assert page.column("class") == ["malignant", "benign", "benign", "normal", "normal"]
    assert page.column("lesion found") == ["no", "yes", "yes", "yes", "no"]
    assert page.column("lesion Dice") == ["0.000", "0.500", "1.000", "–", "–"]
    assert page.column("IoU") == ["0.000", "0.333", "1.000", "–", "–"]
    assert page.column("precision") == page.column("recall") == page.column("lesion Dice")
    assert page.column("note") == ["–", "–", "–", "no lesion in the ground truth; 12 pixels predicted", "–"]


def test_both_contours_lie_where_the_masks_are(page):
    paths = [path for path in page.all("path") if path["d"] != "M0 2H32"]  # but for the key
    assert [path["class"] for path in paths] == ["truth", *["prediction", "truth"] * 2, "prediction"]
    _, shifted, truth, *_ = paths
    for path, columns in ((shifted, (40.5, 79.5)), (truth, (20.5, 59.5))):
        points = re.findall(r"([\d.]+) ([\d.]+)", path["d"])
        assert {float(x) for x, _ in points} == set(columns)
        assert {float(y) for _, y in points} == {20.5, 39.5}
    assert len(page.all("svg", viewbox="0 0 80 64")) == 5
    assert [each["data-kind"] for each in page.elements if "data-kind" in each] == ["prediction", "truth"]


def test_holes_are_drawn_since_they_count(evaluation):
    folder, data = evaluation
    mask = draw(folder / "predictions" / "benign" / "benign (1)_mask.png", [(20, 20, 40, 60)])
    mask[25:35, 30:50] = False
    Image.fromarray(mask.astype(np.uint8) * 255).save(folder / "predictions" / "benign" / "benign (1)_mask.png")
    page = Page(write_evaluation_report(folder, data))
    assert [path["d"].count("M") for path in page.all("path", **{"class": "prediction"})] == [
        1,
        1,
        2,
        1,
    ]  # the key first


def test_what_it_is_a_page_of(page):
    assert page.all("h1")[0]["text"] == "Evaluation: student"
    told = dict(zip(*([each["text"].strip() for each in page.all(tag)] for tag in ("dt", "dd"))))
    assert told == {
        "Images": "5",
        "Images with a lesion": "3",
        "Lesion Dice [95 % interval]": "0.500 [0.125, 0.875]",
        "Lesion IoU": "0.444",
        "False positives on normals": "0.500",
        "evaluated": "StuNet",
        "folds": "0",
    }


def test_measures_of_outlines_where_there_are_any(evaluation):
    folder, _ = evaluation
    rows = read_rows(folder)
    for row in rows:
        row |= {"lesion_hd95": 12.25, "lesion_nsd": 0.75, "surface_unit": "mm" if row["class"] == "benign" else "pixel"}
    write_rows(folder, rows)
    page = Page(write_evaluation_report(*evaluation))
    assert page.headings[-4:] == ["HD95 (mm)", "NSD", "HD95 (pixel)", "note"]
    assert page.column("HD95 (mm)") == ["–", "12.2", "12.2", "–", "–"]
    assert page.column("NSD") == ["0.750"] * 5
    write_rows(folder, [{name: row[name] for name in row if name != "surface_unit"} for row in rows])
    assert Page(write_evaluation_report(*evaluation)).column("HD95") == ["12.2"] * 5


def test_images_without_any_lesion(evaluation):
    folder, data = evaluation
    write_rows(folder, read_rows(folder)[3:])
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    metrics |= {"images": 2, "lesion_images": 0, **dict.fromkeys(NAMES)}
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    page = Page(write_evaluation_report(folder, data))
    assert page.names == WORST_FIRST[3:]
    assert page.column("lesion Dice") == ["–", "–"]
    assert [each["text"].strip() for each in page.all("dt")][:3] == [
        "Images", "Images with a lesion", "False positives on normals",
    ]  # fmt: skip


def test_the_verb(evaluation, tmp_path, capsys):
    folder, data = evaluation
    assert main(["report", str(folder), "--dataset_dir", str(data)]) == 0
    assert capsys.readouterr().out == f"written to {folder / 'report.html'}\n"
    other = tmp_path / "new" / "page.html"
    assert main(["report", str(folder), "--dataset_dir", str(data), "--output", str(other)]) == 0
    assert other.read_bytes() == (folder / "report.html").read_bytes()


def test_mistakes_are_told_in_one_line(evaluation, tmp_path, capsys):
    folder, data = evaluation
    (tmp_path / "file").touch()
    for words, message in (
        ([data, "--dataset_dir", data], "is not an evaluation"),
        ([folder, "--dataset_dir", tmp_path], "give the data set that was evaluated"),
        ([folder, "--dataset_dir", data, "--output", tmp_path / "file" / "page.html"], "cannot be written"),
        ([folder, "--dataset_dir", data, "--output", data], "cannot be written"),
    ):
        assert main(["report", *map(str, words)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("error: ") and message in line
    assert not (folder / "report.html").exists()


def test_a_missing_mask_leaves_the_page_that_was_there(evaluation):
    folder, data = evaluation
    before = write_evaluation_report(folder, data).read_bytes()
    (folder / "predictions" / "normal" / "normal (2)_mask.png").unlink()
    with pytest.raises(InputError, match=r"normal \(2\)_mask.png' is missing; evaluate again"):
        write_evaluation_report(folder, data)
    assert (folder / "report.html").read_bytes() == before
