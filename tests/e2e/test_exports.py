# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI's verbs that check and export a bundle, from the root and from another folder, and what the exports compute."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import onnxruntime
import pytest
import torch
from monai.bundle import ConfigParser
from monai.data import load_net_with_metadata

from scripts.data import list_images
from tests.configs.test_configs import METADATA_SCHEMA
from tests.paths import BUSI, ROOT
from tests.warm_python import warm_python

SHAPES = ((1, 1, 224, 224), (3, 1, 64, 96), (2, 1, 97, 131), (1, 1, 33, 70))
PROBABILITY = 1e-4  # tolerance
PIXELS = 1e-4  # share of an image that may change sides, where the probability is one half but for rounding


def verb(name, *words, cwd=ROOT):
    result = subprocess.run(
        [warm_python(), "-m", "monai.bundle", name, *map(str, words)], cwd=cwd, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout + result.stderr


def files(bundle):
    """The options that name files of the bundle, which stands at `bundle`."""
    return (
        "--bundle_root", bundle, "--config_file", bundle / "configs" / "inference.json",
        "--meta_file", bundle / "configs" / "metadata.json",
    )  # fmt: skip


@pytest.fixture(scope="module")
def eager():
    parser = ConfigParser()
    parser.read_config(str(ROOT / "configs" / "inference.json"))
    network = parser.get_parsed_content("network_def")
    network.load_state_dict(torch.load(ROOT / "models" / "model.pt", weights_only=True))
    return network.eval()


@pytest.fixture(scope="module")
def torchscript(tmp_path_factory):
    """As docs/deploy.md says, with the calibration."""
    folder = tmp_path_factory.mktemp("elsewhere")
    configs = [str(ROOT / "configs" / "inference.json"), str(ROOT / "models" / "calibration.json")]
    verb(
        "ckpt_export", "network_def", "--bundle_root", ROOT, "--config_file", str(configs),
        "--meta_file", ROOT / "configs" / "metadata.json", "--ckpt_file", ROOT / "models" / "model.pt",
        "--filepath", folder / "model.ts", cwd=folder,
    )  # fmt: skip
    return folder / "model.ts"


@pytest.fixture(scope="module")
def onnx(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    verb("onnx_export", "--args_file", "configs/onnx_export.yaml", "--filepath", folder / "model.onnx")
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    return lambda x: torch.from_numpy(session.run(["pred"], {"image": x.numpy()})[0])


@pytest.mark.skipif(not METADATA_SCHEMA.is_file(), reason=f"the metadata schema is not in {METADATA_SCHEMA.parent}")
@pytest.mark.parametrize("elsewhere", [False, True])
def test_verify_metadata(elsewhere, tmp_path):
    schema = tmp_path / "schema.json"  # where it is, MONAI does not download it
    schema.write_bytes(METADATA_SCHEMA.read_bytes())
    bundle = ROOT if elsewhere else ROOT.relative_to(ROOT)
    words = ("--meta_file", bundle / "configs" / "metadata.json", "--filepath", schema)
    assert "no error" in verb("verify_metadata", *words, cwd=tmp_path if elsewhere else ROOT)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_verify_net_in_out(elsewhere, tmp_path):
    bundle = ROOT if elsewhere else ROOT.relative_to(ROOT)
    assert "no error" in verb("verify_net_in_out", "network_def", *files(bundle), cwd=tmp_path if elsewhere else ROOT)


def test_the_torchscript_carries_what_deployment_reads(torchscript):
    _, metadata, extra = load_net_with_metadata(
        str(torchscript), more_extra_files=("inference.json", "calibration.json")
    )
    assert metadata["version"] == json.loads((ROOT / "configs" / "metadata.json").read_text())["version"]
    assert json.loads(extra["inference.json"])["preprocessing"]["_target_"] == "Compose"
    assert json.loads(extra["calibration.json"]) == json.loads((ROOT / "models" / "calibration.json").read_text())


@pytest.mark.parametrize("kind", ["torchscript", "onnx"])
def test_exports_compute_what_the_network_does(kind, eager, request):
    """On any batch and size, and on real images where they are."""
    exported = request.getfixturevalue(kind)
    if kind == "torchscript":
        exported = torch.jit.load(exported)
    torch.manual_seed(0)
    with torch.inference_mode():
        for shape in SHAPES:
            image = torch.rand(shape)
            difference = exported(image).softmax(1) - eager(image).softmax(1)
            assert difference.abs().max() < PROBABILITY, shape


@pytest.mark.skipif(not BUSI.is_dir(), reason=f"BUSI is not in {BUSI}")
@pytest.mark.parametrize("kind", ["torchscript", "onnx"])
def test_exports_give_the_same_masks_of_real_images(kind, eager, request):
    exported = request.getfixturevalue(kind)
    if kind == "torchscript":
        exported = torch.jit.load(exported)
    parser = ConfigParser()
    parser.read_config(str(ROOT / "configs" / "inference.json"))
    preprocessing = parser.get_parsed_content("preprocessing")
    some = [item for item in list_images(BUSI) if "_mask" not in item["image"]][::60]
    assert len(some) > 10
    lesion = 0
    with torch.inference_mode():
        for item in some:
            image = preprocessing(item)["image"].as_tensor()[None]
            ours, theirs = (network(image).softmax(1).numpy() for network in (eager, exported))
            assert np.abs(ours - theirs).max() < PROBABILITY
            assert (ours.argmax(1) != theirs.argmax(1)).mean() <= PIXELS
            lesion += ours.argmax(1).sum()
    assert lesion > 0
