# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""CHANGELOG.md says what configs/metadata.json says, and where public names went."""

from __future__ import annotations

import importlib
import re

from scripts.bundle.metadata import read_metadata
from tests.paths import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n\n(.*?)(?=\n## |\Z)", TEXT, flags=re.DOTALL | re.MULTILINE))


def test_versions_and_their_sentences_are_those_of_the_metadata():
    changelog = read_metadata()["changelog"]
    assert list(SECTIONS) == list(changelog)
    for version, section in SECTIONS.items():
        sentence = " ".join(section.split("\n\n")[0].split()).removesuffix(".")
        expected = changelog[version][0].upper() + changelog[version][1:]
        assert sentence == expected, f"CHANGELOG.md, {version}: configs/metadata.json has another sentence"


def test_names_that_moved_are_where_it_says():
    rows = re.findall(r"^\| (`scripts\..*`) \| (`scripts\..*`) \|$", SECTIONS["0.5.0"], flags=re.MULTILINE)
    assert len(rows) > 10
    for row in rows:
        module = ""
        for name in re.findall(r"`([\w.]+)`", row[1]):
            if "." in name:
                module, _, name = name.rpartition(".")
            assert hasattr(importlib.import_module(module), name), f"{module}.{name}"
