# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import yaml

from scripts.__main__ import main
from scripts.bundle.config_review import review
from scripts.errors import InputError
from tests.paths import ROOT

CONFIGS = sorted([*ROOT.glob("configs/*.json"), *ROOT.glob("configs/*.yaml"), *ROOT.glob("configs/baselines/*.yaml")])
UNUSUAL = {
    "import": "$import os",
    "import_from": "$from shutil import rmtree",
    "dunder": "$__import__('os').system('id')",
    "component": {"_target_": "os.system", "command": "id"},
    "escape": "$[x for x in ().__class__.__base__.__subclasses__()]",
    "file": "%/etc/passwd",
    "pickle": "$torch.load('x')",
    "run_cmd": {"_target_": "monai.utils.misc.run_cmd", "cmd_list": ["id"]},
    "function": {"_target_": "run_cmd"},
    "call": "$monai.utils.run_cmd(['id'])",
    "modules": "$sys.modules['os'].system('id')",
    "through_torch": "$torch.serialization.os.system('id')",
    "through_ours": "$scripts.errors.sys.modules",
    "getattr": "$getattr(torch, 'x')",
    "optional": "$monai.utils.optional_import('os')[0].system('id')",
    "not_python": "$import os; (",
}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.name)
def test_the_bundles_configs_have_nothing_unusual(config):
    assert [use for use in review([config]) if not use.is_usual] == []


def test_what_could_harm_is_listed_and_not_run(tmp_path, capsys):
    path = tmp_path / "stranger.yaml"
    path.write_text(yaml.safe_dump({**UNUSUAL, "usual": "$@network.parameters()", "nested": [{"a": "$open('x')"}]}))
    assert main(["review", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split(":")[0].strip() for line in lines[1:-1]} == {*UNUSUAL, "nested#0#a"}
    assert lines[0] == f"{len(UNUSUAL) + 1} unusual, worth reading before the config is run:"
    assert lines[-1] == "1 like those of the bundle's configs (--all lists them)"


def test_escapes_of_the_terminal_are_shown_as_text(tmp_path, capsys):
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump({"a": "$'\x1b[2J' + open('x')"}))
    main(["review", str(path)])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(("content", "message"), [(None, "no such file"), ("a: [", "cannot be read as a config")])
def test_no_config(tmp_path, content, message):
    path = tmp_path / "a.yaml"
    if content:
        path.write_text(content)
    with pytest.raises(InputError, match=f"a.yaml: {message}"):
        review([path])
