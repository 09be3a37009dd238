# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from scripts.images.colours import CALIPERS, PREDICTION, TRUTH, rgb
from tests.paths import ROOT


def test_outlines_have_the_same_colours_in_pictures_and_on_pages():
    style = (ROOT / "scripts" / "report" / "page.css").read_text(encoding="utf-8")
    assert f"path.prediction {{ stroke: {PREDICTION};" in style
    assert f"path.truth {{ stroke: {TRUTH};" in style
    assert f"path.calipers {{ stroke: {CALIPERS};" in style
    assert (rgb(PREDICTION), rgb(TRUTH)) == ((249, 115, 22), (45, 212, 191))
