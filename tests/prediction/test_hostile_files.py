# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One batch with well over a hundred bad files: each costs itself one line, and no other file anything."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import redirect_stderr

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from scripts.errors import printable  # noqa: E402
from scripts.prediction.journal import FILE  # noqa: E402
from tests.prediction.batches import files_below, run_batch  # noqa: E402
from tests.prediction.hostile import CUT, FAILING, GREY, WORKING, picture, text  # noqa: E402

# Each in a folder of its own, since results are named without suffix.
PLACE = {name: f"{number}/{name}" for number, name in enumerate({**FAILING, **WORKING})}
GOOD = [f"good {number}.png" for number in range(3)]


def state(folder):
    """All files of a folder with what is in them."""
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else path.lstat().st_mode
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The outcome of a batch of all of them, what it wrote to the terminal, and where it read."""
    root = tmp_path_factory.mktemp("hostile")
    folder = root / "in"
    folder.mkdir()
    (root / "target").mkdir()
    picture()(root / "target" / "good.png")
    for name, make in {**FAILING, **WORKING}.items():
        path = folder / PLACE[name]
        path.parent.mkdir()
        make(path)
    for number, name in enumerate(GOOD):
        Image.fromarray(np.roll(GREY, number, axis=1)).save(folder / name)
    (folder / "a folder.png").mkdir()
    picture()(folder / "a folder.png" / "good.png")
    before = state(root)
    told = io.StringIO()
    with redirect_stderr(told):
        outcome = run_batch([folder], root / "out")
    after = state(root)
    assert {path: after[path] for path in after if root / "out" not in (path, *path.parents)} == before
    errors = [line for line in told.getvalue().splitlines() if line.startswith("error: ")]
    return outcome, errors, told.getvalue(), folder


@pytest.mark.parametrize("name", FAILING, ids=ascii)
def test_it_fails_in_one_line(whole, name):
    outcome, errors, _, folder = whole
    assert PLACE[name] in outcome.failed
    assert PLACE[name] not in outcome.rows
    start = f"error: {printable(str(folder / PLACE[name]))}: "
    named = [line for line in errors if line.startswith(start)]
    assert len(named) == 1
    assert len(named[0]) > len(start) + 5
    assert named[0].isprintable()
    assert "Traceback" not in named[0]


@pytest.mark.parametrize("name", WORKING, ids=ascii)
def test_it_works(whole, name):
    outcome, _, _, _ = whole
    assert PLACE[name] not in outcome.failed
    for row in outcome.rows[PLACE[name]]:
        assert (outcome.folder / row["mask"]).is_file() and (outcome.folder / row["overlay"]).is_file()
        assert row["unit"] == "pixel"


def errors_and_warnings(told):
    """What was printed, without the lines that a slow machine prints of the progress."""
    return [line for line in told.splitlines() if not line.startswith("predict: ")]


def test_nothing_else_is_told_or_left(whole):
    outcome, errors, told, folder = whole
    assert set(outcome.failed) == {PLACE[name] for name in FAILING}
    assert set(outcome.rows) == {*(PLACE[name] for name in WORKING), *GOOD, "a folder.png/good.png"}
    assert len(errors) == len(FAILING) > 100
    assert "Traceback" not in told and "Warning" not in told
    assert len(errors_and_warnings(told)) == len(errors)
    assert files_below(outcome.folder) == sorted([*outcome.results(), FILE])


def test_the_good_ones_have_their_masks(whole):
    outcome = whole[0]
    for number, name in enumerate(GOOD):
        assert ((outcome.mask(name) > 0) == (np.roll(GREY, number, axis=1) > 200)).all()
    assert (outcome.mask("a folder.png/good.png") > 0).any()
    assert ((outcome.mask(PLACE["linked.png"]) > 0) == (GREY > 200)).all()


@pytest.mark.parametrize("seed", range(4))
def test_bytes_that_are_wrong_anywhere_cost_no_more(tmp_path, seed):
    """Each file is segmented or told; chance decides which."""
    rng = np.random.default_rng(seed)
    folder = tmp_path / "in"
    folder.mkdir()
    for name, make in CUT.items():
        make(folder / name)
        content = (folder / name).read_bytes()
        for number in range(12):
            spoilt = bytearray(content)
            for position in rng.integers(0, min(len(spoilt), 4000 if number % 2 else 500), 1 + number // 2):
                spoilt[position] = rng.integers(256)
            (folder / f"{number} {name}").write_bytes(spoilt)
    told = io.StringIO()
    with redirect_stderr(told):
        outcome = run_batch([folder], tmp_path / "out")
    assert "Traceback" not in told.getvalue()
    assert len(errors_and_warnings(told.getvalue())) == told.getvalue().count("error: ") == len(outcome.failed)
    assert set(CUT) <= set(outcome.rows)
    assert files_below(tmp_path / "out") == sorted([*outcome.results(), FILE])


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read(tmp_path):
    folder = tmp_path / "in"
    (folder / "closed").mkdir(parents=True)
    picture()(folder / "closed" / "a.png")
    for name in ("a.png", "b.png"):
        picture()(folder / name)
    (folder / "a.png").chmod(0)
    (folder / "closed").chmod(0)
    told = io.StringIO()
    try:
        with redirect_stderr(told):
            outcome = run_batch([folder], tmp_path / "out")
    finally:
        (folder / "closed").chmod(0o700)
    assert list(outcome.rows) == ["b.png"]
    assert set(outcome.failed) == {"a.png", "closed"}
    for name in ("a.png", "closed"):
        assert f"error: {folder / name}: cannot be read: Permission denied" in told.getvalue()


@pytest.mark.parametrize("name", ["absent.png", "notes.md"])
def test_what_was_named_itself_is_told_if_it_is_none(tmp_path, name):
    text(b"# notes")(tmp_path / "notes.md")
    picture()(tmp_path / "a.png")
    (tmp_path / "list.txt").write_text(f"{name}\na.png\n")
    outcome = run_batch([tmp_path / "list.txt"], tmp_path / "out")
    assert (list(outcome.rows), list(outcome.failed)) == (["a.png"], [name])
