# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluate the network of a trained run by the run's own config."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monai.bundle import ConfigWorkflow

from ..bundle.paths import CONFIGS, ROOT
from ..errors import InputError, find_input_error
from ..files.json_file import write_json
from ..runs.config_record import find_run, read_run_config


def evaluate_run(
    run: str | Path,
    output_dir: str | Path,
    dataset_dir: str | Path | None = None,
    whole_dataset: bool = False,
    classes: Sequence[str] | None = None,
    overwrite: bool = False,
    device: str | None = None,
) -> None:
    """Evaluate the network of a trained run.

    Args:
        run: output folder of a training.
        output_dir: folder for ``metrics.json``, ``metrics.csv`` and the predicted masks.
        dataset_dir: images with masks; None for the data set of the run, if it had a single one.
        whole_dataset: use all images instead of the run's test folds.
        classes: classes of the images; None for the test classes of the run.
        overwrite: replace an evaluation in `output_dir`.
        device: device; None for that of the run.

    Raises:
        InputError: the run has no config or weights, or the evaluation cannot start; see ``configs/evaluate.json``.
    """
    config, weights = find_run(run)
    merged = read_run_config(config, CONFIGS / "evaluate.json").get()
    if dataset_dir is None and isinstance(merged["dataset_dir"], list):
        raise InputError(f"--run {run}: learned from several data sets; give one of them or another as --dataset_dir")
    options: dict[str, Any] = {
        "bundle_root": str(ROOT),
        "ckpt": str(weights),
        "output_dir": str(output_dir),
        "whole_dataset": whole_dataset,
        "overwrite": overwrite,
        **({"dataset_dir": str(dataset_dir)} if dataset_dir else {}),
        # The folds of a file are those of its own data set.
        **({"datalist_file": ""} if dataset_dir and whole_dataset else {}),
        **({"test_classes": list(classes)} if classes else {}),
        **({"device": device} if device else {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        # One file, whose components are imported by the name that this package has here.
        path = Path(folder) / "evaluate.json"
        write_json(path, merged)
        try:
            workflow = ConfigWorkflow(
                config_file=str(path),
                meta_file=str(CONFIGS / "metadata.json"),
                logging_file=str(CONFIGS / "logging.conf"),
                workflow_type="train",
                **options,
            )
            workflow.initialize()
            workflow.run()
        except Exception as error:
            raise find_input_error(error) or error from None
        workflow.finalize()
