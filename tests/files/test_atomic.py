# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import errno
import os

import pytest

from scripts.errors import InputError
from scripts.files.atomic import atomic_write


def test_a_missing_source_is_not_blamed_on_the_file_that_is_written(tmp_path):
    with pytest.raises(FileNotFoundError, match="source.txt"), atomic_write(tmp_path / "target.txt") as partial:
        partial.write_bytes((tmp_path / "source.txt").read_bytes())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("above", ["file", "file/deeper/still"])
def test_a_folder_that_cannot_be_made(tmp_path, above):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match="target.txt: cannot be written"),
        atomic_write(tmp_path / above / "target.txt"),
    ):
        pass


def test_a_target_that_is_a_folder(tmp_path):
    with pytest.raises(InputError, match="cannot be written: Is a directory"), atomic_write(tmp_path) as partial:
        partial.write_text("")


def test_a_full_disk(tmp_path):
    """Writing to an open file fails without its name."""
    with (
        pytest.raises(InputError, match="target.txt: cannot be written: No space"),
        atomic_write(tmp_path / "target.txt"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_that_cannot_be_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(InputError, match="target.txt: cannot be written: File exists"),
        atomic_write("target.txt") as partial,
    ):
        partial.write_text("")
        partial.absolute().open("x")
