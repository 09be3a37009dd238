# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A small plan, and made-up figures of its cells."""

from __future__ import annotations

import math

import yaml

from scripts.experiments.plan import Cell, read_plan
from scripts.metrics.overlap import AVERAGES, MEASURES

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
