# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""An evaluation by hand: phantoms whose masks are rectangles, so that their figures are known."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from scripts.data import make_phantoms
from scripts.metrics.overlap import NAMES
from tests.evaluation.rectangles import COLUMNS, RECTANGLES, ROWS, draw, write_rows


@pytest.fixture
def evaluation(tmp_path: Path) -> tuple[Path, Path]:
    """The folder of an evaluation, and that of its data set."""
    folder, data = tmp_path / "student", tmp_path / "phantoms"
    make_phantoms(data, benign=2, malignant=1, normal=2, size=(ROWS, COLUMNS))
    for mask in data.rglob("*_mask*.png"):
        mask.unlink()
    entries, rows = [], []
    for i, (name, (true, predicted)) in enumerate(RECTANGLES.items()):
        stem, label_class = name.removesuffix(".png"), name.partition("/")[0]
        labels = [f"{stem}_mask{f'_{k}' if k else ''}.png" for k in range(len(true))]
        truth = np.any([draw(data / label, [part]) for label, part in zip(labels, true)], axis=0)
        prediction = draw(folder / "predictions" / f"{stem}_mask.png", predicted)
        entries.append({"image": name, "label": labels, "class": label_class, "fold": 0, "group": i})
        both, either = (truth & prediction).sum(), (truth | prediction).sum()
        values = {
            "lesion_dice": 2 * both / (both + either),
            "lesion_iou": both / either,
            "lesion_precision": both / max(prediction.sum(), 1),
            "lesion_recall": both / truth.sum(),
        } if truth.any() else dict.fromkeys(NAMES[:4], math.nan)  # fmt: skip
        sizes = {"truth_pixels": float(truth.sum()), "predicted_pixels": float(prediction.sum())}
        rows.append({"image": name, "class": label_class, "group": i, **values, **sizes})
    write_rows(folder, rows)
    datalist = {"name": "BUSI", "num_folds": 2, "seed": 0, "split": "leak_free", "training": entries}
    (folder / "datalist.json").write_text(json.dumps(datalist), encoding="utf-8")
    metrics = {
        "images": 5,
        "lesion_images": 3,
        **{name: {"mean": 0.5, "std": 0.25, "ci95": [0.125, 0.875]} for name in NAMES},
        "lesion_iou": {"mean": 4 / 9, "std": 0.25, "ci95": [0.125, 0.875]},
        "false_positive_rate": 0.5,
        "provenance": {"evaluated": "StuNet", "folds": [0]},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return folder, data
