# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Damaged files give a result or one line; the first of the long run of ``make test-fuzz``, and what it found."""

from __future__ import annotations

import json
import sys

import pytest
import yaml

for package in ("av", "highdicom", "onnx", "onnxruntime"):
    pytest.importorskip(package, reason="needs requirements-dev.txt")
if sys.platform == "win32":
    pytest.skip("needs processes that fork", allow_module_level=True)

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from scripts.errors import InputError  # noqa: E402
from scripts.experiments.plan_file import read_plan_file  # noqa: E402
from scripts.prediction.onnx_segmenter import OnnxSegmenter  # noqa: E402
from tests.fuzz.readers import journal_of, made, onnx_of, readers  # noqa: E402
from tests.fuzz.run import fuzz, outcome  # noqa: E402

BY_NAME = {reader.name: reader for reader in readers()}
PLAIN = st.none() | st.booleans() | st.floats() | st.integers() | st.text()


@pytest.mark.parametrize("name", BY_NAME)
def test_damaged_files_give_a_result_or_one_line(name):
    counts, findings = fuzz(BY_NAME[name], range(8))
    assert findings == []
    assert counts["result"] + counts["refused"] == 8


@pytest.mark.parametrize("name", BY_NAME)
def test_the_files_that_were_damaged_are_valid(name):
    for seed in BY_NAME[name].seeds:
        assert outcome(BY_NAME[name], seed) == ("result", "")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_no_row_of_a_journal_is_other_than_it_was_written(data):
    """Whatever stretch of bytes comes in place of another."""
    content = made(journal_of)
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    changed = content[:start] + data.draw(st.binary(max_size=40)) + content[end:]
    assert outcome(BY_NAME["journal"], changed)[0] in ("result", "refused")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.recursive(PLAIN, lambda part: st.lists(part) | st.dictionaries(st.text(), part)))
def test_json_of_any_content_is_refused_in_one_line(content):
    for name in ("calibration", "datalist", "experiment"):
        assert outcome(BY_NAME[name], json.dumps(content).encode())[0] == "refused"


def test_metadata_of_a_model_that_is_no_text(tmp_path):
    content = made(onnx_of)
    place = content.index(b"lightbtseg") if b"lightbtseg" in content else content.index(b"ScaleIntensity")
    path = tmp_path / "a.onnx"
    path.write_bytes(content[:place] + b"\xff" + content[place + 1 :])
    with pytest.raises(InputError, match="a.onnx: cannot be read as an ONNX model"):
        OnnxSegmenter(path)


def changed(name, **values):
    """A valid file of a reader with other values."""
    return json.dumps({**json.loads(BY_NAME[name].seeds[-1]), **values}).encode()


GATE = {"runtime": "torch", "precision": "float32", "passed": True, "reference_milliseconds": 9.5}


@pytest.mark.parametrize("name, content", [
    ("gate", changed("gate", rows=[{**GATE, "milliseconds": 9.5}, {**GATE, "milliseconds": "fast"}])),
    ("gate", changed("gate", rows=[{**GATE, "milliseconds": float("nan")}])),
    ("gate", changed("gate", rows=[{**GATE, "milliseconds": 10**400}])),
    ("gate", changed("gate", rows=[{**GATE, "milliseconds": -1}])),
    ("gate", changed("gate", rows=[{**GATE, "milliseconds": 9.5, "runtime": "abacus"}])),
    ("figures of a run", b"[" * 5000),
    ("figures of a run", changed("figures of a run", lesion_dice={"mean": "high", "std": 0.1, "ci95": [0, 1]})),
    ("figures of a run", changed("figures of a run", lesion_iou=None)),
    ("figures of a run", changed("figures of a run", provenance=[])),
    ("figures of a run", changed("figures of a run", lesion_images="all")),
    ("command of a run", b"[" * 5000),
    ("command of a run", changed("command of a run", config_file=[7])),
    ("archive", BY_NAME["archive"].seeds[0][:60] + b"\xff" * 8 + BY_NAME["archive"].seeds[0][68:]),
])  # fmt: skip
def test_what_the_long_run_found_in_files_of_runs(name, content):
    assert outcome(BY_NAME[name], content)[0] == "refused"


@pytest.mark.parametrize("change, told", [
    (lambda plan: {**plan, "datasets": {7: next(iter(plan["datasets"].values()))}}, "text is expected, not 7"),
    (lambda plan: "[" * 5000, "is nested too deeply"),
])  # fmt: skip
def test_what_the_long_run_found_in_experiment_files(tmp_path, change, told):
    changed = change(yaml.safe_load(BY_NAME["experiment"].seeds[0]))
    path = tmp_path / "plan.yaml"
    path.write_text(changed if isinstance(changed, str) else yaml.safe_dump(changed))
    with pytest.raises(InputError, match=told):
        read_plan_file(path)
