# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A contact sheet: evenly chosen frames of a clip with overlays in one picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .calipers import Line
from .overlay import overlay

TILES, COLUMNS = 12, 4
WIDTH, CAPTION, GAP = 320, 22, 6  # of a tile and its caption, in pixels


class ContactSheet:
    """Collects reduced frames and arranges them in a picture.

    Args:
        frames: number of frames of the clip; the first, the last and up to ten between them are chosen.

    Attributes:
        chosen: numbers of the frames to add, from 1.
    """

    def __init__(self, frames: int) -> None:
        self.chosen = sorted({round(number) for number in np.linspace(1, frames, min(TILES, frames))})
        self._tiles: list[tuple[np.ndarray, str]] = []

    def add(self, picture: np.ndarray, mask: np.ndarray, calipers: Sequence[Sequence[Line]], caption: str) -> None:
        """Add a chosen frame.

        Args:
            picture: uint8, shape (rows, columns).
            mask: bool, of the same shape.
            calipers: for each lesion its diameters; see `draw_calipers`.
            caption: a few words, shown below the frame.
        """
        rows, columns = picture.shape
        scale = WIDTH / max(rows, columns)
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        small_mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT)
        factors = (size[0] / columns, size[1] / rows)
        # Drawn at the reduced size, at which lines of the full size would fade.
        small_calipers = [[np.asarray(line) * factors for line in lesion] for lesion in calipers]
        self._tiles.append((overlay(small, small_mask, small_calipers), caption))

    def picture(self) -> Image.Image:
        """Return the sheet, with at least one frame."""
        height, width = self._tiles[0][0].shape[:2]
        columns = min(COLUMNS, len(self._tiles))
        rows = -(-len(self._tiles) // columns)
        step = (width + GAP, height + CAPTION + GAP)
        sheet = Image.new("RGB", (columns * step[0] + GAP, rows * step[1] + GAP))
        draw = ImageDraw.Draw(sheet)
        font = ImageFont.load_default(14)
        for number, (tile, caption) in enumerate(self._tiles):
            left, top = GAP + number % columns * step[0], GAP + number // columns * step[1]
            sheet.paste(Image.fromarray(tile), (left, top))
            draw.text((left + 2, top + height + 2), caption, fill="white", font=font)
        return sheet
