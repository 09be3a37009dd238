# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A small plan, and results with made-up figures, written as runs write them."""

from __future__ import annotations

import csv
import json
import math
import shlex

import pytest
import yaml

from scripts.experiments import WORK_DIR
from scripts.experiments.cell_command import command
from scripts.experiments.plan import Cell, read_plan
from scripts.experiments.sealed_results import read_result, write_result
from scripts.metrics.overlap import AVERAGES, MEASURES
from scripts.metrics.summary import summarise

PLAN = {
    "presets": {
        "tiny": {"image_size": 64, "epochs": 10, "batch_size": 8},
        "full": {"image_size": 512, "epochs": 20, "batch_size": 8},
    },
    "datasets": {"busi": "BUSI", "breast": "BrEaST"},
    "trainings": {
        "student": {"title": "Student alone", "configs": ["train.json"]},
        "taught": {"title": "Student, taught", "configs": ["train.json"]},
        "teacher": {"title": "Teacher", "configs": ["train.json"]},
    },
    "test_classes": ["benign", "malignant", "normal"],
    "cells": [
        {"datasets": ["busi"], "folds": [0], "seeds": [0, 1, 2], "trainings": ["student", "taught", "teacher"]},
        {"datasets": ["breast"], "folds": [0], "seeds": [0], "trainings": ["student"]},
    ],
    "tables": {
        "table1": {
            "title": "Table I: students",
            "datasets": ["busi", "breast"],
            "note": "A note.",
            "rows": [
                {"training": "student"},
                {"key": "taught_malignant", "training": "taught", "title": "Malignant", "test_classes": ["malignant"]},
                {"training": "teacher"},
            ],
            "published": {
                "busi": {
                    "student": {"dice": 0.811, "precision": 0.822, "recall": 0.833, "iou": 0.844, "accuracy": 0.855},
                    "teacher": {"dice": 0.911, "iou": 0.944},
                }
            },
        }
    },
    "comparisons": [
        {"dataset": "busi", "question": "Does it help?", "first": "taught", "second": "student"},
        {"dataset": "busi", "question": "Is the teacher better?", "first": "teacher", "second": "student"},
    ],
}
# Added to a row's Dice, so that no two measures are the same.
STEPS = {"dice": 0, "iou": -0.05, "precision": 0.01, "recall": 0.02, "accuracy": 0.03}
ADDED = {"lesion": 0, "mean": 0.2}


@pytest.fixture
def plan(tmp_path):
    return write_plan(tmp_path, PLAN)


def write_plan(folder, content):
    path = folder / "experiments" / "plan.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return read_plan(path)


def cell(training, seed=0, preset="tiny", dataset="busi", fold=0):
    return Cell(preset, dataset, fold, seed, training)


def images(*dice, label_class="benign", start=0, groups=None):
    """Rows of images with these lesion Dice, each a group of its own where no groups are given."""
    return [
        {
            "image": f"{label_class}/{i}.png",
            "class": label_class,
            "group": i if groups is None else groups[i - start],
            **{f"{a}_{m}": value + ADDED[a] + STEPS[m] for a in AVERAGES for m in MEASURES},
            "truth_pixels": 100.0,
            "predicted_pixels": 90.0,
        }
        for i, value in enumerate(dice, start)
    ]


def normals(*predicted_pixels):
    """Rows of images without a lesion."""
    return [
        {
            "image": f"normal/{i}.png",
            "class": "normal",
            "group": 1000 + i,
            **{f"{a}_{m}": math.nan for a in AVERAGES for m in MEASURES},
            "truth_pixels": 0.0,
            "predicted_pixels": float(pixels),
        }
        for i, pixels in enumerate(predicted_pixels)
    ]


@pytest.fixture
def put(tmp_path):
    """Write the result of a cell, made as the plan says or with other options, and read it back."""
    plan = write_plan(tmp_path, PLAN)

    def write(where, rows, options=(), **provenance):
        run, results = tmp_path / "run", tmp_path / "results"
        run.mkdir(exist_ok=True)
        with (run / "metrics.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        made = {**PLAN["presets"][where.preset], "device": "a CPU", "precision": "float32", "training_seconds": 5400}
        made |= {"torch": "2.13.0", "monai": "1.6.1"}
        made["command"] = shlex.join([*command(plan, where, "BUSI", ["benign"], WORK_DIR), *options])
        content = {**summarise(rows), "provenance": {**made, **provenance}}
        (run / "metrics.json").write_text(json.dumps(content))
        write_result(results, where, run, {})
        return read_result(results, where)

    return write
