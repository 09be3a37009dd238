# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import json

import pytest
import torch
from monai.data import DataLoader, Dataset
from monai.engines import SupervisedEvaluator
from monai.transforms import AsDiscreted, Compose

from scripts.handlers import SegmentationReport


class Threshold(torch.nn.Module):
    """Calls every pixel above one half lesion."""

    def forward(self, x):
        return torch.cat([0.5 - x, x - 0.5], dim=1)


@pytest.fixture
def evaluated(tmp_path):
    image = torch.zeros(1, 4, 4)
    image[:, :2, :2] = 1
    half = torch.zeros(1, 4, 4)
    half[:, :2, :1] = 1
    data = [
        {"image": image, "label": image.clone(), "name": "a, b.png", "class": "benign", "group": 0},
        {"image": image, "label": half, "name": "ü.png", "class": "malignant", "group": 1},
        {"image": torch.zeros(1, 4, 4), "label": torch.zeros(1, 4, 4), "name": "n.png", "class": "normal", "group": 2},
    ]
    evaluator = SupervisedEvaluator(
        device="cpu",
        val_data_loader=DataLoader(Dataset(data), batch_size=2),
        network=Threshold(),
        postprocessing=Compose([AsDiscreted(["pred", "label"], argmax=[True, False], to_onehot=2)]),
        val_handlers=[SegmentationReport(tmp_path / "out", provenance=lambda: {"fold": 3})],
    )
    evaluator.run()
    return evaluator, tmp_path / "out"


def test_a_row_for_each_image(evaluated):
    _, folder = evaluated
    with (folder / "metrics.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == ["a, b.png", "ü.png", "n.png"]
    assert [row["class"] for row in rows] == ["benign", "malignant", "normal"]
    assert float(rows[0]["lesion_dice"]) == 1
    # Four pixels predicted, two of them right, none missed.
    assert float(rows[1]["lesion_dice"]) == pytest.approx(2 * 2 / (4 + 2))
    assert float(rows[1]["lesion_precision"]) == 0.5
    assert rows[2]["lesion_dice"] == "nan"


def test_summary_and_provenance(evaluated):
    evaluator, folder = evaluated
    content = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert content["lesion_dice"]["mean"] == pytest.approx((1 + 2 / 3) / 2)
    assert content["false_positive_rate"] == 0
    assert content["provenance"] == {"fold": 3}
    assert evaluator.state.metrics["lesion_dice"] == content["lesion_dice"]["mean"]
    assert sorted(path.name for path in folder.iterdir()) == ["metrics.csv", "metrics.json"]
