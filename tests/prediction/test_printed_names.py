# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of strangers are shown as text: they move no cursor, turn no writing, forge no line, run no formula."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import subprocess
import sys

from PIL import Image

from scripts.__main__ import main
from scripts.errors import LONGEST, InputError
from scripts.files.json_file import read_json, write_json
from scripts.prediction.result_folder import CSV, JSON, REPORT
from tests.paths import ROOT
from tests.prediction.batches import ellipse, scene

EVIL = "=1+1\n\x1b[31merror: forged \u202egnp.\x9b\u2066"
GREY = scene(ellipse((40, 50), (20, 25), (6, 9)))


def is_shown_as_text(text):
    """Whether a text of several lines has nothing that a terminal or browser would obey."""
    return all(character == "\n" or character.isprintable() for character in text.replace("\r", ""))


def test_a_message_is_one_line_of_sensible_length():
    message = str(InputError(f"{EVIL}: " + 50_000 * "x"))
    assert message.isprintable() and len(message) == LONGEST
    assert message.startswith(r"=1+1\n\x1b[31merror: forged \u202egnp.")
    assert str(InputError(InputError(EVIL))) == str(InputError(EVIL))


def test_results_of_a_file_with_such_a_name(predict, tmp_path):
    folder = tmp_path / "in" / EVIL
    folder.mkdir(parents=True)
    Image.fromarray(GREY).save(folder / "@a.png")
    (tmp_path / "in" / f"{EVIL}.png").write_bytes(b"\x89PNG damaged")
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
        predict(tmp_path / "in")
    out = tmp_path / "out"
    for text in (told.getvalue(), *((out / name).read_text() for name in (CSV, JSON, REPORT))):
        assert "forged" in text and is_shown_as_text(text)
    assert told.getvalue().count("\nerror: ") + told.getvalue().startswith("error: ") == 1
    (row,) = csv.DictReader((out / CSV).open(newline=""))
    assert row["file"].startswith(r"'=1+1\n\x1b[31merror")
    (image,) = json.loads((out / JSON).read_text())["images"]
    assert image["file"] == f"{EVIL}/@a.png"  # the name itself, for programs


def test_json_keeps_what_it_cannot_show(tmp_path):
    write_json(tmp_path / "a.json", {EVIL: "Müller 日本 \x7f"})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert is_shown_as_text(text) and "Müller 日本" in text
    assert read_json(tmp_path / "a.json") == {EVIL: "Müller 日本 \x7f"}


def test_warnings_and_logs_are_shown_as_text():
    program = (
        "import logging, warnings\nfrom scripts.errors import report_input_errors\nreport_input_errors()\n"
        "logging.basicConfig(format='%(message)s')\n"
        f"warnings.warn({EVIL!r})\nlogging.getLogger('scripts.data').warning('of %s', {EVIL!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(done.stderr.splitlines()) == done.stderr.count("forged") == 2
    assert is_shown_as_text(done.stderr)


def test_the_columns_of_a_table(tmp_path, capsys):
    for number in range(4):
        grey = scene(ellipse((40, 50), (20, 25), (6, 9)), number)
        for kind in ("images", "masks"):
            (tmp_path / "data" / kind).mkdir(parents=True, exist_ok=True)
            pixels = grey if kind == "images" else (grey > 200).astype("uint8") * 255
            Image.fromarray(pixels).save(tmp_path / "data" / kind / f"{number}.png")
    with (tmp_path / "data" / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["image", "class", EVIL], *([f"{number}.png", "benign", 1] for number in range(4))])
    words = ["--dataset_dir", str(tmp_path / "data"), "--num_folds", "2", "--output", str(tmp_path / "datalist.json")]
    assert main(["datalist", *words]) == 0
    told = capsys.readouterr().out
    assert r"error: forged \u202egnp." in told
    assert not any(line.startswith(("error", "\x1b")) for line in told.splitlines())
    assert is_shown_as_text(told)
