# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the folder of an evaluation: the metrics of each image, and its grey levels, ground truth and prediction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.datalist import read_datalist
from ..data.lesion_mask import read_ground_truth
from ..errors import InputError
from ..images.overlay import as_picture
from ..images.single_image import read_image
from ..runs.file_names import DATALIST, EVALUATED, ROWS
from .metrics_file import read_rows


@dataclass(frozen=True)
class Pixels:
    """An evaluated image, its ground truth and its predicted mask, all of shape (rows, columns).

    Attributes:
        picture: grey levels, uint8.
        ground_truth: bool, lesion pixels of the data set's masks.
        prediction: bool, lesion pixels of the network's mask.
    """

    picture: np.ndarray
    ground_truth: np.ndarray
    prediction: np.ndarray


class Evaluation:
    """The results of a run with ``configs/evaluate.json``, or of the test at the end of a training.

    Args:
        folder: with ``metrics.csv``, ``datalist.json`` and ``predictions/``.
        dataset_dir: folder of the evaluated data set; it may have moved since.

    Attributes:
        rows: rows of ``metrics.csv``; see `read_rows`.

    Raises:
        InputError: the folder is not an evaluation, or one of its files is damaged.
    """

    def __init__(self, folder: str | Path, dataset_dir: str | Path) -> None:
        self.folder, self.dataset_dir = Path(folder), Path(dataset_dir)
        if missing := [name for name in (ROWS, DATALIST, EVALUATED) if not (self.folder / name).exists()]:
            raise InputError(
                f"'{folder}' is not an evaluation: {missing[0]} is missing; give a folder with "
                f"{', '.join((ROWS, DATALIST, EVALUATED))}"
            )
        self.rows = read_rows(self.folder / ROWS)
        self._labels = {entry["image"]: entry["label"] for entry in read_datalist(self.folder / DATALIST)["training"]}

    def read(self, name: str) -> Pixels:
        """Return the grey levels and masks of one image.

        Args:
            name: value of ``image`` in `rows`.

        Raises:
            InputError: the image is not in the datalist, or one of its files is missing, damaged or of another size.
        """
        if name not in self._labels:
            raise InputError(f"'{self.folder / DATALIST}' does not list '{name}', an image of {ROWS}; evaluate again")
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
        predicted = _read_prediction(prediction, image, grey.shape)
        return Pixels(as_picture(grey), read_ground_truth(masks, image, grey.shape), predicted)


def _read_prediction(path: Path, image: Path, shape: tuple[int, ...]) -> np.ndarray:
    mask = read_image(path)
    if mask.shape != shape:
        raise InputError(
            f"'{path}' has {mask.shape[1]}×{mask.shape[0]} pixels, its image '{image}' has {shape[1]}×{shape[0]}; "
            "give the data set that was evaluated"
        )
    return mask > 0
