# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cards of a phantom, and names that would do harm if a page took them for anything but text."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from scripts.data.phantoms import render_phantom
from scripts.report import Card

SIZE = (240, 320)
SQUARE = [(40.0, 30.0), (120.0, 30.0), (120.0, 90.0), (40.0, 90.0)]
HOSTILE = [
    "<img src=x onerror=alert(1)>.png",
    '" onfocus="alert(2)" autofocus x=\'.png',
    "</script><script>alert(3)</script>.png",
    "</style><svg onload=alert(4)>.png",
    "&lt;b&gt;{{ 7 * 7 }}{% raw %}<!--.png",
    "scan\u202egnp.exe\u2067.png",
    "a folder/two\nlines.png",
    "folder/" + "very_long_" * 60 + ".png",
]


@cache
def thumbnail() -> bytes:
    """A phantom as JPEG, 320 pixels wide."""
    image, _ = render_phantom("benign", SIZE, np.random.default_rng(0))
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=80)
    return file.getvalue()


def card(name: str = "benign/benign (1).png", confidence: float = 0.5, **changes: Any) -> Card:
    """A card with a lesion and both contours, but for `changes`."""
    fields = {
        "frame": None,
        "thumbnail": thumbnail(),
        "size": SIZE,
        "contours": {"prediction": [SQUARE], "truth": [SQUARE]},
        "lesion_found": True,
        "values": {},
    }
    return Card(name=name, confidence=confidence, **{**fields, **changes})
