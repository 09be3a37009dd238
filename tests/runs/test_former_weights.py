# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts restore`` on folders of weights, and what a training keeps."""

from __future__ import annotations

import pytest

from scripts.__main__ import main
from scripts.runs.former_weights import keep, replace_weights


@pytest.fixture
def models(tmp_path):
    """Weights "first" with datalist and calibration, replaced by "second", then by "third", both without."""
    for name in ("model.pt", "datalist.json", "calibration.json"):
        (tmp_path / name).write_text(f"first {name}")
    (tmp_path / "teacher_benign.pt").write_text("teacher")
    for name, dice in (("second", 0.5), ("third", 0.6)):
        (tmp_path / "new.pt").write_text(name)
        keep(tmp_path, "replaced by a training", {"validation_lesion_dice": dice})
        replace_weights(tmp_path, {"model.pt": tmp_path / "new.pt"})
    (tmp_path / "new.pt").unlink()
    return tmp_path


def restore(models, *words):
    return main(["restore", "--models_dir", str(models), *words])


def content(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file() and path.name != "kept.json"}


FIRST = {name: f"first {name}" for name in ("model.pt", "datalist.json", "calibration.json")}


def test_the_list_has_the_figures(models, capsys):
    assert restore(models, "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["1", "2"]
    assert "validation_lesion_dice 0.5000" in lines[0]
    assert content(models)["model.pt"] == "third", "listing changes nothing"


def test_back_to_the_weights_before(models):
    assert restore(models) == 0
    assert content(models) == {"model.pt": "second", "teacher_benign.pt": "teacher"}
    assert content(models / "former" / "3") == {"model.pt": "third"}, "the current ones are kept"


def test_back_to_chosen_weights_and_forward_again(models):
    assert restore(models, "--number", "1") == 0
    assert content(models) == {**FIRST, "teacher_benign.pt": "teacher"}
    assert restore(models) == 0
    assert content(models) == {"model.pt": "third", "teacher_benign.pt": "teacher"}
    assert content(models / "former" / "4") == FIRST


def test_nothing_to_go_back_to(tmp_path, capsys):
    (tmp_path / "model.pt").write_text("only")
    assert restore(tmp_path) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / 'former'}: no former weights")
    assert content(tmp_path) == {"model.pt": "only"}
    assert restore(tmp_path, "--list") == 0
    assert capsys.readouterr().out == f"{tmp_path}: no former weights\n"


def test_an_unknown_number(models, capsys):
    assert restore(models, "--number", "7") == 2
    assert capsys.readouterr().err == "error: --number 7: no such former weights; there are 1, 2\n"


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.pt", lambda path: path.write_text("fir")),
        ("model.pt", lambda path: path.unlink()),
        ("calibration.json", lambda path: path.write_text("{}")),
        ("kept.json", lambda path: path.write_text('{"sha256')),
        ("kept.json", lambda path: path.write_text("[]")),
        ("kept.json", lambda path: path.unlink()),
    ],
)
def test_a_damaged_file_is_an_error_and_changes_nothing(name, damage, models, capsys):
    damage(models / "former" / "1" / name)
    before = content(models)
    assert restore(models, "--number", "1") == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {models / 'former' / '1' / name}: missing or damaged") and error.count("\n") == 1
    assert content(models) == before
    assert not (models / "former" / "3").exists()
    assert restore(models, "--list") == 0
