# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of an evaluation, read again: the figures of each image, and its pixels with truth and prediction."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..data.datalist import read_datalist
from ..data.lesion_mask import read_truth
from ..errors import InputError
from ..images.overlay import as_picture
from ..images.single_image import read_image
from ..runs.file_names import DATALIST, EVALUATED, ROWS
from .metrics_file import is_measure

NEEDED = ("image", "class", "lesion_dice", "truth_pixels", "predicted_pixels")


@dataclass(frozen=True)
class Pixels:
    """An evaluated image and its two masks, shape (rows, columns) all.

    Attributes:
        picture: grey levels as 8 bits.
        truth: bool, what the data set says is lesion.
        prediction: bool, what the network says is lesion.
    """

    picture: np.ndarray
    truth: np.ndarray
    prediction: np.ndarray


class Evaluation:
    """What a run with ``configs/evaluate.json``, or a training's own test, has left.

    Args:
        folder: with ``metrics.csv``, ``datalist.json`` and ``predictions/``.
        dataset_dir: the evaluated data set, wherever it lies now.

    Attributes:
        rows: of ``metrics.csv``: measures and pixels as numbers, all else as text.

    Raises:
        InputError: the folder is no evaluation, or one of its files is damaged.
    """

    def __init__(self, folder: str | Path, dataset_dir: str | Path) -> None:
        self.folder, self.dataset_dir = Path(folder), Path(dataset_dir)
        if missing := [name for name in (ROWS, DATALIST, EVALUATED) if not (self.folder / name).exists()]:
            raise InputError(
                f"'{folder}' is no evaluation: {', '.join((ROWS, DATALIST, EVALUATED))} are expected in it, "
                f"{missing[0]} is missing"
            )
        self.rows = read_rows(self.folder / ROWS)
        self._labels = {entry["image"]: entry["label"] for entry in read_datalist(self.folder / DATALIST)["training"]}

    def read(self, name: str) -> Pixels:
        """Return the pixels of one image.

        Args:
            name: as ``image`` in `rows`.

        Raises:
            InputError: the image is not in the datalist, or a file of it is missing, damaged or of another size.
        """
        if name not in self._labels:
            raise InputError(f"'{self.folder / DATALIST}' has no image '{name}', though {ROWS} has one")
        image, *masks = (self.dataset_dir / path for path in (name, *self._labels[name]))
        for file in (image, *masks):
            if not file.is_file():
                raise InputError(
                    f"--dataset_dir {self.dataset_dir}: '{file}' is missing; give the data set that was evaluated"
                )
        grey = read_image(image)
        prediction = self.folder / EVALUATED / f"{Path(name).with_suffix('')}_mask.png"
        if not prediction.is_file():
            raise InputError(f"'{prediction}' is missing; evaluate again")
        marked = _read_prediction(prediction, image, grey.shape)
        return Pixels(as_picture(grey), read_truth(masks, image, grey.shape), marked)


def _read_prediction(path: Path, image: Path, shape: tuple[int, ...]) -> np.ndarray:
    mask = read_image(path)
    if mask.shape != shape:
        raise InputError(
            f"'{path}' has {mask.shape[1]}×{mask.shape[0]} pixels, its image '{image}' has {shape[1]}×{shape[0]}; "
            "give the data set that was evaluated"
        )
    return mask > 0


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of ``metrics.csv``: metrics and pixel counts as numbers, all else as text.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"'{path}' cannot be read: {error}") from None
    if not rows or (missing := [name for name in NEEDED if name not in rows[0]]):
        raise InputError(f"'{path}' has no {missing[0] if rows else 'images'}; evaluate again")
    try:
        return [{name: float(text) if is_measure(name) else text for name, text in row.items()} for row in rows]
    except (AttributeError, TypeError, ValueError):
        raise InputError(f"'{path}' is damaged; evaluate again") from None
