# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Options of the command line, whatever the command."""

from __future__ import annotations

import pytest

from scripts.__main__ import main


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "--first", "a", "--second", "b", "--first", "c"],
        ["predict", "absent", "--output_dir", "a", "--output_dir=b"],
    ],
)
def test_an_option_is_given_once(words, capsys):
    assert main(words) == 2
    name = words[1] if words[0] == "compare" else "--output_dir"
    assert capsys.readouterr().err == f"error: {name}: given twice; give it once, with all its values\n"
