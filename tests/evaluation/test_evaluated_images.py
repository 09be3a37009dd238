# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.evaluation.evaluated_images import Evaluation
from scripts.evaluation.metrics_file import read_metrics
from scripts.evaluation.metrics_table import metrics_table
from scripts.evaluation.picture_sheet import choose_images, draw_sheet
from scripts.files.seal import SEAL
from scripts.metrics.overlap import NAMES
from tests.evaluation.rectangles import COLUMNS, RECTANGLES, ROWS, read_rows, write_rows

SHIFTED = "benign/benign (2).png"


def test_figures_and_pixels(evaluation):
    folder, data = evaluation
    evaluated = Evaluation(folder, data)
    assert [row["image"] for row in evaluated.rows] == list(RECTANGLES)
    assert [row["lesion_dice"] for row in evaluated.rows[:3]] == [1, 0.5, 0]
    assert math.isnan(evaluated.rows[3]["lesion_dice"])
    assert (evaluated.rows[3]["class"], evaluated.rows[3]["predicted_pixels"]) == ("normal", 12)
    pixels = evaluated.read(SHIFTED)
    assert pixels.picture.shape == pixels.ground_truth.shape == pixels.prediction.shape == (ROWS, COLUMNS)
    assert (pixels.ground_truth.sum(), pixels.prediction.sum()) == (800, 800)  # ground truth: two files together
    assert pixels.ground_truth[20:40, 20:60].all() and pixels.prediction[20:40, 40:80].all()


def test_deep_and_coloured_images_are_read_as_in_training(evaluation):
    folder, data = evaluation
    grey = np.asarray(Image.open(data / SHIFTED)).astype(np.uint16)
    Image.fromarray(grey * 200 + 7).save(data / SHIFTED)
    deep = Evaluation(folder, data).read(SHIFTED).picture
    assert (deep.dtype, deep.min(), deep.max()) == (np.uint8, 0, 255)
    assert np.corrcoef(deep.ravel(), grey.ravel())[0, 1] > 0.999
    with Image.open(data / "benign" / "benign (2)_mask.png") as mask:
        mask.convert("RGBA").save(data / "benign" / "benign (2)_mask.png")
    assert Evaluation(folder, data).read(SHIFTED).ground_truth.sum() == 800


