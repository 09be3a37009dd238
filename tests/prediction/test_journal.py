# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a prediction has done is known after whatever ended it."""

from __future__ import annotations

import re

import pytest

from scripts.errors import InputError
from scripts.prediction.journal import FILE, Journal

SETTINGS = {"weights": "abc", "spacing": (0.1, 0.2), "image_size": 224}


@pytest.fixture
def path(tmp_path):
    return tmp_path / FILE


def note(journal, name, rows=1, error=None, content="abc"):
    attempt = journal.begin()
    for number in range(rows):
        journal.add_row(attempt, {"file": name, "frame": number}, {"outlines": [], "attempt": attempt})
    if error != "killed":
        journal.end(attempt, name, content, error=error)


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
    assert journal.is_done("a.png", "abc")
    assert not journal.is_done("a.png", "abd")
    assert not journal.is_done("a.png", None)
    assert not any(journal.is_done(name, "abc") for name in ("b\udcff\n.png", "c.png", "d.png"))
    assert rows(journal) == [("a.png", 0), ("a.png", 1)]
    assert journal.failures() == {"b\udcff\n.png": "is damaged"}
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
        done = [name for name in ("a.png", "b.png", "c.png") if journal.is_done(name, "abc")]
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


def edits(lines):
    """What can happen to a line of a journal: what is done, the lines afterwards, and the first that is not valid."""
    middle = len(lines) // 2
    for place in (1, middle, len(lines) - 1):
        line, others = lines[place], (lines[:place], lines[place + 1 :])
        yield "a figure", [*others[0], re.sub(rb"\d", b"99", line, count=1), *others[1]], place
        yield "a name", [*others[0], line.replace(b".png", b".bmp", 1), *others[1]], place
        yield "a bit", [*others[0], bytes([line[0] ^ 1]) + line[1:], *others[1]], place
        yield "cut", [*others[0], line[:20] + b"\n", *others[1]], place
        yield "emptied", [*others[0], b"\0" * (len(line) - 1) + b"\n", *others[1]], place
        yield "spaces", [*others[0], line.replace(b": ", b":"), *others[1]], place
        yield "twice", [*others[0], line, line, *others[1]], place + 1
        yield "inserted", [*others[0], b'{"end": "b.png"}\n', line, *others[1]], place
        yield "removed", [*others[0], *others[1]], place
        if place > 1:
            yield "moved", [*others[0][:-1], line, others[0][-1], *others[1]], place - 1


def test_no_line_counts_after_one_that_was_edited(path, caplog):
    journal = Journal(path, SETTINGS)
    for name in ("a.png", "b.png", "c.png", "d.png"):
        note(journal, name)
    journal.close()
    lines = path.read_bytes().splitlines(keepends=True)
    for what, edited, place in edits(lines):
        path.write_bytes(b"".join(edited))
        caplog.clear()
        journal = Journal(path, SETTINGS)
        done = [name for name in ("a.png", "b.png", "c.png", "d.png") if journal.is_done(name, "abc")]
        assert done == ["a.png", "b.png", "c.png", "d.png"][: (place - 1) // 2], (what, place)
        if not (what == "removed" and place == len(lines) - 1):  # as if it had been interrupted before
            assert f"line {place + 1} is damaged or was edited; the files from there on are segmented" in caplog.text
        note(journal, "e.png")
        assert rows(journal) == [(name, 0) for name in [*done, "e.png"]]
        journal.close()


def test_lines_of_another_journal_do_not_count(path, tmp_path):
    for name, settings in (("a.png", SETTINGS), ("b.png", {**SETTINGS, "weights": "other"})):
        journal = Journal(tmp_path / f"{name}.jsonl", settings)
        note(journal, name)
        journal.close()
    first, *_ = (tmp_path / "a.png.jsonl").read_bytes().splitlines(keepends=True)
    _, *others = (tmp_path / "b.png.jsonl").read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first, *others]))
    journal = Journal(path, SETTINGS)
    assert (rows(journal), journal.done()) == ([], {})


def test_a_change_by_another_program_in_the_meantime_is_told(path):
    journal = Journal(path, SETTINGS)
    note(journal, "a.png")
    note(journal, "b.png")
    path.write_bytes(path.read_bytes().replace(b"a.png", b"c.png"))
    with pytest.raises(InputError, match="line 2 is damaged or was edited"):
        rows(journal)


def test_a_journal_that_is_removed_meanwhile_is_told(path):
    journal = Journal(path, {})
    path.unlink()
    with pytest.raises(InputError, match="was removed during the prediction"):
        journal.end(journal.begin(), "a.png", "c")


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
    journal.path, journal._ends, journal._attempts, journal._check = Path("/dev/full"), {}, 0, ""
    journal._file = Path("/dev/full").open("w", encoding="ascii")
    with pytest.raises(InputError, match="cannot be written: No space left"):
        note(journal, "a.png")
    journal.close()
