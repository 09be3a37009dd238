# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, signal, time
from scripts.bundle import interruption
from scripts.bundle.process import prepare_process
prepare_process()
{before}
os.kill(os.getpid(), signal.{signal})
time.sleep(60)
"""
DISTILLATION = "interruption.begin('out', False); interruption.begin('out/teachers/benign', False)"


def run(name, before):
    words = [sys.executable, "-c", PROGRAM.format(before=before, signal=name)]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == -getattr(signal, name)  # of a process that its signal ended: 130 or 143 in a shell
    assert result.stdout == ""
    return result.stderr


@pytest.mark.parametrize(("name", "what"), [("SIGINT", "Interrupted"), ("SIGTERM", "Terminated")])
def test_one_line_says_how_to_go_on(name, what):
    expected = f"{what}. To resume the training in out, repeat the command with --resume true.\n"
    assert run(name, DISTILLATION) == expected


def test_a_training_that_replaced_another_is_not_to_be_replaced_itself():
    assert "with --resume true instead of --overwrite true" in run("SIGINT", "interruption.begin('out', True)")


def test_nothing_is_to_be_gone_on_with_after_the_end():
    assert run("SIGINT", f"{DISTILLATION}; interruption.end('out/teachers/benign'); interruption.end('out')") == (
        "Interrupted.\n"
    )


def test_a_program_keeps_its_own_way_to_end():
    """An application that trains, such as a server."""
    own = "signal.signal(signal.SIGTERM, lambda *_: os._exit(7)); prepare_process()"
    words = [sys.executable, "-c", PROGRAM.format(before=own, signal="SIGTERM").replace("prepare_process()\n", "", 1)]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (7, "")
