# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.experiments.fig7 import draw_fig7
from tests.experiments.results import cell


def run_folder(folder, dataset_dir, titles=("a", "b")):
    """Predictions of two images, and the images with them."""
    entries = []
    mask = np.zeros((32, 32), dtype=np.uint8)
    mask[8:16, 8:16] = 255
    for title in titles:
        for path in (dataset_dir / f"{title}.png", dataset_dir / f"{title}_truth.png"):
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(mask).save(path)
        (folder / "predictions").mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.roll(mask, 4)).save(folder / "predictions" / f"{title}_mask.png")
        label = {"class": "benign", "fold": 0, "group": 0}
        entries.append({"image": f"{title}.png", "label": [f"{title}_truth.png"], **label})
    (folder / "datalist.json").write_text(
        json.dumps({"name": "folder", "num_folds": 5, "seed": 0, "split": "random", "training": entries})
    )
    with (folder / "metrics.csv").open("w", newline="") as file:
        heading = ("image", "class", "lesion_dice", "truth_pixels", "predicted_pixels")
        csv.writer(file).writerows([heading, *((f"{title}.png", "benign", 0.5, 64, 64) for title in titles)])


def test_fig7_has_a_column_for_each_training_with_predictions(plan, tmp_path):
    work, data = tmp_path / "work", tmp_path / "data"
    given = {"folders": {"busi": data}, "work_dir": work, "output": tmp_path / "fig7.png", "rows": 2}
    with pytest.raises(InputError, match="no predictions of tiny/busi/fold0/seed0/student, .*; run them first"):
        draw_fig7(plan, "tiny", **given)
    widths = []
    for training in ("student", "taught"):
        run_folder(work / cell(training, seed=1, fold=2).name, data)
        draw_fig7(plan, "tiny", **given, seed=1, fold=2)
        with Image.open(tmp_path / "fig7.png") as picture:
            widths.append(picture.width)
    assert widths[1] * 3 == pytest.approx(widths[0] * 4, abs=8)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"preset": "huge"}, "--preset huge: unknown"),
        ({"table": "table9"}, "--table table9: unknown; .*plan.yaml has table1"),
        ({"folders": {"busi": "a", "breast": "b"}}, "--dataset_dir busi=a breast=b: fig7 needs exactly one data set"),
    ],
)
def test_what_the_plan_does_not_have_is_told(plan, tmp_path, changed, told):
    given = {"preset": "tiny", "folders": {"busi": "a"}, "work_dir": tmp_path, "output": tmp_path / "fig7.png"}
    with pytest.raises(InputError, match=told):
        draw_fig7(plan, **{**given, **changed})
