# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A prediction as a whole: inputs, network, results."""

from __future__ import annotations

import base64
import heapq
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from monai.bundle import ConfigParser
from monai.inferers import Inferer
from monai.transforms import Compose
from torch import nn

from scripts.errors import InputError
from scripts.metadata import read_metadata
from scripts.prediction import journal as journals
from scripts.prediction.batch import Batch
from scripts.prediction.calibration import FILE, Calibration, hash_file, read_calibration
from scripts.prediction.image_file import Software
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import Journal
from scripts.prediction.result_folder import CSV, JSON, REPORT, open_folder
from scripts.prediction.segmenter import Segmenter
from scripts.prediction.tables import write_csv, write_json
from scripts.provenance import Provenance
from scripts.report import Card, write_report
from scripts.weights import load_weights

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "configs" / "inference.json"
SHOWN = 1000  # images of the report, the most uncertain; a page of more would be slow


def load_segmenter(
    config_files: Sequence[str | Path] = (CONFIG,), ckpt: str | Path | None = None, device: str | None = None
) -> tuple[Segmenter, Calibration, dict[str, Any]]:
    """Make what segments an image from a configuration, as ``configs/inference.json`` is one.

    Args:
        config_files: it and overlays on it.
        ckpt: weights, None for those that the configuration names.
        device: None for that of the configuration.

    Returns:
        The segmenter, the calibration that lies beside the weights, without effect where there is none, and settings
        that tell results of this network from those of another.

    Raises:
        InputError: a file is missing or damaged, or the weights are of another network.
    """
    for file in config_files:
        if not Path(file).is_file():
            raise InputError(f"--config_file {file}: no such file")
    try:
        parser = ConfigParser(ConfigParser.load_config_files([str(file) for file in config_files]))
        parser["bundle_root"] = str(ROOT)
        if ckpt:
            parser["ckpt"] = str(ckpt)
        parser["device"] = chosen = _device(device, parser)
        steps = parser["preprocessing"]["transforms"]
        parser["preprocessing"]["transforms"] = [step for step in steps if not step["_target_"].endswith("LoadImaged")]
        weights = Path(parser.get_parsed_content("ckpt"))
        network: nn.Module = parser.get_parsed_content("network")
        preprocessing: Compose = parser.get_parsed_content("preprocessing")
        inferer: Inferer = parser.get_parsed_content("inferer")
        image_size = parser.get_parsed_content("image_size")
    except InputError:
        raise
    except Exception as error:  # a configuration can hold anything
        names = " ".join(str(file) for file in config_files)
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise InputError(f"--config_file {names}: is none for inference, as configs/inference.json: {reason}") from None
    load_weights(network, weights)
    path = weights.with_name(FILE)
    if path.is_file():
        calibration = read_calibration(path, weights)
    else:
        calibration = Calibration()
        logger.warning(f"There is no {path}: probabilities are used as they are, and anything found is a lesion.")
    segmenter = Segmenter(network, preprocessing, inferer, chosen, calibration.temperature)
    decisions = ("temperature", "threshold", "min_size", "fill_holes", "min_confidence")
    settings = {
        "network": type(network).__name__,
        "weights": hash_file(weights),
        "image_size": image_size,
        **{name: getattr(calibration, name) for name in decisions},
    }
    return segmenter, calibration, settings


def _device(device: str | None, parser: ConfigParser) -> torch.device:
    """Return the device, that of the configuration where None is given, once it has proved to be there."""
    try:
        chosen = torch.device(device or parser.get_parsed_content("device"))
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError) as error:  # which of them is up to the kind of device
        reason = str(error).splitlines()[0]
        raise InputError(f"--device {device or 'of the configuration'}: cannot be used: {reason}") from None
    return chosen


