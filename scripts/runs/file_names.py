# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of the files and folders that a run writes. Imports nothing."""

BEST, LAST, RESUME = "model.pt", "last.pt", "checkpoint.pt"
FINAL = "final_checkpoint.pt"  # the last checkpoint of a complete run, to train it further from
TEACHER = "teacher_{}.pt"  # a teacher after fine-tuning
COMMAND = "command.json"
CONFIG = "config.json"  # the config of a training, with its options
DATALIST, METRICS, ROWS, REPORT = "datalist.json", "metrics.json", "metrics.csv", "report.html"
CALIBRATION = "calibration.json"
WEIGHTS = (BEST, LAST, RESUME, FINAL)
FIGURES = (METRICS, ROWS)
TRAINED, EVALUATED = "tensorboard", "predictions"