@pytest.mark.parametrize("name", ["metrics.csv", "datalist.json", "predictions"])
def test_a_folder_that_is_no_evaluation(evaluation, name):
    folder, data = evaluation
    (folder / name).rename(folder / "elsewhere")
    with pytest.raises(InputError, match=f"student' is not an evaluation: {name} is missing"):
        Evaluation(folder, data)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "has no images; evaluate again"),
        ("image,class\na.png,benign\n", "has no lesion_dice; evaluate again"),
        ("image,class,lesion_dice,truth_pixels,predicted_pixels\na.png,benign,high,1,1\n", "is damaged"),
        ("image,class,lesion_dice,truth_pixels,predicted_pixels\na.png,benign,0.5\n", "is damaged"),
        ("image,class,lesion_dice,truth_pixels,predicted_pixels\na.png,benign,0.5,1,1,1\n", "is damaged"),
        ('"image', "cannot be read"),
    ],
)
def test_damaged_figures(evaluation, text, message):
    folder, data = evaluation
    (folder / "metrics.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"metrics.csv' {message}"):
        Evaluation(folder, data)


def test_files_that_are_not_there(evaluation):
    folder, data = evaluation
    evaluated = Evaluation(folder, data)
    with pytest.raises(InputError, match=r"datalist.json' does not list 'b.png', an image of metrics.csv"):
        evaluated.read("b.png")
    with pytest.raises(InputError, match="--dataset_dir .*elsewhere: .* is missing; give the data set that was"):
        Evaluation(folder, data / "elsewhere").read(SHIFTED)
    (data / "benign" / "benign (2)_mask_1.png").unlink()
    with pytest.raises(InputError, match=r"--dataset_dir .*benign \(2\)_mask_1.png' is missing"):
        evaluated.read(SHIFTED)
    (folder / "predictions" / "benign" / "benign (1)_mask.png").unlink()
    with pytest.raises(InputError, match=r"predictions/benign/benign \(1\)_mask.png' is missing; evaluate again"):
        evaluated.read("benign/benign (1).png")


def test_damaged_files_and_other_sizes(evaluation):
    folder, data = evaluation
    (data / SHIFTED).write_bytes((data / SHIFTED).read_bytes()[:200])
    with pytest.raises(InputError, match=r"benign \(2\).png: cannot be read as an image"):
        Evaluation(folder, data).read(SHIFTED)
    Image.new("L", (90, 64)).save(data / "malignant" / "malignant (1).png")
    with pytest.raises(InputError, match=r"mask.png' has 80×64 pixels, its image '.*' has 90×64; give the data set"):
        Evaluation(folder, data).read("malignant/malignant (1).png")


def test_the_sheet_shows_images_from_the_best_to_the_worst_with_both_outlines(evaluation, tmp_path):
    folder, data = evaluation
    path = draw_sheet({"student": folder, "again": folder}, data, tmp_path / "sheet.png", rows=3)
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    for colour in ((45, 212, 191), (249, 115, 22)):
        assert (np.abs(pixels - colour).max(axis=2) < 40).any()
    shutil.copytree(folder, tmp_path / "fewer")
    write_rows(tmp_path / "fewer", read_rows(folder)[:1])
    with pytest.raises(InputError, match="'other': '.*' was not evaluated there; evaluate the same images"):
        draw_sheet({"student": folder, "other": tmp_path / "fewer"}, data, tmp_path / "sheet.png")


def dice_of(rows, count):
    scores = {row["image"]: row["lesion_dice"] for row in rows}
    return [scores[name] for name in choose_images(rows, count)]


def rows_of(label_class, *scores):
    names = (f"{label_class} ({number}).png" for number in range(len(scores)))
    return [{"image": name, "class": label_class, "lesion_dice": score} for name, score in zip(names, scores)]


def test_images_without_a_figure_leave_the_others_in_order():
    rows = rows_of("benign", 0.1, math.nan, 0.9, math.nan, 0.5, 0.95)
    assert dice_of(rows, 4)[:3] == [0.95, 0.5, 0.1]
    assert [score for score in dice_of(rows, 6) if score == score] == [0.95, 0.9, 0.5, 0.1]


@pytest.mark.parametrize("count", range(1, 8))
def test_a_sheet_has_as_many_rows_as_asked_while_there_are_images(count):
    rows = rows_of("benign", *np.linspace(0.9, 0.1, 6))
    chosen = choose_images(rows, count)
    assert len(chosen) == len(set(chosen)) == min(count, 6)
    mixed = choose_images([*rows, *rows_of("normal", math.nan)], count)
    assert len(mixed) == count
    assert mixed.count("normal (0).png") == (count > 1)


@pytest.mark.parametrize("name", ["metrics.json", "metrics.csv"])
def test_the_file_that_is_missing_is_named(evaluation, name):
    folder, _ = evaluation
    metrics = json.loads((folder / "metrics.json").read_text())
    (folder / "metrics.json").write_text(json.dumps({**metrics, SEAL: "0" * 64}))
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"student/{name}': no such file, so '.*student' is not an evaluation"):
        read_metrics(folder)


def test_a_table_names_evaluations_of_other_images(evaluation, tmp_path):
    folder, _ = evaluation
    metrics = json.loads((folder / "metrics.json").read_text())
    metrics |= {name: {"mean": 0.5, "std": 0.1, "ci95": [0.4, 0.6]} for name in NAMES}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    rows = read_rows(folder)
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    write_rows(other, [row for row in rows if row["image"] != "benign/benign (2).png"])
    table = metrics_table({"a": folder, "b": other, "c": folder})
    assert table.endswith(
        "\n\nNot comparable: 'b' was evaluated on other images than 'a' (2 and 3 with a lesion, 2 in common)."
    )
    assert "Not comparable" not in metrics_table({"a": folder, "c": folder})
