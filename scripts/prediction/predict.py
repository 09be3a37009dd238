# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run a prediction: find the inputs, load the network, segment, write the results."""

from __future__ import annotations

import base64
import heapq
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any

import cv2

from ..bundle.metadata import read_metadata
from ..errors import InputError
from ..files.folder_lock import locked
from ..files.json_file import write_json_rows
from ..images.image_file import Software
from ..metrics.units import UNIT_NAMES
from ..postprocessing.calibration import FITTED_TO, TRIED, Calibration
from ..report import Card, write_report
from .batch import Batch
from .chosen_network import BUNDLE, ChosenNetwork
from .disk_space import check_room
from .inputs import Inputs, find_inputs
from .journal import Journal
from .loaded_network import Network
from .pseudonyms import Pseudonyms
from .result_folder import CLIPS, CSV, JSON, LESIONS, REPORT, open_folder
from .result_rows import describe_clip
from .result_tables import CLIP_COLUMNS, LESION_COLUMNS, write_table
from .shards import ALL, Shard, merge_journals, shard_journals

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 1  # of results.json; see docs/results.schema.json
SHOWN = 1000  # images in the report, least confident first; more would make the page slow


def predict(
    inputs: str | Path | Sequence[str | Path],
    output_dir: str | Path,
    spacing: tuple[float, float] | None = None,
    resume: bool = False,
    overwrite: bool = False,
    chosen: ChosenNetwork = BUNDLE,
    shard: Shard = ALL,
    anonymise: str | Path | None = None,
) -> dict[str, Any]:
    """Segment and measure files, and write masks, overlays, tables and a report.

    Args:
        inputs: one or more files, folders, patterns or lists; see `find_inputs`.
        output_dir: folder for the results.
        spacing: height and width of a pixel in millimetres, both positive, for all images; None to use the spacing in
            each file.
        resume: continue the prediction in `output_dir`.
        overwrite: replace the prediction in `output_dir`.
        chosen: the network. Its calibration is read from the folder of its weights.
        shard: share of the files to process. Other processes or machines predict the others into the same folder, or
            into folders whose content is put together afterwards; `merge` then writes the tables and the report.
        anonymise: key file, created if missing. The results hold no data of patients: files, patients and UIDs have
            pseudonyms, which the key file tells. None to keep them.

    Returns:
        ``images``, ``lesions`` (images with a lesion), ``files`` (number of input files), ``failed``: the error of each
        file that failed, by name, ``skipped``: the reason for each file that was passed over, by name, and
        ``masks_without_image``: those of them that are named like masks, but have no image. ``files`` and ``skipped``
        are those of all shards, the others those of `shard`.

    Raises:
        InputError: the prediction cannot start, or another command is writing to the folder. A file that cannot be read
            does not raise.
    """
    folder = Path(output_dir)
    if spacing is not None and not all(0 < size < float("inf") for size in spacing):
        raise InputError(f"--spacing {' '.join(map(str, spacing))}: must be above 0, in millimetres")
    found = find_inputs([inputs] if isinstance(inputs, (str, Path)) else inputs, folder)
    if anonymise is not None:
        found = replace(found, pseudonyms=Pseudonyms(Path(anonymise), folder))
    network = chosen.load()
    calibration = network.calibration()
    logger.info(f"Runtime: {network.segmenter.choice}, {network.reason}.")
    with locked(folder, shared=shard != ALL), _one_opencv_thread():
        if not resume:
            check_room([path for path in found.files if shard.has(found.name(path))], folder)
        open_folder(folder, resume, overwrite, shard)
        return _predict(found, network, calibration, folder, spacing, shard)


@contextmanager
def _one_opencv_thread() -> Iterator[None]:
    """Let OpenCV compute on one core: on images of this size, more take a tenth of the processor and save no time."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _predict(
    found: Inputs,
    network: Network,
    calibration: Calibration,
    folder: Path,
    spacing: tuple[float, float] | None,
    shard: Shard,
) -> dict[str, Any]:
    """Predict into a folder that is open and locked; arguments and result as `predict`."""
    pseudonyms = found.pseudonyms
    settings = {
        **network.settings,
        **calibration.settings,
        "runtime": str(network.segmenter.choice),
        **({} if pseudonyms is None else {"anonymised": f"with the key {pseudonyms('')}"}),
        "inputs": str(found.root) if pseudonyms is None else pseudonyms(str(found.root)),
        "spacing": spacing,
    }
    metadata = read_metadata()
    journal = Journal(folder / shard.journal, {"schema_version": SCHEMA_VERSION, **settings})
    # Without long lists.
    fitted = {name: value for name, value in calibration.provenance.items() if name not in (TRIED, FITTED_TO)}
    provenance = network.segmenter.provenance({**settings, "calibration": fitted})
    if pseudonyms is not None:
        pseudonyms.note(
            {
                found.name(path): path
                for path in (*found.files, *found.unreadable, *found.skipped, *found.masks_without_image)
            }
        )
        del provenance["command"]  # it names the inputs
    summary = {**found.summary(), "provenance": provenance}
    try:
        software = Software(metadata["name"], metadata["version"])
        batch = Batch(network.segmenter, calibration, folder, spacing, software, pseudonyms)
        if shard != ALL:
            with locked(folder / shard.journal):  # the folder is shared
                batch.run(found, journal, shard)
            journal.finish(summary)
            found_lesion = Counter(row["lesion_found"] for row, _ in journal.rows())
            return _outcome(found_lesion, journal, summary)
        batch.run(found, journal, shard)
    finally:
        if shard == ALL:  # write the results so far even after an interruption
            outcome = _write_results(journal, folder, summary)
        journal.close()
    return outcome


def merge(output_dir: str | Path) -> dict[str, Any]:
    """Join the shards of a prediction, and write its tables and report.

    Args:
        output_dir: the folder with the results of all shards.

    Returns:
        As `predict`.

    Raises:
        InputError: a shard is missing, unfinished or of another prediction.
    """
    folder = Path(output_dir)
    with locked(folder):
        journal, summary = merge_journals(folder)
        outcome = _write_results(journal, folder, summary)
        journal.finish(summary)  # from here on the shards are not needed
        journal.close()
        for path in shard_journals(folder).values():
            path.unlink()
    return outcome


def _outcome(found: Counter[bool], journal: Journal, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of `predict` for the files in a journal; `found` counts images with a lesion and without."""
    listing = {name: summary[name] for name in ("files", "skipped", "masks_without_image")}
    return {**listing, "images": found.total(), "lesions": found[True], "failed": journal.failures()}


