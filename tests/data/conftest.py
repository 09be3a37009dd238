# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Tiny datasets, and near-duplicates that a test can dictate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.paths import PUBLISHED_DATA


@pytest.fixture
def real_data() -> Path:
    """The folder with the published datasets beside the repository; skips where there is none."""
    if not PUBLISHED_DATA.is_dir():
        pytest.skip(f"the published datasets are not in {PUBLISHED_DATA}")
    return PUBLISHED_DATA


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes an image (noise) or, called ``…mask…``, a mask below ``tmp_path/data``."""

    def save(name: str, size: tuple[int, int] = (24, 16), blank: bool = False, mask: bool | None = None) -> Path:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = size[::-1]
        if "mask" in path.name if mask is None else mask:
            pixels = np.zeros(shape, np.uint8)
            pixels[4:9, 6:12] = 0 if blank else 255
        else:
            pixels = np.random.default_rng(sum(map(ord, name))).integers(0, 256, shape, np.uint8)
        Image.fromarray(pixels).save(path)
        return path

    return save


@pytest.fixture
def busi(save: Callable[..., Path], tmp_path: Path) -> Path:
    """BUSI in small: 12 benign, 8 malignant and 4 normal images; benign (2) has two masks."""
    for label_class, count in (("benign", 12), ("malignant", 8), ("normal", 4)):
        for number in range(1, count + 1):
            save(f"{label_class}/{label_class} ({number}).png")
            save(f"{label_class}/{label_class} ({number})_mask.png", blank=label_class == "normal")
    save("benign/benign (2)_mask_1.png")
    return tmp_path / "data"


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], object]], None]:
    """A function that makes images near-duplicates where `key` of their path is equal; none are until it is called."""

    def dictate(key: Callable[[Path], object]) -> None:
        def near_duplicate_groups(
            images: Sequence[Path], cache_dir: Path | None = None, progress: bool = True
        ) -> list[int]:
            numbers: dict[object, int] = {}
            return [numbers.setdefault(key(image), len(numbers)) for image in images]

        monkeypatch.setattr("scripts.data.datalist.near_duplicate_groups", near_duplicate_groups)

    dictate(lambda image: image)
    return dictate
