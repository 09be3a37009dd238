# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Local features of many images in a temporary file, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ...files.scratch_file import ScratchFile
from ...progress import track
from .alignment import DESCRIPTOR, LocalFeatures, local_features
from .image_content import WORKERS, read_grey


class FeatureFile:
    """The features of each image, in the order in which they were added.

    A file of 34 kB for each image, deleted when the object is.
    """

    def __init__(self, features: Iterable[LocalFeatures] = ()) -> None:
        self._scratch = ScratchFile("the local features of the images")
        self._end = 0
        self._entries: list[tuple[int, int, int]] = []  # start in the file, number of features, width of the image
        for each in features:
            self._entries.append((self._end, len(each.points), each.width))
            content = each.points.tobytes() + each.descriptors.tobytes()
            self._scratch.write(content)
            self._end += len(content)

    @classmethod
    def of_images(cls, paths: Sequence[Path], progress: bool) -> FeatureFile:
        """Find the features of each image file.

        Raises:
            InputError: an image cannot be read.
        """
        with ThreadPoolExecutor(WORKERS) as pool:
            found: Iterator[LocalFeatures] = pool.map(lambda path: local_features(read_grey(path)), paths)
            return cls(track(found, "local features", "image", len(paths), progress))

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._entries)

    def __getitem__(self, index: int) -> LocalFeatures:
        """Return the features of an image."""
        start, count, width = self._entries[index]
        self._scratch.file.seek(start)
        points = np.frombuffer(self._scratch.file.read(8 * count), np.float32).reshape(count, 2)
        descriptors = np.frombuffer(self._scratch.file.read(DESCRIPTOR * count), np.uint8).reshape(count, DESCRIPTOR)
        return LocalFeatures(points, descriptors, width)

    @property
    def owners(self) -> np.ndarray:
        """The index of the image of each feature of the file, int32."""
        return np.repeat(np.arange(len(self), dtype=np.int32), [count for _, count, _ in self._entries])
