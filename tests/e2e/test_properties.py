# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The property checks that MONAI and its tools make of a bundle."""

from __future__ import annotations

import pytest
from monai.bundle import ConfigWorkflow

from tests.e2e.bundle import SMALL, TEACHER
from tests.paths import ROOT


def missing(kind, *configs, **options):
    workflow = ConfigWorkflow(
        config_file=[str(ROOT / "configs" / name) for name in configs],
        workflow_type=kind,
        bundle_root=str(ROOT),
        image_size=32,
        batch_size=4,
        **options,
    )
    workflow.initialize()
    return workflow.check_properties()


@pytest.mark.parametrize("overlay", ["recommended.yaml", "evaluate.json", "baselines/stunet.yaml"])
def test_overlays(overlay, phantoms, tmp_path):
    options = {"dataset_dir": str(phantoms), "output_dir": str(tmp_path / "out"), "encoder_weights": None}
    assert not missing("train", "train.json", overlay, **options)


@pytest.mark.parametrize("name", ["train.json", "train_benign_teacher.yaml", "train_malignant_teacher.yaml"])
def test_training_configs(name, phantoms, tmp_path):
    network = {} if name == "train.json" else {"network_def": TEACHER}
    assert not missing("train", name, dataset_dir=str(phantoms), output_dir=str(tmp_path / "out"), **network)


def test_distillation_config(distilled, phantoms, tmp_path):
    options = {"teachers_dir": str(distilled[0] / "teachers"), "teacher_defs": SMALL["teacher_defs"]}
    assert not missing("train", "distill.yaml", dataset_dir=str(phantoms), output_dir=str(tmp_path / "out"), **options)


def test_overlays_for_several_processes(distilled, phantoms, tmp_path):
    """Without torchrun there is one."""
    options = {"dataset_dir": str(phantoms), "output_dir": str(tmp_path / "out")}
    teachers = {"teachers_dir": str(distilled[0] / "teachers"), "teacher_defs": SMALL["teacher_defs"]}
    assert not missing("train", "train.json", "multi_gpu_train.json", **options)
    assert not missing("train", "distill.yaml", "multi_gpu_train.json", **options, **teachers)
    assert not missing("train", "train.json", "evaluate.json", "multi_gpu_evaluate.json", **options)


def test_inference_config(distilled, phantoms, tmp_path):
    student = {"_target_": "scripts.networks.StuNet"}
    options = {"ckpt": str(distilled[0] / "model.pt"), "output_dir": str(tmp_path / "out"), "network_def": student}
    assert not missing("infer", "inference.json", dataset_dir=str(phantoms), **options)
