# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which runtime a prediction takes, by what is installed and what passed the gate."""

from __future__ import annotations

import json
import re

import pytest

from scripts.errors import InputError
from scripts.runtimes import automatic, choice, gate_file
from scripts.runtimes.automatic import choose
from scripts.runtimes.gate_file import write_gate


@pytest.fixture
def exported(tmp_path):
    path = tmp_path / "exported.onnx"
    path.write_bytes(b"a model")
    return path


@pytest.fixture
def install(monkeypatch):
    def install(*names):
        for module in (automatic, choice):
            monkeypatch.setattr(module, "is_installed", lambda name: name in names)

    install("openvino", "onnxruntime", "torch", "torchscript")
    return install


def row(runtime, precision, milliseconds, passed=True):
    return {
        "runtime": runtime,
        "precision": precision,
        "passed": passed,
        "milliseconds": milliseconds,
        "reference_milliseconds": 40.0,
    }


ROWS = [
    row("torch", "float32", 40.0),
    row("openvino", "float32", 21.0),
    row("openvino", "int8", 5.0, passed=False),
    row("openvino", "bfloat16", 10.0),
    row("onnxruntime", "float32", 20.0),
]


def write_rows(exported, *rows):
    return write_gate(exported, exported.with_name("model.pt"), list(rows), {})


def test_without_a_gate_it_is_float32(install, exported):
    assert str(choose("auto", None, exported, True)[0]) == "openvino float32"
    install("onnxruntime", "torch")
    assert str(choose("auto", None, exported, True)[0]) == "onnxruntime float32"
    assert str(choose("auto", None, None, True)[0]) == "torch float32"
    assert str(choose("onnxruntime", None, exported, False)[0]) == "onnxruntime float32"


def test_with_a_gate_it_is_the_fastest_that_passed_and_is_installed(install, exported):
    write_rows(exported, *ROWS)
    made, reason, _ = choose("auto", None, exported, True)
    assert (str(made), "4.0 times as fast" in reason) == ("openvino bfloat16", True)
    assert str(choose("auto", "float32", exported, True)[0]) == "onnxruntime float32"
    install("onnxruntime", "torch")
    assert str(choose("auto", None, exported, True)[0]) == "onnxruntime float32"


def test_of_a_runtime_that_is_asked_for_it_is_the_fastest_precision_that_passed(install, exported):
    assert str(choose("openvino", None, exported, True)[0]) == "openvino float32"
    write_rows(exported, *ROWS, row("torch", "bfloat16", 20.0))
    assert str(choose("openvino", None, exported, True)[0]) == "openvino bfloat16"
    assert str(choose("openvino", "float32", exported, True)[0]) == "openvino float32"
    assert str(choose("onnxruntime", None, exported, True)[0]) == "onnxruntime float32"
    assert str(choose("torch", None, exported, True)[0]) == "torch float32"  # which may compute on a GPU


def test_what_passed_the_gate_is_computed_on_the_cpu(install, exported):
    """Where the gate measured it, although configs take a GPU if there is one."""
    write_rows(exported, row("torch", "float32", 40.0), row("torch", "bfloat16", 20.0))
    chosen = choose("auto", None, exported, True)
    assert (str(chosen.choice), chosen.device) == ("torch bfloat16", "cpu")
    assert choose("torch", "bfloat16", exported, True).device is None


def test_what_did_not_pass_the_gate_is_told(install, exported):
    write_rows(exported, row("torch", "float32", 40.0), row("openvino", "float32", 21.0, passed=False))
    install("openvino")
    chosen = choose("auto", None, exported, False)
    assert (str(chosen.choice), chosen.reason) == ("openvino float32", "did not pass the gate on this machine")


def test_a_gate_of_another_model_or_machine_does_not_count(install, exported, monkeypatch):
    path = write_rows(exported, *ROWS)
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "machine": "another"}))
    assert str(choose("auto", None, exported, True)[0]) == "openvino float32"
    path.write_text(json.dumps(content))
    exported.write_bytes(b"another model")
    assert str(choose("auto", None, exported, True)[0]) == "openvino float32"
    path.write_text("{}")
    with pytest.raises(InputError, match="exported.gate.json: is no result of the gate"):
        choose("auto", None, exported, True)


@pytest.fixture
def gated(install, exported):
    """An exported model with weights and calibration, whose int8 model is the fastest that passed, and a choice."""
    weights = exported.with_name("model.pt")
    for name in ("model.pt", "calibration.json", "exported.int8.onnx"):
        exported.with_name(name).write_bytes(name.encode())
    tested = [row("onnxruntime", "int8", 5.0), row("onnxruntime", "float32", 9.0), row("torch", "float32", 40.0)]
    write_rows(exported, *tested)
    return lambda alone=False: choose("auto", None, exported, not alone, None, None if alone else weights)


