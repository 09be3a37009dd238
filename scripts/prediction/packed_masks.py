# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Store the masks of a file's images on disk until all are computed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..files.scratch_file import ScratchFile


class PackedMasks:
    """A sequence of masks stored on disk with one bit per pixel, so that long clips need little memory.

    Args:
        shape: (rows, columns) of each mask.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._scratch = ScratchFile("the masks")

    def close(self) -> None:
        """Delete the masks."""
        self._scratch.close()

    def append(self, mask: np.ndarray) -> None:
        """Add a mask, bool, of shape `shape`.

        Raises:
            InputError: the disk is full.
        """
        self._scratch.write(np.packbits(mask).tobytes())

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the masks in the order they were added."""
        pixels = self.shape[0] * self.shape[1]
        self._scratch.file.seek(0)
        while packed := self._scratch.file.read(-(-pixels // 8)):
            yield np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=pixels).reshape(self.shape).astype(bool)
