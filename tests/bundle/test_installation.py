# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``pip install .``: the package as `lightbtseg`, used from a folder where `scripts` is something else."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from scripts.bundle.configs import ADD_TO_PATH, as_installed
from scripts.bundle.metadata import read_metadata
from scripts.data import make_phantoms
from scripts.prediction.chosen_network import EXPORTED
from tests.paths import ROOT

pytest.importorskip("hatchling", reason="is not installed, see requirements-dev.txt")


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """The folder that it is installed into, as pip does it without a network."""
    folder = tmp_path_factory.mktemp("installed")
    words = ("install", "--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", folder, ROOT)
    subprocess.run([sys.executable, "-m", "pip", *map(str, words)], check=True)
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder that has a package `scripts` of another bundle, and one phantom."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "scripts").mkdir()
    (folder / "scripts" / "__init__.py").write_text("whose = 'of another bundle'\n")
    make_phantoms(folder / "images", benign=1, malignant=0, normal=0, size=(64, 80))
    return folder


@pytest.fixture
def call(target, elsewhere):
    """Run Python there with nothing but the installed package on the search path."""

    def call(*words):
        environment = {**os.environ, "PYTHONPATH": str(target)}
        command = [sys.executable, *map(str, words)]
        return subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)

    return call


def test_the_command_names_itself(call, target):
    result = call(target / "bin" / "lightbtseg", "--help")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("usage: lightbtseg ")
    listed = {path.stem for path in (ROOT / "scripts" / "commands").glob("[a-z]*.py")}
    assert listed == {word for word in result.stdout.split() if word in listed}


def test_predict_with_the_installed_weights(call, target, elsewhere):
    result = call(target / "bin" / "lightbtseg", "predict", "images", "--output_dir", "predictions", "--device", "cpu")
    assert result.returncode == 0, result.stderr
    assert (elsewhere / "predictions" / "benign" / "benign (1)_mask.png").is_file()
    assert "<style>" in (elsewhere / "predictions" / "report.html").read_text(encoding="utf-8")
    provenance = json.loads((elsewhere / "predictions" / "results.json").read_text())["provenance"]
    assert provenance["network"] == "EfficientUNet"
    assert provenance["command"].startswith("lightbtseg predict images")


