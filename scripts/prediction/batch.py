# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Many files: each segmented, measured and written, whatever happens to the others."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from scripts.atomic import written_whole
from scripts.errors import InputError
from scripts.measurements import measure
from scripts.prediction.analysis import lesion_probability, lesion_region
from scripts.prediction.calibration import Calibration
from scripts.prediction.finding import Finding, find_lesions
from scripts.prediction.image_file import ImageFile, Software
from scripts.prediction.inputs import Inputs
from scripts.prediction.journal import Journal
from scripts.prediction.kinds import SUFFIXES, open_image
from scripts.prediction.overlay import as_picture, outlines, overlay, thumbnail
from scripts.prediction.packed_masks import PackedMasks
from scripts.prediction.segmenter import Segmenter


class Batch:
    """Segment files into a folder that repeats their own.

    Args:
        segmenter: gives probabilities of lesion.
        calibration: decides on them.
        output_dir: gets masks, overlays and the journal.
        spacing: height and width of a pixel in millimetres of all images, None to take what each file says.
        software: named in DICOM segmentations.
    """

    def __init__(
        self,
        segmenter: Segmenter,
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
        """Do all files that the journal does not have as done, and note in it what becomes of each.

        A file that fails is told in one line, and the next goes on.
        """
        owners: dict[Path, Path] = {}
        for folder, reason in inputs.unreadable.items():
            self._fail(journal, journal.begin(), _name(folder, inputs.root), [], f"{folder}: cannot be read: {reason}")
        for path in tqdm(inputs.files, desc="predict", unit="file", disable=None):
            name, stamp = _name(path, inputs.root), _stamp(path)
            target = self.output_dir / _stem(path, inputs.root)
            owner = owners.setdefault(target, path)
            if owner == path and journal.is_done(name, stamp):
                continue
            attempt = journal.begin()
            try:
                if owner != path:
                    raise InputError(
                        f"{path}: its results would have the names of those of {owner.name}; rename one of them"
                    )
                self._do(open_image(path), name, target, attempt, journal)
            except InputError as error:
                self._fail(journal, attempt, name, stamp, str(error))
            except MemoryError:
                self._fail(journal, attempt, name, stamp, f"{path}: there is not enough memory for it")
            else:
                journal.end(attempt, name, stamp)

    def _do(self, file: ImageFile, name: str, target: Path, attempt: int, journal: Journal) -> None:
        mask_path = target.with_name(f"{target.name}_mask{file.mask_suffix}")
        with PackedMasks(file.shape) as masks:
            for number, grey in enumerate(tqdm(file.read(), total=file.frames, leave=False, disable=_short(file)), 1):
                finding = self._find(grey, file)
                masks.append(finding.mask)
                overlay_path = (
                    target.with_name(f"{target.name}_overlay.png")
                    if file.frames == 1
                    else target.with_name(f"{target.name}_overlay") / f"{number:04}.png"
                )
                picture = as_picture(grey)
                with written_whole(overlay_path) as partial:
                    Image.fromarray(overlay(picture, finding.mask)).save(partial, format="PNG", compress_level=1)
                row = {
                    "file": name,
                    "frame": number if file.frames > 1 else None,
                    **self._describe(finding, file),
                    "mask": _name(mask_path, self.output_dir),
                    "overlay": _name(overlay_path, self.output_dir),
                    "note": "all pixels are equal" if picture.max() == 0 else None,
                }
                drawing = {
                    "thumbnail": base64.b64encode(thumbnail(picture)).decode("ascii"),
                    "size": file.shape,
                    "outlines": outlines(finding.mask),
                }
                journal.add_row(attempt, row, drawing)
            with written_whole(mask_path) as partial:
                file.write_masks(partial, masks, self.software)

    def _find(self, grey: np.ndarray, file: ImageFile) -> Finding:
        if grey.max() == grey.min():  # a frame that shows nothing; the network never saw one
            return Finding(np.zeros(grey.shape, dtype=bool), 0.0, 0.0)
        probability = lesion_probability(grey, file.regions, self.segmenter)
        return find_lesions(self.calibration.correct(probability), self.calibration)

    def _describe(self, finding: Finding, file: ImageFile) -> dict[str, Any]:
        spacing = self.spacing or lesion_region(finding.mask, file.regions).spacing
        measured = measure(finding.mask, spacing)
        box = measured.bounding_box or (None,) * 4
        return {
            "lesion_found": finding.lesion_found,
            "components": measured.components,
            "area": round(measured.area, 3),
            "longest_diameter": round(measured.longest_diameter, 3),
            "perpendicular_diameter": round(measured.perpendicular_diameter, 3),
            "unit": measured.unit,
            **dict(zip(("first_row", "first_column", "last_row", "last_column"), box)),
            "lesion_confidence": round(finding.lesion_confidence, 4),
            "minimum_confidence": round(finding.minimum_confidence, 4),
            "confidence": round(finding.confidence, 4),
            "spacing_row": spacing[0] if spacing else None,
            "spacing_column": spacing[1] if spacing else None,
            "spacing_from": "--spacing" if self.spacing else file.spacing_from,
        }

    @staticmethod
    def _fail(journal: Journal, attempt: int, name: str, stamp: list[int], message: str) -> None:
        tqdm.write(f"error: {_printable(message)}", file=sys.stderr)
        journal.end(attempt, name, stamp, message)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _stem(path: Path, root: Path) -> Path:
    """Return a file's place below the root without a suffix of images; DICOM files are often called by numbers and dots."""
    place = path.relative_to(root)
    suffix = next(
        (known for known in sorted(SUFFIXES, key=len, reverse=True) if place.name.lower().endswith(known)), ""
    )
    return place.with_name(place.name[: len(place.name) - len(suffix)] or place.name)


def _stamp(path: Path) -> list[int]:
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _short(file: ImageFile) -> bool | None:
    return True if file.frames < 10 else None


def _printable(message: str) -> str:
    """Return a message as one line in which the names of files cannot steer the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in message)
