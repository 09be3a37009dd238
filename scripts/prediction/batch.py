# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment and measure many files; a file that fails does not stop the others."""

from __future__ import annotations

import base64
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from ..errors import InputError, printable
from ..files.atomic import atomic_write
from ..images.file_types import open_image, stem
from ..images.image_file import ImageFile, Software
from ..images.overlay import as_picture, outlines, overlay, thumbnail
from ..postprocessing.calibration import Calibration
from .image_prediction import Prediction, predict_image
from .inputs import Inputs
from .journal import Journal
from .loaded_network import ImageSegmenter
from .packed_masks import PackedMasks
from .result_folder import remove_results

logger = logging.getLogger(__name__)


class Batch:
    """Segment files and write the results to a folder with the same subfolders.

    Args:
        segmenter: computes lesion probabilities.
        calibration: calibrates them and decides what is a lesion.
        output_dir: folder for masks, overlays and the journal.
        spacing: height and width of a pixel in millimetres for all images; None to use the spacing in each file.
        software: written to DICOM segmentations.
    """

    def __init__(
        self,
        segmenter: ImageSegmenter,
        calibration: Calibration,
        output_dir: Path,
        spacing: tuple[float, float] | None,
        software: Software,
    ) -> None:
        self.segmenter = segmenter
        self.calibration = calibration
        self.output_dir = output_dir
        self.spacing = spacing
        self.software = software

    def run(self, inputs: Inputs, journal: Journal) -> None:
        """Process all files that are not done according to the journal, and record the results in it.

        A file that fails prints a one-line error, and the next file is processed.
        """
        stamps = {path: _stamp(path) for path in inputs.files}
        names = {path: _name(path, inputs.root) for path in inputs.files}
        pending = {names[path] for path in inputs.files if not journal.is_done(names[path], stamps[path])}
        journal.forget(pending)
        kept = {_result_stem(name) for name in journal.done()}
        remove_results(self.output_dir, (row for row in journal.outdated() if _result_stem(row["file"]) not in kept))
        owners: dict[Path, Path] = {}
        for folder, reason in inputs.unreadable.items():
            self._fail(journal, journal.begin(), _name(folder, inputs.root), [], f"{folder}: cannot be read: {reason}")
        for path in tqdm(inputs.files, desc="predict", unit="file", disable=None):
            name, stamp = names[path], stamps[path]
            target = self.output_dir / _result_stem(name)
            owner = owners.setdefault(target, path)
            if owner == path and name not in pending:
                continue
            attempt = journal.begin()
            rows: list[dict[str, Any]] = []
            try:
                if owner != path:
                    raise InputError(
                        f"{path}: its results would have the same names as those of {owner.name}; rename one of them"
                    )
                for row, drawing in self._do(open_image(path), name, target):
                    rows.append(row)
                    journal.add_row(attempt, row, drawing)
            except Exception as error:  # any error, so that the other files are processed
                logger.debug(name, exc_info=True)
                remove_results(self.output_dir, rows)
                self._fail(journal, attempt, name, stamp, _reason(error, path))
            else:
                journal.end(attempt, name, stamp)

    def _do(self, file: ImageFile, name: str, target: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield the row of the result table and the data for the report, for each image of a file."""
        mask_path = target.with_name(f"{target.name}_mask{file.mask_suffix}")
        with PackedMasks(file.shape) as masks:
            for number, grey in enumerate(tqdm(file.read(), total=file.frames, leave=False, disable=_short(file)), 1):
                prediction = predict_image(grey, file.regions, self.segmenter, self.calibration, self.spacing)
                masks.append(prediction.mask)
                overlay_path = (
                    target.with_name(f"{target.name}_overlay.png")
                    if file.frames == 1
                    else target.with_name(f"{target.name}_overlay") / f"{number:04}.png"
                )
                picture = as_picture(grey)
                drawing = {
                    "thumbnail": base64.b64encode(thumbnail(picture)).decode("ascii"),
                    "size": file.shape,
                    "outlines": outlines(prediction.mask),
                }
                calipers = [lesion.measurements.calipers or () for lesion in prediction.lesions]
                drawn = overlay(picture, prediction.mask, calipers)
                with atomic_write(overlay_path) as partial:
                    Image.fromarray(drawn).save(partial, format="PNG", compress_level=1)
                row = {
                    "file": name,
                    "frame": number if file.frames > 1 else None,
                    **self._describe(prediction),
                    "mask": _name(mask_path, self.output_dir),
                    "overlay": _name(overlay_path, self.output_dir),
                    "note": "all pixels are equal" if picture.max() == 0 else None,
                }
                yield row, drawing
            with atomic_write(mask_path) as partial:
                file.write_masks(partial, masks, self.software)

    @staticmethod
    def _describe(prediction: Prediction) -> dict[str, Any]:
        measured, spacing = prediction.measurements, prediction.spacing
        box = measured.bounding_box or (None,) * 4
        return {
            "lesion_found": prediction.lesion_found,
            "components": measured.components,
            "area": round(measured.area, 3),
            "longest_diameter": round(measured.longest_diameter, 3),
            "perpendicular_diameter": round(measured.perpendicular_diameter, 3),
            "unit": measured.unit,
            **dict(zip(("first_row", "first_column", "last_row", "last_column"), box)),
            "lesion_confidence": round(prediction.lesion_confidence, 4),
            "minimum_confidence": round(prediction.minimum_confidence, 4),
            "confidence": round(prediction.confidence, 4),
            "spacing_row": spacing[0] if spacing else None,
            "spacing_column": spacing[1] if spacing else None,
            "spacing_from": prediction.spacing_from,
        }

    @staticmethod
    def _fail(journal: Journal, attempt: int, name: str, stamp: list[int], message: str) -> None:
        tqdm.write(f"error: {printable(message)}", file=sys.stderr)
        journal.end(attempt, name, stamp, message)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _result_stem(name: str) -> Path:
    """Return the path of a file's results below the results folder, without suffixes."""
    return Path(name).with_name(stem(Path(name).name))


def _stamp(path: Path) -> list[int]:
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _short(file: ImageFile) -> bool | None:
    return True if file.frames < 10 else None


def _reason(error: Exception, path: Path) -> str:
    """Return a one-line error message that names the file."""
    if isinstance(error, MemoryError):
        return f"{path}: not enough memory"
    if not isinstance(error, InputError):
        return f"{path}: cannot be segmented: {type(error).__name__}: {' '.join(str(error).split())}"
    message = str(error)
    return message if message.startswith(f"{path}: ") else f"{path}: {message}"
