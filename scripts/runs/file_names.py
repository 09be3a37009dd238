# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of the files that a run leaves in its folder. This module imports nothing."""

BEST, LAST, RESUME = "model.pt", "last.pt", "checkpoint.pt"
TEACHER = "teacher_{}.pt"  # a teacher after it was fine-tuned
DATALIST, METRICS, ROWS, REPORT = "datalist.json", "metrics.json", "metrics.csv", "report.html"
CALIBRATION = "calibration.json"
WEIGHTS = (BEST, LAST, RESUME)
FIGURES = (METRICS, ROWS)
TRAINED, EVALUATED = "tensorboard", "predictions"
