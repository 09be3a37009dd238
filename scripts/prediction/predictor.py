# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment images and arrays in Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..images.file_types import open_image
from ..images.grey import colours_to_grey
from ..images.image_file import Region, as_grey_levels
from ..runtimes.choice import AUTO
from .chosen_network import ChosenNetwork
from .image_prediction import Prediction, Spacing, predict_image


class Predictor:
    """Segment and measure images with a trained network.

    Args:
        run: output folder of a training, or an exported model (.onnx); None for the bundle's network, or that of
            `config_files` and `ckpt`.
        config_files: config and overlays on ``configs/inference.json``.
        ckpt: weights file; None for that of the config. Its calibration is read from the same folder.
        device: device, such as ``"cuda:0"``; None for that of the config.
        runtime: ``"openvino"``, ``"onnxruntime"``, ``"torch"``, ``"torchscript"``, or ``"auto"`` for the
            fastest; see docs/speed.md.
        precision: ``"float32"``, ``"bfloat16"`` or ``"int8"``; None for the fastest that passed the gate on this
            machine, else float32.

    Attributes:
        choice: the runtime and the precision that are used.
        reason: why they were chosen.

    Raises:
        InputError: files are missing or damaged, or the device, the runtime or the precision is not available.

    Example:
        >>> import numpy as np
        >>> from scripts.prediction import Predictor
        >>> predictor = Predictor(device="cpu")
        >>> prediction = predictor(np.zeros((300, 400), dtype=np.uint8), spacing=0.1)
        >>> prediction.mask.shape, prediction.lesion_found, prediction.measurements.unit
        ((300, 400), False, 'mm')
    """

    def __init__(
        self,
        run: str | Path | None = None,
        config_files: Sequence[str | Path] = (),
        ckpt: str | Path | None = None,
        device: str | None = None,
        runtime: str = AUTO,
        precision: str | None = None,
    ) -> None:
        network = ChosenNetwork(run, tuple(config_files), ckpt, device, runtime, precision).load()
        self.segmenter = network.segmenter
        self.choice = network.segmenter.choice
        self.reason = network.reason
        self.calibration = network.calibration()

    def __call__(
        self, image: np.ndarray | str | os.PathLike[str], spacing: float | Sequence[float] | None = None
    ) -> Prediction:
        """Segment and measure one image.

        Args:
            image: grey levels of shape (rows, columns), colours of shape (rows, columns, 3 or 4), or a file with one
                image.
            spacing: height and width of a pixel in millimetres, or one number for both; None for that of the file.

        Raises:
            InputError: the array or the file is not one image, or the spacing is not positive.
        """
        if isinstance(image, np.ndarray):
            grey = _grey(image)
            return self._predict(grey, [Region(0, 0, *grey.shape)], spacing)
        file = open_image(_path(image))
        if file.frames > 1:
            raise InputError(f"{image}: has {file.frames} images; use Predictor.frames")
        return self._predict(next(file.read()), file.regions, spacing)

    def frames(
        self, clip: str | os.PathLike[str] | Iterable[np.ndarray], spacing: float | Sequence[float] | None = None
    ) -> Iterator[Prediction]:
        """Segment and measure images one after the other, such as the frames of a clip.

        Args:
            clip: file with one or more images, or an array or iterable of images; see `__call__`.
            spacing: see `__call__`.

        Raises:
            InputError: the file cannot be read, an array is no image, or the spacing is not positive.
        """
        if isinstance(clip, Iterable) and not isinstance(clip, (str, os.PathLike)):
            for image in clip:
                yield self(image, spacing)
            return
        opened = open_image(_path(clip))
        for grey in opened.read():
            yield self._predict(grey, opened.regions, spacing)

    def _predict(
        self, grey: np.ndarray, regions: Sequence[Region], spacing: float | Sequence[float] | None
    ) -> Prediction:
        return predict_image(grey, regions, self.segmenter, self.calibration, _spacing(spacing))


def _path(given: object) -> Path:
    if not isinstance(given, (str, os.PathLike)):
        raise InputError(f"image of type {type(given).__name__}: must be a NumPy array or the path of a file")
    return Path(given)


def _grey(image: np.ndarray) -> np.ndarray:
    if image.dtype.kind not in "biuf":
        raise InputError(f"image of type {image.dtype}: must be grey levels or colours as numbers")
    if image.ndim == 3 and image.shape[2] in (3, 4):
        image = colours_to_grey(image)
    if image.ndim != 2 or 0 in image.shape:
        raise InputError(f"image of shape {image.shape}: must be (rows, columns) or (rows, columns, 3 or 4)")
    return as_grey_levels(image, Path("image"))


def _spacing(given: float | Sequence[float] | None) -> Spacing | None:
    if given is None:
        return None
    sizes: list[Any] = [given, given] if np.ndim(given) == 0 else np.asarray(given, dtype=object).tolist()
    are_numbers = all(isinstance(size, Real) and not isinstance(size, bool) for size in sizes)
    if len(sizes) != 2 or not are_numbers or not all(0 < size < float("inf") for size in sizes):
        raise InputError(f"spacing {given}: must be the height and width of a pixel in millimetres, above 0")
    return float(sizes[0]), float(sizes[1])
