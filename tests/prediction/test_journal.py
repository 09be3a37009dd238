# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a prediction has done is known after whatever ended it."""

from __future__ import annotations

import json

import pytest

from scripts.errors import InputError
from scripts.prediction.journal import FILE, Journal

SETTINGS = {"weights": "abc", "spacing": (0.1, 0.2), "image_size": 224}


@pytest.fixture
def path(tmp_path):
    return tmp_path / FILE


def note(journal, name, rows=1, error=None, stamp=(1, 2)):
    attempt = journal.begin()
    for number in range(rows):
        journal.add_row(attempt, {"file": name, "frame": number}, {"outlines": [], "attempt": attempt})
    if error != "killed":
        journal.end(attempt, name, list(stamp), error=error)


def rows(journal):
    return [(row["file"], row["frame"]) for row, _ in journal.rows()]


def test_what_is_done_is_remembered(path):
    journal = Journal(path, SETTINGS)
    note(journal, "a.png", rows=2)
    note(journal, "b\udcff\n.png", error="is damaged")
    note(journal, "c.png", error="killed")
    assert journal.failures() == {"b\udcff\n.png": "is damaged"}
    journal.close()
    journal = Journal(path, SETTINGS)
    assert journal.is_done("a.png", [1, 2])
    assert not journal.is_done("a.png", [1, 3])
    assert not any(journal.is_done(name, [1, 2]) for name in ("b\udcff\n.png", "c.png", "d.png"))
    assert rows(journal) == [("a.png", 0), ("a.png", 1)]
    assert journal.failures() == {}  # to be done again
    assert sorted(row["file"] for row in journal.outdated()) == ["b\udcff\n.png", "c.png"]
    journal.close()


def test_the_last_attempt_counts(path):
    journal = Journal(path, SETTINGS)
    note(journal, "a.png", rows=3, error="is damaged")
    note(journal, "a.png", rows=2)
    assert (rows(journal), journal.failures()) == ([("a.png", 0), ("a.png", 1)], {})
    note(journal, "a.png", rows=1)
    assert rows(journal) == [("a.png", 0)]
    note(journal, "a.png", rows=1, error="is damaged")
    assert (rows(journal), journal.failures()) == ([], {"a.png": "is damaged"})


def test_drawings_are_found_again(path):
    journal = Journal(path, SETTINGS)
    note(journal, "a.png", rows=2)
    note(journal, "b.png", rows=2)
    offsets = [offset for _, offset in journal.rows()]
    assert [journal.drawing(offset)[0]["file"] for offset in offsets] == ["a.png", "a.png", "b.png", "b.png"]
    assert [journal.drawing(offset)[1]["attempt"] for offset in offsets] == [1, 1, 2, 2]


def test_a_kill_at_any_byte_loses_no_more_than_the_file_under_way(path):
    journal = Journal(path, SETTINGS)
    ends = []
    for name in ("a.png", "b.png", "c.png"):
        note(journal, name)
        ends.append(path.stat().st_size)  # of what has reached the disk
    journal.close()
    content = path.read_bytes()
    assert ends[-1] == len(content)
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        journal = Journal(path, SETTINGS)
        done = [name for name in ("a.png", "b.png", "c.png") if journal.is_done(name, [1, 2])]
        assert len(done) == sum(end <= length for end in ends)
        note(journal, "d.png")
        journal.close()
        journal = Journal(path, SETTINGS)
        assert rows(journal) == [(name, 0) for name in [*done, "d.png"]]
        journal.close()


@pytest.mark.parametrize(
    "name, value, told",
    [
        ("weights", "abd", "weights abc, not abd"),
        ("spacing", None, r"spacing \[0.1, 0.2\], not None"),
        ("new", 1, "new"),
    ],
)
def test_other_settings_are_refused(path, name, value, told):
    Journal(path, SETTINGS).close()
    with pytest.raises(InputError, match=f"--resume: .*{told}.* use the same options, or --overwrite"):
        Journal(path, {**SETTINGS, name: value})


@pytest.mark.parametrize(
    "content", [b"text\n", b'{"epoch": 1}\n{"epoch": 2}\n', b"[1]\n", b'{"settings": 3}\n', b"\xff\n"]
)
def test_what_is_no_journal_is_left_as_it_is(path, content):
    path.write_bytes(content)
    with pytest.raises(InputError, match="progress.jsonl: not the progress file of a prediction"):
        Journal(path, SETTINGS)
    assert path.read_bytes() == content


def test_lines_that_are_none_end_what_is_known(path):
    journal = Journal(path, SETTINGS)
    note(journal, "a.png")
    journal.close()
    with path.open("a") as file:
        file.write('{"end": "b.png"}\n{"attempt": "x"}\nrubbish\n' + json.dumps({"end": "c.png"}) + "\n")
    journal = Journal(path, SETTINGS)
    assert journal.is_done("a.png", [1, 2])
    note(journal, "b.png")
    assert rows(journal) == [("a.png", 0), ("b.png", 0)]


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="progress.jsonl: cannot be written"):
        Journal(tmp_path / "absent" / FILE, SETTINGS)
    (tmp_path / FILE).mkdir()
    with pytest.raises(InputError, match="progress.jsonl: cannot be written"):
        Journal(tmp_path / FILE, SETTINGS)


def test_a_full_disk_is_told():
    from pathlib import Path

    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    journal = object.__new__(Journal)
    journal.path, journal._ends, journal._attempts = Path("/dev/full"), {}, 0
    journal._file = Path("/dev/full").open("w", encoding="ascii")
    with pytest.raises(InputError, match="cannot be written: No space left"):
        note(journal, "a.png")
    journal.close()
