# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import sys

import pytest

from scripts.errors import InputError
from scripts.runs.command_record import record_command, restore_command


def argv(*words, config="configs/train.json"):
    return ["/lib/monai/bundle/__main__.py", "run", "--config_file", config, *words]


@pytest.fixture
def run(tmp_path):
    record_command(tmp_path, argv("--seed", "3", "--amp", "false", "--epochs", "2", "--output_dir", str(tmp_path)))
    return tmp_path


@pytest.fixture
def started_again(monkeypatch):
    """The words that this process would start again with."""
    words = []
    monkeypatch.setattr(os, "execv", lambda program, arguments: words.extend(arguments))
    monkeypatch.setattr(sys, "orig_argv", ["python"])
    return words


def test_the_same_options_go_on(run, started_again):
    words = argv("--seed", "3", "--amp", "no", "--epochs", "2", "--output_dir", str(run), "--resume", "true")
    restore_command(run, True, words)
    assert started_again == []


def test_options_left_out_are_restored(run, started_again):
    restore_command(run, True, argv("--output_dir", str(run), "--resume", "true"))
    assert started_again == ["python", "--seed", "3", "--amp", "false", "--epochs", "2"]


def test_so_are_the_data_and_the_device(tmp_path, started_again):
    given = ("--dataset_dir", "data/BUSI", "--device", "cpu", "--num_workers", "2", "--keep_checkpoint", "false")
    record_command(tmp_path, argv(*given, "--output_dir", str(tmp_path), "--overwrite", "true"))
    restore_command(tmp_path, True, argv("--output_dir", str(tmp_path), "--resume", "true", "--device", "cuda:0"))
    assert started_again == ["python", *given[:2], *given[4:]]


def test_a_folder_that_does_not_exist_is_not_resumed(tmp_path, started_again):
    missing = tmp_path / "misspelt"
    with pytest.raises(InputError, match="^--resume true: there is no folder --output_dir .*misspelt; omit --resume"):
        restore_command(missing, True, argv("--output_dir", str(missing), "--resume", "true"))
    restore_command(tmp_path, True, argv("--output_dir", str(tmp_path), "--resume", "true"))  # interrupted early
    assert started_again == []


def test_where_and_how_fast_may_change(run, started_again):
    free = ("--num_workers", "4", "--dataset_dir", "elsewhere", "--device", "cpu", "--epochs", "9")
    restore_command(run, True, argv("--seed", "3", "--amp", "0", *free))
    assert started_again == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--seed", "4"), "--seed 4: the run in .* was started with 3"),
        (("--amp", "true"), "--amp true: the run in .* was started with false"),
        (("--batch_size", "4"), "--batch_size 4: .* without this option"),
    ],
)
def test_another_option_is_refused(run, started_again, words, message):
    with pytest.raises(InputError, match=message):
        restore_command(run, True, argv(*words, "--resume", "true"))
    assert started_again == []


def test_another_config_is_refused(run):
    with pytest.raises(InputError, match="--config_file configs/distill.yaml: the run in .* configs/train.json"):
        restore_command(run, True, argv(config="configs/distill.yaml"))


def test_the_configs_of_the_run_are_told_as_they_were_given(tmp_path):
    overlay = tmp_path / "own" / "small.yaml"
    overlay.parent.mkdir()
    overlay.write_text("epochs: 3\n")
    record_command(tmp_path, argv(config=f"['configs/train.json','{overlay}']"))
    with pytest.raises(InputError, match=f"was started with configs/train.json {overlay}; resume it"):
        restore_command(tmp_path, True, argv())


def test_the_bundle_may_have_moved(run, started_again):
    restore_command(run, True, argv("--seed", "3", "--amp", "no", "--epochs", "2", config="/new/configs/train.json"))
    assert started_again == []


def test_nothing_is_restored_unasked(run, started_again):
    restore_command(run, False, argv("--seed", "4"))
    assert started_again == []


def test_a_record_stays_when_the_run_goes_on(run):
    before = (run / "command.json").read_text()
    record_command(run, argv("--seed", "3", "--resume", "true"))
    assert (run / "command.json").read_text() == before


def test_a_training_that_is_made_longer_stays_so_if_it_is_interrupted_again(run, started_again):
    words = argv("--seed", "3", "--amp", "false", "--epochs", "5", "--output_dir", str(run), "--resume", "true")
    restore_command(run, True, words)
    record_command(run, words)
    restore_command(run, True, argv("--output_dir", str(run), "--resume", "true"))
    assert started_again == ["python", "--seed", "3", "--amp", "false", "--epochs", "5"]
    assert json.loads((run / "config.json").read_text())["epochs"] == 5


def test_a_damaged_record_is_named(run):
    (run / "command.json").write_text("{}")
    with pytest.raises(InputError, match="command.json: is damaged"):
        restore_command(run, True, argv())


def test_other_programs_leave_no_record(tmp_path):
    record_command(tmp_path, ["/bin/pytest", "run", "--seed", "3"])
    assert not list(tmp_path.iterdir())