def _write_results(journal: Journal, folder: Path, listed: Mapping[str, Any]) -> dict[str, Any]:
    """Write tables and report.

    Args:
        journal: the files and their results.
        folder: results folder.
        listed: `Inputs.summary` and the provenance.

    Returns:
        As `predict`.
    """
    counts: Counter[bool] = Counter()
    units: set[str] = set()
    seconds: list[float] = []
    uncertain: list[tuple[float, int]] = []  # heap of the least confident, as negative numbers
    for row, offset in journal.rows():
        counts[row["lesion_found"]] += 1
        units.add(row["unit"])
        seconds.append(row["seconds"])
        change = heapq.heappush if len(uncertain) < SHOWN else heapq.heappushpop
        change(uncertain, (-row["confidence"], offset))
    outcome = _outcome(counts, journal, listed)
    files, failed, skipped, provenance = outcome["files"], outcome["failed"], outcome["skipped"], listed["provenance"]
    write_table(folder / CSV, (row for row, _ in journal.rows()))
    lesions = ({**row, **lesion} for row, _ in journal.rows() for lesion in row["lesions"])
    write_table(folder / LESIONS, lesions, LESION_COLUMNS)
    clips = _clips(journal)
    write_table(folder / CLIPS, clips, CLIP_COLUMNS)
    described = {
        "schema_version": SCHEMA_VERSION,
        "files": files,
        "lesions": counts[True],
        "failed": failed,
        "skipped": skipped,
        "provenance": provenance,
        "clips": clips,
    }
    write_json_rows(folder / JSON, described, "images", (row for row, _ in journal.rows()))
    summary = {
        "Files": str(files),
        "Images": str(counts.total()),
        "Images with a lesion": str(counts[True]),
        "Files that failed": str(len(failed)),
        "Files skipped": str(len(skipped)),
        "Lengths": " and ".join(UNIT_NAMES[unit] for unit in sorted(units)) or "none",
        **({"Time per image": f"{median(seconds):.2g} s (median)"} if seconds else {}),
    }
    write_report(
        _cards(journal, [offset for _, offset in sorted(uncertain, key=lambda each: (-each[0], each[1]))]),
        folder / REPORT,
        "Breast lesions in ultrasound",
        summary,
        provenance,
        omitted=counts.total() - len(uncertain),
        sections={
            "Clips": {clip["file"]: _summary(clip) for clip in clips},
            "Files that failed": failed,
            "Files skipped": skipped,
        },
    )
    return outcome


def _clips(journal: Journal) -> list[dict[str, Any]]:
    """Return the summary of each clip, whose rows follow each other in the journal."""
    frames = (row for row, _ in journal.rows() if row["frame"] is not None)
    return [describe_clip(rows) for _, rows in groupby(frames, key=itemgetter("file"))]


def _summary(clip: dict[str, Any]) -> str:
    found = f"{clip['frames_with_lesion']} of {clip['frames']} frames with a lesion"
    if not clip["frames_with_lesion"]:
        return f"{found}; {clip['sheet']}"
    smallest, largest, unit = clip["longest_diameter_min"], clip["longest_diameter_max"], clip["unit"]
    return (
        f"{found}; longest diameter {smallest:.1f} to {largest:.1f} {unit}, largest in frame {clip['largest_frame']}; "
        f"{clip['sheet']}"
    )


def _cards(journal: Journal, offsets: Sequence[int]) -> Iterator[Card]:
    for offset in offsets:
        row, drawing = journal.drawing(offset)
        unit = row["unit"]
        sizes = ("longest_diameter", "perpendicular_diameter", "area")
        longest, across, area = (row[name] if row["lesion_found"] else None for name in sizes)
        yield Card(
            name=row["file"],
            frame=row["frame"],
            thumbnail=base64.b64decode(drawing["thumbnail"]),
            size=tuple(drawing["size"]),
            contours={"prediction": drawing["outlines"], "calipers": _calipers(row)},
            lesion_found=row["lesion_found"],
            confidence=row["confidence"],
            values={
                "lesions": row["components"],
                f"longest ({unit})": longest,
                f"across ({unit})": across,
                f"area ({unit}²)": area,
                **({"note": row["note"]} if row["note"] else {}),
            },
        )


def _calipers(row: dict[str, Any]) -> list[list[tuple[float, float]]]:
    return [line for lesion in row["lesions"] for line in lesion["calipers"]]
