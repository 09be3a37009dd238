# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Assess a calibrated network on unseen images and write the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..data.joined_datalist import identity_digests
from ..errors import InputError
from ..files.atomic import write_text
from ..files.csv_file import write_csv
from ..files.folders import make_folder
from ..files.json_file import write_json
from ..metrics.summary import summarise
from ..postprocessing.calibration import FITTED_TO, read_calibration
from ..prediction.chosen_network import BUNDLE, ChosenNetwork
from ..runs.file_names import CALIBRATION
from ..runs.unseen_images import split_images, unseen_dataset
from .decision import assess_decision
from .image_scores import assess_image
from .observations import Observation, observe
from .plots import draw_assessment
from .reliability import reliability
from .segmentation import assess_effect, assess_parts
from .summary_tables import assessment_markdown
from .uncertainty import assess_uncertainty

ROWS, SUMMARY, TABLES, PICTURE = "trust.csv", "trust.json", "trust.md", "trust.png"


def assess(
    dataset_dir: str | Path,
    output_dir: str | Path,
    whole_dataset: bool = False,
    overwrite: bool = False,
    chosen: ChosenNetwork = BUNDLE,
) -> Path:
    """Assess a calibrated network on images that it has not seen.

    Args:
        dataset_dir: the data set that the network was trained on, of which only unseen images are used; or with
            `whole_dataset` another one.
        output_dir: folder for the results: one row per image (``trust.csv``), all results with their provenance
            (``trust.json``), the main ones as tables (``trust.md``) and plots (``trust.png``).
        whole_dataset: use all images, for a data set that the network was not trained on.
        overwrite: replace existing results.
        chosen: the network.

    Returns:
        `output_dir`.

    Raises:
        InputError: results exist already, there is no calibration, the network was trained on some of the images, or
            none of them has a lesion.
    """
    folder = Path(output_dir)
    if (folder / SUMMARY).exists() and not overwrite:
        raise InputError(f"--output_dir {folder}: holds results already; give --overwrite to replace them")
    network = chosen.load_trained()
    calibration = read_calibration(network.weights.with_name(CALIBRATION), network.weights)
    if whole_dataset:
        items, datalist = unseen_dataset(network.weights, dataset_dir, "assessed")
        digests = identity_digests(datalist, (item["name"] for item in items))
        if fitted := [digests[each] for each in calibration.provenance.get(FITTED_TO, ()) if each in digests]:
            raise InputError(
                f"--dataset_dir {dataset_dir}: the calibration was fitted to {len(fitted)} of its {len(items)} images, "
                f"such as '{fitted[0]}'; give others"
            )
    else:
        _, items, datalist = split_images(network.weights, dataset_dir)
        if not items:
            raise InputError(
                f"--dataset_dir {dataset_dir}: the network has seen all of it; give another and --whole_dataset"
            )
    make_folder(folder)
    raw = observe(items, network.segmenter, "assess")
    if not any(observation.has_lesion for observation in raw):
        raise InputError(
            f"--dataset_dir {dataset_dir}: none of the images to assess has a lesion; give another data set"
        )
    corrected = [observation.corrected(calibration) for observation in raw]
    rows = [assess_image(observation, calibration) for observation in raw]
    settings = {
        **network.settings,
        **calibration.settings,
        "data": datalist["name"],
        "split": datalist["split"],
        "split_seed": datalist["seed"],
        "images": len(rows),
        "chosen": "all" if whole_dataset else "all that the network has not seen, nor a near-identical image of them",
    }
    result = {
        "segmentation": summarise(rows),
        "effect": assess_effect(rows),
        "reliability": {
            "before": reliability(_folds_with_lesions(raw)),
            "after": reliability(_folds_with_lesions(corrected)),
        },
        "uncertainty": assess_uncertainty(rows),
        "decision": assess_decision(rows, calibration),
        "parts": assess_parts(rows),
        "provenance": network.segmenter.provenance(settings),
    }
    _write(folder, rows, result)
    return folder


def _folds_with_lesions(observations: Sequence[Observation]) -> list[Observation]:
    """Return the images of the folds that have lesions.

    Folds that only have images without a lesion would change the share of such images.
    """
    folds = {observation.fold for observation in observations if observation.has_lesion}
    return [observation for observation in observations if observation.fold in folds]


def _write(folder: Path, rows: Sequence[dict[str, Any]], result: dict[str, Any]) -> None:
    write_csv(folder / ROWS, rows)
    write_text(folder / TABLES, assessment_markdown(result) + "\n")
    draw_assessment(rows, result, folder / PICTURE)
    write_json(folder / SUMMARY, result)
