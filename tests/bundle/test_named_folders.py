# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.__main__ import main
from scripts.bundle.named_folders import parse_titles


def test_the_title_ends_at_the_first_equals_sign():
    assert parse_titles(["with a teacher=a/b", "alone=c=d"]) == {"with a teacher": "a/b", "alone": "c=d"}


@pytest.mark.parametrize("word", ["folder", "=folder", "title="])
def test_another_form_is_told(word, capsys):
    assert main(["table", word]) == 2
    assert capsys.readouterr().err.startswith(f"error: '{word}': TITLE=DIR is expected")


def test_a_title_is_given_once(capsys):
    assert main(["table", "alone=a", "alone=b"]) == 2
    assert capsys.readouterr().err == "error: 'alone=b': the name 'alone' is given twice\n"
