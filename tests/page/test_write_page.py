# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The command page: what it writes, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.page import runtime
from scripts.page.write_page import STATIC, write_page
from scripts.prediction.chosen_network import ChosenNetwork
from scripts.runtimes.gate_file import write_gate
from tests.paths import ROOT
from tests.prediction.test_export import WITHOUT

pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder like the unpacked npm package, with other content."""
    folder = tmp_path / "package"
    (folder / "dist").mkdir(parents=True)
    checksums = {}
    for name in runtime.CHECKSUMS:
        content = f"content of {name}".encode()
        (folder / "dist" / name).write_bytes(content)
        checksums[name] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(runtime, "CHECKSUMS", checksums)
    return folder


def texts(folder):
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.*")}


def test_the_folder_has_all_that_the_page_refers_to(exported, package, tmp_path, capsys):
    folder = tmp_path / "page"
    words = ["page", "--run", str(exported), "--output", str(folder), "--onnxruntime_web", str(package)]
    assert main(words) == 0
    assert "index.html" in capsys.readouterr().out
    files = texts(folder)
    used = re.findall(r'(?:src|href)="(?!data:|#)([^"]+)"', files["index.html"])
    assert set(used) <= files.keys()
    # Each script and style of the source is used.
    assert {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.*")} - {"index.html"} <= set(used)
    assert "Apache License" in files["LICENSE.txt"] and "BUSI" in files["LICENSE.txt"]
    assert "MIT" in files["onnxruntime-web/LICENSE.txt"]
    assert main(words) == 2
    assert "has files; give --overwrite" in capsys.readouterr().err
    assert main([*words, "--overwrite"]) == 0
    assert texts(folder) == files  # the same bytes


def test_the_network_comes_with_its_settings(exported, package, tmp_path):
    write_page(ChosenNetwork(exported), tmp_path / "page", package)
    script = (tmp_path / "page" / "network.js").read_text(encoding="utf-8")
    network = json.loads(script[script.index("network = ") + len("network = ") :].rstrip(";\n"))
    assert {step["name"] for step in network["steps"]} >= {"ScaleIntensity", "Resize"}
    assert network["calibration"]["threshold"] == pytest.approx(json.loads(CALIBRATION.read_text())["threshold"])
    assert network["provenance"]["network"] == "EfficientUNet"
    assert network["columns"][0] == "file"


CALIBRATION = ROOT / "models" / "calibration.json"


@pytest.mark.parametrize("runtime", ["torch", "torchscript"])
def test_what_is_fastest_on_this_machine_does_not_matter(runtime, exported, package, tmp_path):
    for name in ("model.pt", "calibration.json"):
        shutil.copy2(ROOT / "models" / name, tmp_path / name)
    model = Path(shutil.copy2(exported, tmp_path / "exported.onnx"))
    times = {"milliseconds": 1.0, "reference_milliseconds": 2.0}
    rows = [{"runtime": runtime, "precision": "float32", "passed": True, **times}]
    write_gate(model, model.with_name("model.pt"), rows, {})
    write_page(ChosenNetwork(ckpt=tmp_path / "model.pt"), tmp_path / "page", package)
    write_page(ChosenNetwork(exported), tmp_path / "alone", package)
    assert (tmp_path / "page/network.js").read_bytes() == (tmp_path / "alone/network.js").read_bytes()


def test_an_exported_model_needs_no_pytorch(exported, tmp_path):
    code = f"""{WITHOUT}
from pathlib import Path
from scripts.page import runtime, write_page
from scripts.prediction.chosen_network import ChosenNetwork
write_page.runtime_files = lambda package: dict.fromkeys(runtime.CHECKSUMS, b"")
write_page.write_page(ChosenNetwork({str(exported)!r}), Path({str(tmp_path)!r}))
assert not {{"torch", "monai", "ignite"}} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").is_file()


def test_a_packed_package_is_read_as_well(package, tmp_path):
    packed = tmp_path / "package.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(package, "package")
    assert runtime.runtime_files(packed) == runtime.runtime_files(package)


def test_packages_that_are_not_the_right_one(package, tmp_path):
    def message(path):
        with pytest.raises(Exception) as error:
            runtime.runtime_files(path)
        assert "\n" not in str(error.value)
        return str(error.value)

    (package / "dist" / runtime.SCRIPT).write_text("another version")
    assert f"dist/{runtime.SCRIPT} is not that of onnxruntime-web {runtime.VERSION}" in message(package)
    (package / "dist" / runtime.WASM).unlink()
    assert "No such file" in message(package)
    assert "No such file" in message(tmp_path / "missing")
    (tmp_path / "a.tgz").write_bytes(b"x" * 600)
    assert f"--onnxruntime_web {tmp_path}/a.tgz: not the package" in message(tmp_path / "a.tgz")
    with tarfile.open(tmp_path / "b.tgz", "w:gz") as archive:
        archive.add(ROOT / "LICENSE", "package/LICENSE")
    assert "not the package" in message(tmp_path / "b.tgz")


@pytest.mark.parametrize(
    "npm, message",
    [(None, "npm, which would download onnxruntime-web"), ("exit 1", "npm could not download onnxruntime-web")],
)
def test_without_npm_or_a_network(npm, message, exported, tmp_path, monkeypatch, capsys):
    (tmp_path / "bin").mkdir()
    if npm is not None:
        (tmp_path / "bin" / "npm").write_text(f"#!/bin/sh\n{npm}\n")
        os.chmod(tmp_path / "bin" / "npm", 0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert main(["page", "--run", str(exported), "--output", str(tmp_path / "page")]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (tmp_path / "page").exists()


def test_mistakes(exported, package, tmp_path, capsys):
    def error(*words):
        assert main(["page", "--onnxruntime_web", str(package), *map(str, words)]) == 2
        message = capsys.readouterr().err
        assert message.count("\n") == 1
        return message

    (tmp_path / "file").touch()
    assert "is not a folder" in error("--run", exported, "--output", tmp_path / "file")
    assert "no such file" in error("--run", tmp_path / "none.onnx", "--output", tmp_path / "page")
    assert "cannot be read as an ONNX model" in error("--run", broken(tmp_path), "--output", tmp_path / "page")
    assert not (tmp_path / "page").exists()


def broken(folder):
    (folder / "broken.onnx").write_bytes(b"x")
    return folder / "broken.onnx"
