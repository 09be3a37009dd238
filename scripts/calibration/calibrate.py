# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Fit a calibration on a network's validation images and write it beside the weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..errors import InputError
from ..postprocessing.calibration import Calibration
from ..prediction.chosen_network import BUNDLE, ChosenNetwork
from ..runs.file_names import CALIBRATION
from ..runs.unseen_images import split_images
from .fit import fit_calibration
from .observations import observe


def calibrate(
    dataset_dir: str | Path,
    sensitivity: float,
    overwrite: bool = False,
    chosen: ChosenNetwork = BUNDLE,
) -> tuple[Path, Calibration]:
    """Fit a calibration on a network's validation images and write it beside the weights.

    Args:
        dataset_dir: the data set that the network was trained on.
        sensitivity: lowest share of the images with a lesion in which a lesion must be found, above 0, up to 1.
        overwrite: replace an existing calibration.
        chosen: the network.

    Returns:
        The file written, and the calibration.

    Raises:
        InputError: a calibration exists already; errors of `ChosenNetwork.load`, `split_images` and `observe`.
    """
    network = chosen.load_trained()
    path = network.weights.with_name(CALIBRATION)
    if path.exists() and not overwrite:
        raise InputError(f"{path}: exists; give --overwrite to replace it")
    fitting, _, datalist = split_images(network.weights, dataset_dir)
    observations = observe(fitting, network.segmenter, "fit")
    calibration, tried = fit_calibration(observations, sensitivity)
    folds = sorted({item["fold"] for item in fitting})
    settings = {
        **network.settings,
        "data": datalist["name"],
        "split": datalist["split"],
        "split_seed": datalist["seed"],
        "num_folds": datalist["num_folds"],
        "folds": folds,
        "images": len(observations),
        "images_without_lesion": sum(not observation.has_lesion for observation in observations),
        "sensitivity": sensitivity,
        "tried": tried,
    }
    provenance = network.segmenter.provenance(settings)
    calibration = replace(calibration, weights=network.settings["weights"], provenance=provenance)
    calibration.write(path)
    return path, calibration
