# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os

import pytest

from scripts.errors import InputError
from scripts.files.json_file import write_json, write_json_rows


def test_any_file_name_survives(tmp_path):
    names = ["é.png", "😀.png", os.fsdecode(b"\xff.png"), 'a"\n.png']
    write_json(tmp_path / "new" / "a.json", {"names": names})
    write_json_rows(tmp_path / "b.json", {"names": names}, "rows", ({"name": name} for name in names))
    for path in (tmp_path / "new" / "a.json", tmp_path / "b.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["names"] == names
    assert json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))["rows"] == [{"name": name} for name in names]
    assert "é.png" in (tmp_path / "b.json").read_text(encoding="utf-8")


def test_a_list_of_rows_may_be_empty(tmp_path):
    write_json_rows(tmp_path / "a.json", {"files": 0}, "images", iter(()))
    assert json.loads((tmp_path / "a.json").read_text()) == {"files": 0, "images": []}


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="b.json: cannot be written"):
        write_json(tmp_path / "file" / "b.json", {"a": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
