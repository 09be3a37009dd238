# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import re

import pytest

from scripts.errors import InputError
from scripts.experiments.plan import read_plan
from tests.experiments.results import PLAN, write_plan
from tests.paths import ROOT


@pytest.fixture
def content():
    return copy.deepcopy(PLAN)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("cells"), "the file: 'cells' is missing"),
        (lambda c: c.update(sells=[]), "the file: 'sells' is an unknown key"),
        (lambda c: c["presets"]["tiny"].pop("epochs"), "presets: tiny: 'epochs' is missing"),
        (lambda c: c["trainings"]["student"].pop("configs"), "trainings: student: 'configs' is missing"),
        (
            lambda c: c["trainings"]["student"].update(teachers={"a": "b"}),
            "trainings: student: teachers: a: 'b' is unknown",
        ),
        (
            lambda c: c["cells"][0].update(trainings=["net"]),
            r"cells\[0\]: trainings: 'net' is unknown; choose from student",
        ),
        (
            lambda c: c["trainings"]["student"].update(configs=["trian.json"]),
            r"trainings: student: configs: 'trian.json': there is no such file in configs/",
        ),
        (
            lambda c: c["datasets"].update(busi="BUSSI"),
            r"datasets: busi: 'BUSSI' is unknown; choose from BUSI, .*, generic \(phantoms are BUSI\)",
        ),
        (lambda c: c["datasets"].update(busi="BUSI + BREAST"), "datasets: busi: 'BREAST' is unknown"),
        (lambda c: c["tables"]["table1"].update(folds=[7]), "tables: table1: folds: 7 is in no cells"),
        (lambda c: c["tables"]["table1"]["rows"][1].update(folds=[7]), r"table1: rows\[1\]: folds: 7 is in no cells"),
        (lambda c: c["comparisons"][1].update(folds=[0, 7]), r"comparisons\[1\]: folds: 7 is in no cells"),
        (lambda c: c["cells"][0].update(datasets=["isic"]), r"cells\[0\]: datasets: 'isic' is unknown"),
        (
            lambda c: c["tables"]["table1"]["rows"].append({"training": "net"}),
            r"table1: rows\[3\]: training: 'net' is unknown",
        ),
        (lambda c: c["tables"]["table1"]["published"]["busi"].update(net={}), "published: busi: 'net' is unknown"),
        (lambda c: c["comparisons"][0].update(first="net"), r"comparisons\[0\]: first: 'net' is unknown"),
        (lambda c: c.update(test_classes=["cystic"]), "test_classes: 'cystic' is unknown"),
        (lambda c: c.update(cells=[]), "cells: the list is empty"),
        (lambda c: c.update(trainings=["student"]), r"trainings: a mapping is expected, not \['student'\]"),
        (lambda c: c["cells"][0].update(seeds=0), r"cells\[0\]: seeds: a list is expected, not 0"),
        (
            lambda c: c["trainings"]["student"].update(configs="train.json"),
            "trainings: student: configs: a list is expected, not 'train.json'",
        ),
        (lambda c: c["trainings"]["student"].update(options=None), "student: options: a mapping is expected, not None"),
        (
            lambda c: c["trainings"]["student"].update(options={"fold": 3}),
            "student: options: 'fold' cannot be set for a training; its cell, preset or data set sets it",
        ),
        (
            lambda c: c["trainings"]["student"].update(options={"x": ["$__import__('os').system('id')"]}),
            "student: options: x: .* is not allowed; write values, expressions",
        ),
        (
            lambda c: c["trainings"]["student"].update(options={"network_def": {"_target_": "os.system"}}),
            "student: options: network_def: _target_ 'os.system' is not allowed; .*into an overlay in configs/",
        ),
        (
            lambda c: c["presets"]["tiny"].update(network_def={"a": {"_target_": "monai.bundle.run"}}),
            "_target_ 'monai.bundle.run' is not allowed",
        ),
        (lambda c: c["presets"]["tiny"].update(device="$exit()"), r"device: '\$exit\(\)' is not allowed"),
        (
            lambda c: c["trainings"]["student"].update(configs=["../secret.yaml"]),
            "student: configs.*: '../secret.yaml' is not a file below configs/; put an overlay of your own there",
        ),
        (lambda c: c["trainings"]["student"].update(epochs_factor=0), "epochs_factor: a number above 0"),
        (lambda c: c["trainings"]["student"].update(title="Teacher"), "trainings: two have the title 'Teacher'"),
        (
            lambda c: c["trainings"]["student"].update(teachers={"a": "student"}),
            "trainings: student: teachers: 'student' has teachers itself",
        ),
        (lambda c: c["tables"]["table1"].update(rows={}), "table1: rows: a list is expected"),
        (
            lambda c: c["presets"]["tiny"].update(epochs=0),
            "presets: tiny: epochs: a whole number from 1 is expected, not 0",
        ),
        (lambda c: c["presets"]["tiny"].update(epochs="9"), "epochs: a whole number is expected, not '9'"),
        (
            lambda c: c["cells"][0].update(seeds=[0, True]),
            r"cells\[0\]: seeds\[1\]: a whole number is expected, not True",
        ),
        (lambda c: c["cells"][0].update(folds=[]) or c["cells"].pop(), "yaml: cells: the list is empty"),
        (lambda c: c["datasets"].update(busi=3), "datasets: busi: text is expected, not 3"),
        (lambda c: c["trainings"].update(new=[]), r"trainings: new: a mapping is expected, not \[\]"),
        (
            lambda c: c["tables"]["table1"]["published"].update(isic={}),
            "tables: table1: published: 'isic' is unknown; choose from busi",
        ),
        (
            lambda c: c["tables"]["table1"].update(datasets=["breast"]),
            "tables: table1: published: 'busi' is unknown; choose from breast",
        ),
        (
            lambda c: c["tables"]["table1"]["published"]["busi"]["student"].update(loss=0.1),
            "table1: published: busi: student: 'loss' is unknown; choose from dice",
        ),
        (
            lambda c: c["tables"]["table1"]["rows"][0].update(test_classes=["cystic"]),
            r"table1: rows\[0\]: test_classes: 'cystic' is unknown; choose from benign",
        ),
    ],
)
def test_what_does_not_fit_is_named(content, tmp_path, change, message):
    change(content)
    with pytest.raises(InputError, match=message):
        write_plan(tmp_path, content)


