# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Images that weights have learned from through other weights count as seen."""

from __future__ import annotations

import pytest

from scripts.errors import InputError
from scripts.runs.ancestors import record_ancestors
from scripts.runs.data_record import check_held_out, record_data
from tests.runs.test_data_record import DATALIST, sections

OTHER = {**DATALIST, "name": "BrEaST", "dataset": "another"}


def trained(folder, datalist, ancestors=(), **used):
    folder.mkdir()
    record_data(folder, datalist, sections(**used))
    record_ancestors(folder, ancestors)
    return folder / "model.pt"


def test_through_two_generations_and_another_data_set(tmp_path):
    generalist = trained(tmp_path / "generalist", DATALIST, training="a", validation="b", test="d")
    specialist = trained(tmp_path / "specialist", OTHER, [generalist], training="c", validation="b")
    student = trained(tmp_path / "student", OTHER, [specialist], training="a", validation="b", test="d")
    for weights in (specialist, student):
        with pytest.raises(InputError, match="trained on 1 of the 2 test images, such as 'a.png', through the weights"):
            check_held_out(weights, DATALIST, sections(test="ad"))
        assert check_held_out(weights, DATALIST, sections(test="d")) == 0
    with pytest.raises(InputError, match="trained on 1 of the 1 test images, such as 'c.png', through the weights"):
        check_held_out(student, OTHER, sections(test="c"))
    assert check_held_out(generalist, OTHER, sections(test="a")) == 0


def test_weights_of_unknown_training_add_nothing(tmp_path):
    weights = trained(tmp_path / "run", DATALIST, [tmp_path / "absent" / "model.pt"], training="a", validation="b")
    assert check_held_out(weights, DATALIST, sections(test="d")) == 0
