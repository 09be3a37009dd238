# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the model zoo's own checks ask of a bundle's files."""

from __future__ import annotations

import json
import re

import pytest

from scripts.bundle.metadata import read_metadata
from tests.paths import ROOT

JSON = sorted([*(ROOT / "configs").rglob("*.json"), *(ROOT / "models").glob("*.json")])


@pytest.mark.parametrize("path", JSON, ids=lambda path: path.name)
def test_json_is_formatted_as_the_zoo_formats_it(path):
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=4) + "\n"


def test_pages_name_the_archive_of_this_version():
    named = {
        version
        for page in (ROOT / "docs").glob("*.md")
        for version in re.findall(r"segmentation_v([\d.]+)\.zip", page.read_text(encoding="utf-8"))
    }
    assert named == {read_metadata()["version"]}
