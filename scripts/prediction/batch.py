# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment and measure many files; a file that fails does not stop the others."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..errors import InputError, printable
from ..files.hashing import hash_file
from ..images.file_types import open_image
from ..images.image_file import Software
from ..postprocessing.calibration import Calibration
from ..progress import track
from .anonymous_picture import anonymous_picture
from .file_results import FileResults
from .image_prediction import predict_image
from .inputs import Inputs
from .journal import Journal
from .loaded_network import ImageSegmenter
from .pseudonyms import Pseudonyms
from .result_folder import remove_results, results_start
from .result_names import result_names
from .shards import ALL, Shard

logger = logging.getLogger(__name__)

FAILED = "cannot be segmented; the reason was printed"  # in place of a message that could tell of the patient


class Batch:
    """Segment files and write the results to a folder with the same subfolders.

    Args:
        segmenter: computes lesion probabilities.
        calibration: calibrates them and decides what is a lesion.
        output_dir: folder for masks, overlays and the journal.
        spacing: height and width of a pixel in millimetres for all images; None to use the spacing in each file.
        software: written to DICOM segmentations.
        pseudonyms: replaces what identifies patients; None to keep it.
    """

    def __init__(
        self,
        segmenter: ImageSegmenter,
        calibration: Calibration,
        output_dir: Path,
        spacing: tuple[float, float] | None,
        software: Software,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self.segmenter = segmenter
        self.calibration = calibration
        self.output_dir = output_dir
        self.spacing = spacing
        self.software = software
        self.pseudonyms = pseudonyms

    def run(self, inputs: Inputs, journal: Journal, shard: Shard = ALL) -> None:
        """Process all files of a shard that are not done according to the journal, and record the results in it.

        A file that fails prints a one-line error, and the next file is processed.
        """
        names = {path: inputs.name(path) for path in inputs.files}
        files = [path for path in inputs.files if shard.has(names[path])]
        pending = self._pending({names[path]: path for path in files}, journal)
        journal.forget({*pending, *journal.failures()})  # those that failed and are gone are no failures any more
        kept = journal.done()
        starts = result_names(names.values(), kept)
        in_use = set(kept.values())
        remove_results(self.output_dir, (row for row in journal.outdated() if results_start(row) not in in_use))
        for folder, reason in inputs.unreadable.items():
            if shard.has(name := inputs.name(folder)):
                self._fail(journal, journal.begin(), name, None, f"{folder}: cannot be read: {reason}")
        for path in track(files, "predict", "file"):
            name = names[path]
            if name not in pending:
                continue
            attempt, content = journal.begin(), self._content(path)
            rows: list[dict[str, Any]] = []
            try:
                for row, drawing in self._do(path, name, starts[name]):
                    rows.append(row)
                    journal.add_row(attempt, row, drawing)
            except Exception as error:  # any error, so that the other files are processed
                logger.debug(name, exc_info=True)
                remove_results(self.output_dir, rows)
                self._fail(journal, attempt, name, content, _reason(error, path))
            else:
                journal.end(attempt, name, content, starts[name])

    def _pending(self, files: Mapping[str, Path], journal: Journal) -> set[str]:
        """Return the names of the files that are not done, have changed since, or whose mask is gone."""
        gone = {row["file"] for row, _ in journal.rows() if not (self.output_dir / row["mask"]).is_file()}
        known = (journal.done().keys() - gone) & files.keys()
        content = {
            name: self._content(files[name]) for name in track(known, "compare", "file", shown=len(known) > 1000)
        }
        return {name for name in files if not journal.is_done(name, content.get(name))}

    def _do(self, path: Path, name: str, start: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield the row of the result table and the data for the report, for each image of a file."""
        begun = time.perf_counter()
        file = open_image(path)
        if self.pseudonyms:
            file.anonymise(self.pseudonyms)
        with FileResults(file, name, self.output_dir, start, self.software) as results:
            for grey in track(file.read(), path.name, "frame", file.frames, shown=file.frames >= 10):
                prediction = predict_image(grey, file.regions, self.segmenter, self.calibration, self.spacing)
                shown, note = anonymous_picture(grey, file) if self.pseudonyms else (grey, None)
                row, drawing = results.add(shown, prediction, note)
                row["seconds"] = round(time.perf_counter() - begun, 4)
                yield row, drawing
                begun = time.perf_counter()
            results.finish()

    def _fail(self, journal: Journal, attempt: int, name: str, content: str | None, message: str) -> None:
        error = str(InputError(message))
        tqdm.write(f"error: {error}", file=sys.stderr)
        journal.end(attempt, name, content, error=FAILED if self.pseudonyms else error)

    def _content(self, path: Path) -> str | None:
        """Return the SHA-256 of a file, None if it cannot be read or is a pipe, which would block."""
        try:
            content = hash_file(path) if path.is_file() else None
        except InputError:
            return None
        return self.pseudonyms(content) if content and self.pseudonyms else content


def _reason(error: Exception, path: Path) -> str:
    """Return a one-line error message that names the file."""
    if isinstance(error, MemoryError):
        return f"{path}: not enough memory"
    if not isinstance(error, InputError):
        return f"{path}: cannot be segmented: {type(error).__name__}: {' '.join(str(error).split())}"
    message = str(error)
    return message if message.startswith(printable(f"{path}: ")) else f"{path}: {message}"