def predict(
    inputs: Sequence[str],
    output_dir: str | Path,
    spacing: tuple[float, float] | None = None,
    resume: bool = False,
    overwrite: bool = False,
    config_files: Sequence[str | Path] = (CONFIG,),
    ckpt: str | Path | None = None,
    device: str | None = None,
) -> dict[str, Any]:
    """Segment and measure files, and write masks, overlays, tables and a report.

    Args:
        inputs: files, folders, patterns, lists; see `find_inputs`.
        output_dir: gets it all.
        spacing: height and width of a pixel in millimetres, both positive, of all images; None to take what each file
            says.
        resume: go on with what is in `output_dir`.
        overwrite: remove what is there of a prediction.
        config_files: see `load_segmenter`, as `ckpt` and `device`.

    Returns:
        ``images``, ``lesions`` (images with one), ``files`` that were asked for, and ``failed``: the reason of each
        file that failed, by name.

    Raises:
        InputError: nothing could be begun. A file that cannot be read ends nothing.
    """
    folder = Path(output_dir)
    if spacing is not None and not all(0 < size < float("inf") for size in spacing):
        raise InputError(f"--spacing {' '.join(map(str, spacing))}: sizes above 0, in millimetres, are expected")
    found = find_inputs(inputs, folder)
    segmenter, calibration, settings = load_segmenter(config_files, ckpt, device)
    open_folder(folder, resume, overwrite)
    settings = {**settings, "inputs": str(found.root), "spacing": spacing}
    metadata = read_metadata()
    journal = Journal(folder / journals.FILE, settings)
    try:
        batch = Batch(segmenter, calibration, folder, spacing, Software(metadata["name"], metadata["version"]))
        batch.run(found, journal)
    finally:  # what is done is told even where an interruption ends it
        provenance = Provenance({**settings, "calibration": dict(calibration.provenance)}, segmenter.device)()
        outcome = _write_results(journal, folder, len(found.files) + len(found.unreadable), provenance)
        journal.close()
    return outcome


def _write_results(journal: Journal, folder: Path, files: int, provenance: dict[str, Any]) -> dict[str, Any]:
    counts: Counter[bool] = Counter()
    units: set[str] = set()
    uncertain: list[tuple[float, int]] = []  # a heap of the least certain, as negative numbers
    for row, offset in journal.rows():
        counts[row["lesion_found"]] += 1
        units.add(row["unit"])
        change = heapq.heappush if len(uncertain) < SHOWN else heapq.heappushpop
        change(uncertain, (-row["confidence"], offset))
    failed = journal.failures()
    outcome = {"files": files, "images": counts.total(), "lesions": counts[True], "failed": failed}
    write_csv(folder / CSV, (row for row, _ in journal.rows()))
    described = {"files": files, "lesions": counts[True], "failed": failed, "provenance": provenance}
    write_json(folder / JSON, described, lambda: (row for row, _ in journal.rows()))
    summary = {
        "Files": str(files),
        "Images": str(counts.total()),
        "Images with a lesion": str(counts[True]),
        "Files that failed": ", ".join([str(len(failed)), *list(failed)[:20]]),
        "Lengths": " and ".join({"mm": "millimetres", "pixel": "pixels"}[unit] for unit in sorted(units)) or "none",
    }
    write_report(
        _cards(journal, [offset for _, offset in sorted(uncertain, key=lambda each: (-each[0], each[1]))]),
        folder / REPORT,
        "Breast lesions in ultrasound",
        summary,
        provenance,
        omitted=counts.total() - len(uncertain),
    )
    return outcome


def _cards(journal: Journal, offsets: Sequence[int]) -> Iterator[Card]:
    for offset in offsets:
        row, drawing = journal.drawing(offset)
        unit = row["unit"]
        yield Card(
            name=row["file"],
            frame=row["frame"],
            thumbnail=base64.b64decode(drawing["thumbnail"]),
            size=tuple(drawing["size"]),
            contours={"prediction": drawing["outlines"]},
            lesion_found=row["lesion_found"],
            confidence=row["confidence"],
            values={
                "lesions": row["components"],
                f"longest ({unit})": row["longest_diameter"],
                f"across ({unit})": row["perpendicular_diameter"],
                f"area ({unit}²)": row["area"],
                "note": row["note"],
            },
        )
