# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Masks of a file's images, put aside until all are known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType

import numpy as np


class PackedMasks:
    """Keep masks on disk, a bit a pixel, so that a clip of any length takes the memory of one image.

    Args:
        shape: rows and columns of each mask.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._file = tempfile.TemporaryFile()

    def __enter__(self) -> PackedMasks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, mask: np.ndarray) -> None:
        """Add a mask, bool of `shape`."""
        self._file.write(np.packbits(mask).tobytes())

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the masks in the order in which they came."""
        pixels = self.shape[0] * self.shape[1]
        self._file.seek(0)
        while packed := self._file.read(-(-pixels // 8)):
            yield np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=pixels).reshape(self.shape).astype(bool)
