# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""train.json as an application runs it that gives its own images: MONAI Label, without a server."""

from __future__ import annotations

import json
import re
import subprocess

import nibabel
import numpy as np
import pytest
import torch
from PIL import Image

from tests.e2e.bundle import copy_bundle
from tests.paths import ROOT
from tests.warm_python import warm_python

# What monailabel.tasks.train.bundle does.
TRAIN = """
import json, sys
import monai.bundle
from monai.bundle import ConfigParser

bundle, items = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, bundle)
config = ConfigParser()
config.read_config(bundle + "/configs/train.json")
loader = {
    "_target_": "CheckpointLoader", "load_path": bundle + "/models/model.pt", "load_dict": {"model": "$@network"},
    "strict": False,
}
monai.bundle.run(
    run_id="run", init_id=None, final_id=None, meta_file=bundle + "/configs/metadata.json",
    config_file=bundle + "/configs/train.json",
    **{
        "bundle_root": bundle, "train#trainer#max_epochs": 2, "train#dataset#data": items["training"], "device": "cpu",
        "train#handlers": [loader, *config["train#handlers"]], "validate#dataset#data": items["validation"],
        "image_size": 64, **json.loads(sys.argv[3]),
    },
)
"""


SHIPPED = ("model.pt", "datalist.json", "calibration.json")
DICE = re.compile(r"new weights (\d\.\d+), former weights (\d\.\d+)")


@pytest.fixture
def bundle(tmp_path):
    return copy_bundle(tmp_path / "b")


@pytest.fixture
def items(phantoms, tmp_path):
    """Six pictures, and one as NIfTI, with labels of ids 0 and 1."""
    made = []
    for number in range(1, 8):
        image, mask = (
            np.asarray(Image.open(phantoms / "benign" / f"benign ({number}){end}.png").convert("L"))
            for end in ("", "_mask")
        )
        label = (mask > 0).astype(np.uint8)
        paths = [tmp_path / f"{kind}{number}" for kind in ("image", "label")]
        for pixels, path in zip((image, label), paths):
            if number == 1:
                nibabel.save(nibabel.Nifti1Image(pixels.T, np.eye(4)), path.with_suffix(".nii.gz"))
            else:
                Image.fromarray(pixels).save(path.with_suffix(".png"))
        suffix = ".nii.gz" if number == 1 else ".png"
        made.append({"image": str(paths[0].with_suffix(suffix)), "label": str(paths[1].with_suffix(suffix))})
    return {"training": made[:5], "validation": made[5:]}


def train(bundle, items, tmp_path, **options):
    words = [warm_python(), "-c", TRAIN, str(bundle), json.dumps(items), json.dumps(options)]
    return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)


def test_training_rewrites_the_bundles_weights_and_no_others(bundle, items, tmp_path):
    shipped = {name: (bundle / "models" / name).read_bytes() for name in SHIPPED}
    first = torch.load(bundle / "models" / "model.pt", weights_only=True)
    result = train(bundle, items, tmp_path, publish_if_worse=True)
    assert result.returncode == 0, result.stderr[-3000:]
    second = torch.load(bundle / "models" / "model.pt", weights_only=True)
    assert first.keys() == second.keys()
    name = next(key for key in first if key.endswith("conv.weight"))
    assert 0 < (first[name] - second[name]).abs().max() < 0.1, "it went on from the weights that were there"
    assert (bundle / "models" / "teacher_benign.pt").read_bytes() == (ROOT / "models" / "model.pt").read_bytes()
    kept = bundle / "models" / "former" / "1"
    assert {name: (kept / name).read_bytes() for name in shipped} == shipped
    assert not any((bundle / "models" / name).exists() for name in ("datalist.json", "calibration.json"))
    figures = json.loads((kept / "kept.json").read_text())["figures"]
    assert DICE.search(result.stdout + result.stderr)[2] == f"{figures['validation_lesion_dice']:.4f}"
    used = json.loads((bundle / "eval" / "student" / "datalist.json").read_text())["used"]
    assert used["training"] == [item["image"] for item in items["training"]]
    assert not (bundle / "eval" / "phantoms").exists()

    again = train(bundle, items, tmp_path, publish_if_worse=True)
    assert again.returncode == 0, again.stderr[-3000:]
    third = torch.load(bundle / "models" / "model.pt", weights_only=True)
    assert not torch.equal(second[name], third[name])


def test_worse_weights_are_published_only_if_asked(bundle, items, tmp_path):
    """One step this large ruins the weights."""
    models = bundle / "models"
    before = {path: path.read_bytes() for path in models.rglob("*") if path.is_file()}
    result = train(bundle, items, tmp_path, learning_rate=0.3)
    assert result.returncode == 0, result.stderr[-3000:]
    new, former = map(float, DICE.search(result.stdout + result.stderr).groups())
    assert new < former
    assert f"The new ones are worse: {models / 'model.pt'} stays" in result.stdout + result.stderr
    assert {path: path.read_bytes() for path in models.rglob("*") if path.is_file()} == before

    result = train(bundle, items, tmp_path, learning_rate=0.3, publish_if_worse=True)
    assert result.returncode == 0, result.stderr[-3000:]
    assert (models / "model.pt").read_bytes() == (bundle / "eval" / "student" / "model.pt").read_bytes()
    assert (models / "former" / "1" / "model.pt").read_bytes() == before[models / "model.pt"]


def test_better_weights_are_published_unasked(bundle, items, tmp_path):
    path = bundle / "models" / "model.pt"
    weights = torch.load(path, weights_only=True)
    torch.save({name: torch.zeros_like(value) for name, value in weights.items()}, path)
    result = train(bundle, items, tmp_path)
    assert result.returncode == 0, result.stderr[-3000:]
    new, former = map(float, DICE.search(result.stdout + result.stderr).groups())
    assert new >= former
    assert path.read_bytes() == (bundle / "eval" / "student" / "model.pt").read_bytes()


@pytest.mark.parametrize("missing", ["training", "validation"])
def test_no_images_is_an_error_and_keeps_the_weights(missing, bundle, items, tmp_path):
    before = (bundle / "models" / "model.pt").read_bytes()
    result = train(bundle, {**items, missing: []}, tmp_path)
    assert result.returncode == 1
    assert f"error: there are no images for {missing}" in result.stderr
    assert "Traceback" not in result.stderr
    assert (bundle / "models" / "model.pt").read_bytes() == before
    assert not (bundle / "models" / "former").exists()
