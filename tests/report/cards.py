# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cards of a phantom, names that would do harm if a page took them for anything but text, and a page's elements."""

from __future__ import annotations

import io
from functools import cache
from html.parser import HTMLParser
from typing import Any

import numpy as np
from PIL import Image

from scripts.data.phantoms.dataset import render_phantom
from scripts.report import Card

SIZE = (240, 320)
VOID = {"meta", "link", "img", "input", "wbr"}
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


def card(name: str = "benign/benign (1).png", confidence: float | None = 0.5, **changes: Any) -> Card:
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


class Page(HTMLParser):
    """The elements of a page, in order, each with the text in it; wrong nesting is an error."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open, "not closed"

    def handle_starttag(self, tag, attributes):
        assert len(attributes) == len(dict(attributes)), "an attribute twice"
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        wanted = {"tag": tag, **attributes}
        return [each for each in self.elements if wanted.items() <= each.items()]

    @property
    def headings(self):
        return [each["text"].strip() for each in self.all("th", scope="col")]

    def column(self, title):
        return [each["text"].strip() for each in self.all("td", **{"data-title": title})]

    @property
    def names(self):
        return [each["text"] for each in self.all("th", scope="row")]
