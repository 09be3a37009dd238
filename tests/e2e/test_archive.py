# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The distributable archive: how it is built, and that a download of it is all that a user needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest

from scripts.bundle.archive import LARGEST, NAME
from tests.paths import ROOT
from tests.warm_python import warm_python

ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(*words, cwd):
    return subprocess.run(["git", *IDENTITY, *words], cwd=cwd, capture_output=True, text=True, check=True).stdout


def python(*words, cwd, program=None):
    return subprocess.run(
        [program or warm_python(), *map(str, words)], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True
    )


def archive(checkout, folder):
    return python("-m", "scripts", "archive", "--output_dir", folder, cwd=checkout)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A repository of its own with this one's files as they are now."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, and archives are made of commits")
    folder = tmp_path_factory.mktemp("work") / "checkout"
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0"):
        if name and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-q", "-m", "all", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def built(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    result = archive(checkout, folder)
    assert result.returncode == 0, result.stderr
    (path,) = folder.iterdir()
    assert str(path) in result.stdout
    return path


@pytest.fixture(scope="module")
def downloaded(built, tmp_path_factory):
    """The bundle's folder after a download into an empty one."""
    folder = tmp_path_factory.mktemp("empty")
    result = python(
        "-m", "monai.bundle", "download", "--name", NAME, "--url", built.as_uri(), "--bundle_dir", "bundles", cwd=folder
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return folder / "bundles" / NAME


def test_the_archive_holds_what_a_user_needs_and_no_more(built):
    assert re.fullmatch(rf"{NAME}_v\d+\.\d+\.\d+\.zip", built.name)
    with zipfile.ZipFile(built) as content:
        files = {info.filename: info for info in content.infolist() if not info.is_dir()}
    assert all(name.startswith(f"{NAME}/") for name in files)
    assert all(info.file_size <= LARGEST for info in files.values())
    assert not any(info.external_attr >> 16 & 0o170000 == 0o120000 for info in files.values()), "a link"
    inside = {name.removeprefix(f"{NAME}/") for name in files}
    assert {
        "LICENSE", "configs/metadata.json", "configs/inference.json", "configs/train.json", "docs/README.md",
        "docs/data_license.txt", "models/model.pt", "requirements.txt",
    } <= inside  # fmt: skip
    assert {name.split("/")[0] for name in inside}.isdisjoint({"tests", ".ci", "eval", "Makefile", ".gitignore"})


def test_links_of_its_pages_lead_into_the_archive(downloaded):
    for page in (downloaded / "docs").glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_same_commit_gives_the_same_bytes(checkout, built, tmp_path):
    git("clone", "-q", checkout, tmp_path / "clone", cwd=tmp_path)
    assert archive(tmp_path / "clone", tmp_path / "dist").returncode == 0
    assert (tmp_path / "dist" / built.name).read_bytes() == built.read_bytes()


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda c: (c / "notes.txt").write_text("x"), "1 files differ from the last commit, such as notes.txt"),
        (lambda c: (c / "LICENSE").write_text("x"), "such as LICENSE"),
        (
            lambda c: (git("rm", "-q", "models/model.pt", cwd=c), git("commit", "-q", "-m", "x", cwd=c)),
            "models/model.pt is not committed",
        ),
        (lambda c: shutil.rmtree(c / ".git"), "git"),
        (
            lambda c: (
                (c / "models" / "model.pt").write_bytes(b"x" * (LARGEST + 1)),
                git("commit", "-q", "-a", "-m", "x", cwd=c),
            ),
            "models/model.pt: 25 MB",
        ),
    ],
    ids=["untracked", "changed", "no weights", "no checkout", "too large"],
)
def test_no_archive_of_what_is_not_a_release(spoil, message, checkout, tmp_path):
    clone = tmp_path / "clone"
    git("clone", "-q", checkout, clone, cwd=tmp_path)
    spoil(clone)
    result = archive(clone, tmp_path / "dist")
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "dist").exists()


def test_an_archive_of_the_same_version_is_not_replaced(checkout, built, tmp_path):
    (tmp_path / built.name).write_bytes(b"published")
    result = archive(checkout, tmp_path)
    assert result.returncode == 2
    assert "exists with different content" in result.stderr
    assert (tmp_path / built.name).read_bytes() == b"published"


def test_a_download_predicts_trains_and_evaluates(downloaded, phantoms):
    run = ("-m", "monai.bundle", "run", "--config_file")
    data = ("--dataset_dir", phantoms)
    ordinary = partial(python, program=sys.executable)
    done = [
        ordinary(*run, "configs/inference.json", "--dataset_dir", phantoms / "normal", cwd=downloaded),
        ordinary(*run, "configs/train.json", *data, "--image_size", 32, "--epochs", 1, cwd=downloaded),
        ordinary(
            *(*run, "['configs/train.json','configs/recipe.yaml','configs/evaluate.json']", *data),
            *("--whole_dataset", "true"),
            cwd=downloaded,
        ),
    ]
    for result in done:
        assert result.returncode == 0, result.stderr[-3000:]
    out = downloaded / "eval"
    assert len(list((out / "inference").glob("*_mask.png"))) == len(list((phantoms / "normal").glob("*).png")))
    assert (out / "student" / "model.pt").is_file()
    assert (out / "evaluation" / "metrics.json").is_file()


LOAD = f"""
import os, sys
from monai.bundle import create_workflow, load
sys.path.insert(0, "bundles/{NAME}")  # for load, which knows a bundle's folder but does not search it for code
network = load("{NAME}", bundle_dir="bundles")
other = load("{NAME}", bundle_dir="bundles", workflow_type="inference")
assert sum(p.numel() for p in network.parameters()) == sum(p.numel() for p in other.parameters()) > 1e6
for name, kind in (("inference", "infer"), ("train", "train")):
    workflow = create_workflow(
        config_file="bundles/{NAME}/configs/" + name + ".json", workflow_type=kind, bundle_root="bundles/{NAME}"
    )
    assert workflow.network_def is not None
assert os.listdir(".") == ["bundles"], os.listdir(".")
"""


def test_a_download_is_loaded_from_another_folder(downloaded):
    """And nothing is written by it: an interactive session in somebody's home leaves no run there."""
    result = python("-c", LOAD, cwd=downloaded.parents[1])
    assert result.returncode == 0, result.stderr[-3000:]


def test_without_weights_a_run_says_so(downloaded, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(downloaded, bundle, ignore=shutil.ignore_patterns("model.pt", "results", "eval"))
    (tmp_path / "images").mkdir()
    shutil.copy2(next(Path(downloaded / "docs" / "images").glob("*.png")), tmp_path / "images")
    result = python(
        "-m", "monai.bundle", "run", "--config_file", "configs/inference.json", "--dataset_dir", tmp_path / "images",
        cwd=bundle,
    )  # fmt: skip
    assert result.returncode == 1
    assert re.search(r"error: ckpt '.*models/model.pt': no such file", result.stderr)
    assert "Traceback" not in result.stderr
