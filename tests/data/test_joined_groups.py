# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.data.joined_groups import joined_groups


@pytest.mark.parametrize(
    ("labels", "groups"),
    [
        ([["a", "b", "a", None, None]], [0, 1, 0, 2, 3]),
        ([[5, 5, 6, 7], ["x", None, "y", "y"]], [0, 0, 1, 1]),
        ([[0, 1, 2, 3], ["p", None, "p", "q"], [None, "r", "r", None]], [0, 0, 0, 1]),  # through the third image
        ([[]], []),
    ],
)
def test_what_shares_a_label_is_one_group(labels, groups):
    assert joined_groups(*labels) == groups