STALE = "not tested by the gate with these files, this calibration, version and machine; run .* gate again"


def test_another_int8_model_has_not_passed(gated, exported):
    assert str(gated().choice) == str(gated(alone=True).choice) == "onnxruntime int8"
    exported.with_name("exported.int8.onnx").write_bytes(b"another")
    assert str(gated().choice) == str(gated(alone=True).choice) == "onnxruntime float32"
    asked = choose("auto", "int8", exported, False)
    assert re.fullmatch(STALE, asked.reason)


@pytest.mark.parametrize("changed", ["another", None])
def test_with_another_calibration_nothing_has_passed(gated, exported, changed):
    path = exported.with_name("calibration.json")
    path.write_text(changed) if changed else path.unlink()
    assert str(gated().choice) == "openvino float32"
    assert re.fullmatch(STALE, gated().reason)
    assert str(gated(alone=True).choice) == "onnxruntime int8"  # its own calibration is in it


def test_another_version_of_a_runtime_has_not_passed(gated, monkeypatch):
    installed = gate_file.version
    monkeypatch.setattr(gate_file, "version", lambda name: "9" if name == "onnxruntime" else installed(name))
    assert str(gated().choice) == "torch float32"
    assert re.fullmatch(STALE, gated(alone=True).reason)


def test_other_weights_have_not_passed_in_pytorch(gated, install, exported):
    install("torch")
    assert "passed the gate" in gated().reason
    exported.with_name("model.pt").write_bytes(b"another")
    assert re.fullmatch(STALE, gated().reason)


def test_a_result_of_an_earlier_version_of_the_gate_does_not_count(gated, exported):
    path = exported.with_name("exported.gate.json")
    content = json.loads(path.read_text())
    del content["calibration"]
    for each in content["rows"]:
        del each["file"], each["version"]
    path.write_text(json.dumps(content))
    for alone in (False, True):
        assert str(gated(alone).choice) == "openvino float32"
        assert re.fullmatch(STALE, gated(alone).reason)


def test_a_device_other_than_the_cpu_needs_pytorch(install, exported):
    assert str(choose("auto", "bfloat16", exported, True, "cuda:0")[0]) == "torch bfloat16"
    assert str(choose("torchscript", None, exported, True, "cuda:0")[0]) == "torchscript float32"
    with pytest.raises(InputError, match="--precision int8: torch only has float32, bfloat16"):
        choose("auto", "int8", exported, True, "cuda:0")
    assert str(choose("auto", None, exported, True, "cpu:0")[0]) == "openvino float32"
    with pytest.raises(InputError, match="--runtime openvino --device cuda:0: openvino computes on the CPU"):
        choose("openvino", None, exported, True, "cuda:0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tensorrt", None), "--runtime tensorrt: must be one of auto, openvino, onnxruntime, torch, torchscript"),
        (("torchscript", "bfloat16"), "--precision bfloat16: torchscript only has float32"),
        (("torch", "int8"), "--precision int8: torch only has float32, bfloat16"),
        (("auto", "half"), "--precision half: must be one of float32, bfloat16, int8"),
        (("onnxruntime", "int8"), "--runtime onnxruntime: needs .*exported.int8.onnx; write it with .* export"),
    ],
)
def test_what_there_is_not(install, exported, arguments, message):
    with pytest.raises(InputError, match=message):
        choose(*arguments, exported, True)


def test_what_is_not_installed(install, exported):
    install("torch")
    with pytest.raises(InputError, match="--runtime openvino: is not installed; .*requirements-openvino.txt"):
        choose("openvino", None, exported, True)
    with pytest.raises(InputError, match="exported.onnx: needs ONNX Runtime: .*requirements-onnx.txt"):
        choose("auto", None, exported, False)
    with pytest.raises(InputError, match="--runtime torch: an exported model has no weights for it"):
        choose("torch", None, exported, False)
    install("openvino")
    with pytest.raises(InputError, match="--runtime torchscript: is not installed; .*requirements.txt"):
        choose("torchscript", None, None, True)
    with pytest.raises(InputError, match="--runtime openvino: needs an exported model; write it with"):
        choose("openvino", None, None, True)
    missing = exported.with_name("missing.onnx")
    with pytest.raises(InputError, match="--runtime auto: openvino: needs .*missing.onnx; write it with"):
        choose("auto", None, missing, True)
