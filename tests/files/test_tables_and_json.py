# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import json
import os

import pytest

from scripts.errors import InputError
from scripts.files.csv_file import csv_text, write_csv
from scripts.files.json_file import write_json, write_json_rows
from scripts.files.markdown import markdown_table

NO_TEXT = os.fsdecode(b"\xff.png")


def test_any_file_name_survives_json(tmp_path):
    names = ["é.png", "😀.png", NO_TEXT, 'a"\n.png']
    write_json(tmp_path / "new" / "a.json", {"names": names})
    write_json_rows(tmp_path / "b.json", {"names": names}, "rows", ({"name": name} for name in names))
    for path in (tmp_path / "new" / "a.json", tmp_path / "b.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["names"] == names
    assert json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))["rows"] == [{"name": name} for name in names]
    assert "é.png" in (tmp_path / "b.json").read_text(encoding="utf-8")


def test_a_list_of_rows_may_be_empty(tmp_path):
    write_json_rows(tmp_path / "a.json", {"files": 0}, "images", iter(()))
    assert json.loads((tmp_path / "a.json").read_text()) == {"files": 0, "images": []}


def test_csv_of_awkward_cells(tmp_path):
    rows = [{"name": 'a,"b"\n', "n": 1}, {"name": NO_TEXT, "n": None}]
    write_csv(tmp_path / "a.csv", iter(rows), ("n", "name"))
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["n", "name"], ["1", 'a,"b"\n'], ["", r"\udcff.png"]]
    assert csv_text([{"a": 1, "b": 2}]) == "a,b\n1,2\n"
    assert csv_text([]) == "\n"


def test_nothing_is_left_of_a_file_that_fails(tmp_path):
    def rows():
        yield {"a": 1}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_csv(tmp_path / "a.csv", rows(), ("a",))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="b.json: cannot be written"):
        write_json(tmp_path / "file" / "b.json", {"a": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_markdown_aligns_numbers_and_escapes_bars():
    assert markdown_table(["a|b", "c", "n"], [["x", "y", "1"]], text_columns=2).splitlines() == [
        r"| a\|b | c | n |", "|---|---|---:|", "| x | y | 1 |",
    ]  # fmt: skip