def test_the_example_of_the_documents(tmp_path):
    page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    path = tmp_path / "presence_costs.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[1], encoding="utf-8")
    cells = read_plan(path).cells("quick")
    assert [cell.name for cell in cells][:2] == ["quick/busi/fold0/seed0/plain", "quick/busi/fold0/seed0/presence"]
    assert len(cells) == 6


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(InputError, match="no such experiment file"):
        read_plan(tmp_path / "absent.yaml")
    (tmp_path / "list.yaml").write_text("[1, 2]")
    with pytest.raises(InputError, match="the file: a mapping is expected"):
        read_plan(tmp_path / "list.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(InputError, match="latin.yaml: cannot be read"):
        read_plan(tmp_path / "latin.yaml")
    (tmp_path / "list_as_key.yaml").write_text("[1, 2]: a")
    with pytest.raises(InputError, match="list_as_key.yaml: cannot be read"):
        read_plan(tmp_path / "list_as_key.yaml")
    (tmp_path / "broken.yaml").write_text("a: [1")
    with pytest.raises(InputError, match="broken.yaml: cannot be read"):
        read_plan(tmp_path / "broken.yaml")


@pytest.mark.parametrize("key", ["student", "epochs"])
def test_a_key_that_stands_twice_is_named(content, tmp_path, key):
    text = write_plan(tmp_path, content).path.read_text()
    twice = {"student": "  student: {title: Again, configs: [train.json]}\n", "epochs": "    epochs: 90\n"}[key]
    before = {"student": "\ntrainings:\n", "epochs": "  tiny:\n"}[key]
    path = tmp_path / "twice.yaml"
    path.write_text(text.replace(before, before + twice))
    with pytest.raises(InputError, match=f"twice.yaml: the key '{key}' stands twice; remove one of them"):
        read_plan(path)