def test_the_public_classes_beside_another_package_scripts(call):
    result = call(
        "-c",
        "import scripts, lightbtseg, sys\n"
        "assert 'torch' not in sys.modules\n"
        "from lightbtseg.engines import DistillationTrainer\n"
        "from lightbtseg.losses import JointDistillationLoss, SoftLoss, WeightBalanceLoss\n"
        "from lightbtseg.networks import EfficientUNet, StuNet, TeachNet\n"
        "print(DistillationTrainer.__module__, SoftLoss.__module__, StuNet.__module__, scripts.whose)",
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split()[:3] == [
        "lightbtseg.engines.distillation_trainer", "lightbtseg.losses.soft", "lightbtseg.networks.stunet",
    ]  # fmt: skip
    assert result.stdout.strip().endswith("of another bundle")


def test_another_bundle_distils_in_three_dimensions(call):
    configs = ROOT / "docs" / "examples" / "distill_3d" / "configs"
    words = ("--config_file", configs / "train.yaml", "--meta_file", configs / "metadata.json")
    result = call("-m", "monai.bundle", "run", *words)
    assert result.returncode == 0, result.stderr
    assert "soft_large" in result.stdout + result.stderr
    assert float(result.stdout.split("dice of the student: ")[1]) > 0.7


def test_experiments_are_for_a_checkout(call, target):
    plan = ROOT / "experiments" / "lightbtseg.yaml"
    result = call(
        target / "bin" / "lightbtseg", "experiment", "run", plan, "--preset", "cpu", "--dataset_dir", "busi=x"
    )
    assert result.returncode == 2
    assert "start it in a checkout of the bundle" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_all_that_is_no_code_is_there(target):
    """Also what stands beside the code, such as the report's page."""
    beside = {p.relative_to(ROOT / "scripts") for p in (ROOT / "scripts").rglob("*.*") if p.is_file()}
    beside |= {p.relative_to(ROOT) for p in (ROOT / "configs").rglob("*.*")}
    beside |= {Path("models") / name for name in ("model.pt", "calibration.json", "datalist.json")}
    beside = {path for path in beside if "__pycache__" not in path.parts}
    inside = {path.relative_to(target / "lightbtseg") for path in (target / "lightbtseg").rglob("*.*")}
    assert beside == {path for path in inside if "__pycache__" not in path.parts}


def test_the_wheel_carries_the_exported_network_if_there_is_one(tmp_path):
    """`make wheel` writes it to build/."""
    source = tmp_path / "source"
    parts = ("pyproject.toml", "README.md", "LICENSE", "docs/data_license.txt", "configs", "models", "scripts/bundle")
    for part in (*parts, *(path.name for path in ROOT.glob("requirements*.txt"))):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        (source / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, source / part)
    (source / "build").mkdir()
    (source / "build" / "exported.onnx").write_bytes(b"a network")
    words = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", tmp_path, source)
    subprocess.run([sys.executable, "-m", "pip", *map(str, words)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"lightbtseg/models/{EXPORTED}") == b"a network"
        assert "lightbtseg/models/model.pt" in archive.namelist()


def needs(name):
    """The lines of a requirements file, with those of the files that it includes, but not of requirements.txt."""
    found = set()
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("-r "):
            found |= needs(line.split()[1]) if line.split()[1] != "requirements.txt" else set()
        elif line and not line.startswith("#"):
            found.add(line)
    return found


def test_it_needs_what_the_requirements_files_say(target):
    (installed,) = importlib.metadata.distributions(path=[str(target)])
    assert installed.version == read_metadata()["version"]
    by_extra = {}
    for line in installed.requires:
        pin, _, extra = re.fullmatch(r"(\S+?)(; extra == '(\w+)')?", line).groups()
        by_extra.setdefault(extra, set()).add(pin)
    assert by_extra.pop(None) == needs("requirements-runtime.txt") | needs("requirements-predict.txt")
    assert by_extra.pop("train") == needs("requirements.txt")
    by_extra["dev"] -= needs("requirements.txt")
    assert by_extra == {
        extra: needs(f"requirements-{extra}.txt")
        for extra in ("cluster", "dev", "onnx", "openvino", "predict", "pretrained", "tracking", "video")
    }


def test_it_is_built_with_the_tools_of_the_tests():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]
    assert set(build["requires"]) <= needs("requirements-dev.txt")


def test_components_of_a_config_are_taken_from_the_installed_package():
    config = {
        "network": {"_target_": "scripts.networks.StuNet", "_requires_": ADD_TO_PATH, "out_channels": 2},
        "steps": [ADD_TO_PATH, {"_target_": "scripts.errors.report_input_errors"}, "scripts.data"],
        "loader": {"_target_": "DataLoader", "source": {"_target_": "scripts_of_mine.Data"}},
    }
    assert as_installed(config, "lightbtseg") == {
        "network": {"_target_": "lightbtseg.networks.StuNet", "out_channels": 2},
        "steps": [{"_target_": "lightbtseg.errors.report_input_errors"}, "scripts.data"],
        "loader": {"_target_": "DataLoader", "source": {"_target_": "scripts_of_mine.Data"}},
    }


def test_the_runtime_has_the_versions_of_the_bundle():
    """What `predict --run model.onnx` needs has the same versions as elsewhere, and is neither PyTorch nor MONAI."""
    runtime = needs("requirements-runtime.txt")
    assert runtime <= needs("requirements.txt") | needs("requirements-onnx.txt")
    assert not {line for line in runtime if line.startswith(("torch", "monai", "pytorch"))}
