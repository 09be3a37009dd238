# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from scripts.errors import InputError
from scripts.files.atomic import write_text
from scripts.files.folder_lock import hold, is_locked, locked, release
from tests.files.other_process import locked_elsewhere
from tests.paths import ROOT

HOLD = """
import sys
from scripts.files.atomic import write_text
from scripts.files.folder_lock import hold
hold(sys.argv[1])
print("locked", flush=True)
sys.stdin.read()
"""


def test_the_second_command_is_refused_and_writes_nothing(tmp_path):
    with locked_elsewhere(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(InputError, match=f"--output_dir {tmp_path}: another command is writing to this folder"):
            hold(tmp_path)
    assert not list(tmp_path.iterdir())
    hold(tmp_path)
    hold(tmp_path)  # by the same command
    release(tmp_path)


def test_a_lock_ends_with_its_process_however_it_ends(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        assert is_locked(tmp_path)
        process.kill()
    assert not is_locked(tmp_path)


def test_a_block_unlocks_also_after_an_error(tmp_path):
    with pytest.raises(KeyError), locked(tmp_path / "new"):
        raise KeyError
    assert (tmp_path / "new").is_dir()
    assert not is_locked(tmp_path / "new")
    assert not is_locked(tmp_path / "absent")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="--results_dir .*file/x: cannot be created: Not a directory"):
        hold(tmp_path / "file" / "x", "--results_dir")


@pytest.mark.parametrize("made_anew", [False, True])
def test_nothing_is_written_into_a_locked_folder_that_was_removed(tmp_path, made_anew):
    """It would have the later results alone, as if they were all."""
    folder = tmp_path / "out"
    with locked(folder):
        write_text(folder / "masks" / "a.txt", "a")
        shutil.rmtree(folder)
        if made_anew:
            folder.mkdir()
        with pytest.raises(InputError, match=f"^{folder}: was removed while results were written to it; start"):
            write_text(folder / "masks" / "b.txt", "b")
        write_text(tmp_path / "elsewhere.txt", "c")
    assert not list(tmp_path.rglob("b.txt"))
    write_text(folder / "b.txt", "b")
