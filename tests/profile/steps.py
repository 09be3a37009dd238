# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Time the steps of one process of `predict`."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from typing import Any

from scripts.__main__ import main
from scripts.images.picture_file import PictureFile
from scripts.prediction import batch, regions
from scripts.prediction.file_results import FileResults
from scripts.prediction.image_prediction import Prediction
from scripts.prediction.onnx_segmenter import OnnxSegmenter

DECODE, FIELD, RESIZE, NETWORK, BACK, MEASURE, DRAW, MASK, JOURNAL = STEPS = (
    "decode",
    "field of view",
    "resize",
    "network",
    "back to the image's size",
    "lesions and measurements",
    "overlay and thumbnail",
    "mask",
    "files and journal",
)


class Clock:
    """The processor's time of each step, without that of the steps inside."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STEPS, 0.0)
        self._inside: list[str] = []
        self._last = 0.0

    def timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function whose time counts as a step."""

        @functools.wraps(function)
        def timed(*args: Any, **options: Any) -> Any:
            self._turn(step)
            try:
                return function(*args, **options)
            finally:
                self._turn(None)

        return timed

    def timed_generator(self, step: str, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """Return a generator function whose time counts as a step."""

        def timed(*args: Any) -> Iterator[Any]:
            advance = self.timed(step, functools.partial(next, function(*args), None))
            while (item := advance()) is not None:
                yield item

        return timed

    def _turn(self, step: str | None) -> None:
        now = time.process_time()
        if self._inside:
            self.seconds[self._inside[-1]] += now - self._last
        if step is None:
            self._inside.pop()
        else:
            self._inside.append(step)
        self._last = now


def time_steps(words: list[str], images: int, torch: bool) -> dict[str, Any]:
    """Run `predict` in this process, which has just started.

    Args:
        words: its arguments.
        images: number of images, all PNG.
        torch: whether they choose PyTorch.

    Returns:
        ``start`` and ``end``: seconds of the processor before the first file and after the last; ``steps``:
        milliseconds for each image by step.
    """
    clock, moments = Clock(), []
    run = clock.timed(JOURNAL, batch.Batch.run)

    def watched(*args: Any) -> None:
        moments.append(time.process_time())
        run(*args)
        moments.append(time.process_time())

    places: list[tuple[Any, str, str]] = [
        (batch, "open_image", DECODE),
        (regions, "field_of_view", FIELD),
        (OnnxSegmenter, "prepare", RESIZE),
        (OnnxSegmenter, "logits", NETWORK),
        (OnnxSegmenter, "__call__", BACK),
        (batch, "predict_image", MEASURE),
        (Prediction.__dict__["lesions"], "func", MEASURE),
        (FileResults, "add", DRAW),
        (FileResults, "finish", MASK),
    ]
    if torch:
        from monai.transforms import Compose

        from scripts.prediction.segmenter import Segmenter

        places += [(Compose, "__call__", RESIZE), (Segmenter, "logits", NETWORK), (Segmenter, "__call__", BACK)]
    for owner, name, step in places:
        setattr(owner, name, clock.timed(step, getattr(owner, name)))
    PictureFile.read = clock.timed_generator(DECODE, PictureFile.read)  # type: ignore[method-assign]
    batch.Batch.run = watched  # type: ignore[method-assign]
    if main(["predict", *words]):
        raise SystemExit(f"predict {' '.join(words)}: failed")
    moments.append(time.process_time())
    begun, done, end = moments
    steps = {step: round(1000 * seconds / images, 2) for step, seconds in clock.seconds.items()}
    return {"start": round(begun, 3), "steps": steps, "end": round(end - done, 3)}
