# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Predictions with a stand-in for the network that finds what is bright, so that the truth is known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.images.image_file import Software
from scripts.postprocessing.calibration import Calibration
from scripts.prediction.batch import Batch
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import FILE, Journal
from scripts.prediction.result_folder import SHEET, results_start

BRIGHT = 0.7002  # of the range of grey levels; no grey level of 8 bits lies there


def bright(grey):
    """In place of the network: surely a lesion where an image is bright."""
    grey = grey.astype(np.float64)
    return ((grey - grey.min()) > BRIGHT * (grey.max() - grey.min())).astype(np.float32)


def counting(seen):
    """As `bright`; notes the shape of each image that it gets."""

    def segment(grey):
        seen.append(grey.shape)
        return bright(grey)

    return segment


def ellipse(shape, centre, axes, degrees=0.0, spacing=(1.0, 1.0)):
    """The pixels whose centre is in an ellipse; centre (row, column) and semi-axes in the unit of the spacing."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    y, x = (y + 0.5) * spacing[0] - centre[0], (x + 0.5) * spacing[1] - centre[1]
    angle = np.deg2rad(degrees)
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    return (along / axes[0]) ** 2 + (across / axes[1]) ** 2 <= 1


def scene(lesion, seed=0):
    """Speckle from black to middle grey, all of it tissue, with a bright lesion; uint8."""
    grey = np.random.default_rng(seed).integers(40, 120, lesion.shape, dtype=np.uint8)
    grey[0, 0] = 0
    grey[lesion] = 240
    return grey


@dataclass
class Outcome:
    """What a batch left: rows by file, reasons of failures by file, where it is."""

    folder: Path
    rows: dict[str, list[dict]]
    failed: dict[str, str]

    def row(self, name):
        """The only row of a file."""
        (row,) = self.rows[name]
        return row

    def results(self):
        """Names of the files that the rows stand for."""
        rows = [row for rows in self.rows.values() for row in rows]
        sheets = {results_start(row) + SHEET for row in rows if row["frame"] is not None}
        return sheets | {row[kind] for row in rows for kind in ("mask", "overlay")}

    def mask(self, name):
        """The mask of a picture, as written."""
        return np.asarray(Image.open(self.folder / self.row(name)["mask"]))


def run_batch(words, folder, spacing=None, segmenter=bright, calibration=None, settings=None):
    """Segment files without network, tables and report."""
    found = find_inputs([str(word) for word in words], folder)
    folder.mkdir(exist_ok=True)
    journal = Journal(folder / FILE, settings or {})
    try:
        batch = Batch(segmenter, calibration or Calibration(), folder, spacing, Software("LightBTSeg", "0"))
        batch.run(found, journal)
        rows = {}
        for row, _ in journal.rows():
            rows.setdefault(row["file"], []).append(row)
        return Outcome(folder, rows, journal.failures())
    finally:
        journal.close()


def files_below(folder):
    """Relative names of all files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def journal_lines(folder):
    """The lines of a folder's journal."""
    return [json.loads(line) for line in (folder / FILE).read_text().splitlines()]
