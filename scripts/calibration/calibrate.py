# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Fit a calibration on a network's validation images and write it beside the weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..data.joined_datalist import identity_digests
from ..errors import InputError
from ..postprocessing.calibration import FITTED_TO, TRIED, Calibration
from ..prediction.chosen_network import BUNDLE, ChosenNetwork
from ..runs.file_names import CALIBRATION
from ..runs.unseen_images import split_images, unseen_dataset
from .fit import fit_calibration
from .observations import observe


def calibrate(
    dataset_dir: str | Path,
    sensitivity: float,
    overwrite: bool = False,
    chosen: ChosenNetwork = BUNDLE,
    whole_dataset: bool = False,
) -> tuple[Path, Calibration]:
    """Fit a calibration and write it beside the weights.

    Args:
        dataset_dir: the data set that the network was trained on, of which the validation images are used; or with
            `whole_dataset` another one.
        sensitivity: lowest share of the images with a lesion in which a lesion must be found, above 0, up to 1.
        overwrite: replace an existing calibration.
        chosen: the network.
        whole_dataset: use all images, of a data set that the network was not trained on.

    Returns:
        The file written, and the calibration.

    Raises:
        InputError: a calibration exists already, or the network was trained on some of the images; errors of
            `ChosenNetwork.load`, `split_images` and `observe`.
    """
    network = chosen.load_trained()
    path = network.weights.with_name(CALIBRATION)
    if path.exists() and not overwrite:
        raise InputError(f"{path}: exists; give --overwrite to replace it")
    if whole_dataset:
        fitting, datalist = unseen_dataset(network.weights, dataset_dir, "fitted")
    else:
        fitting, _, datalist = split_images(network.weights, dataset_dir)
    observations = observe(fitting, network.segmenter, "fit")
    calibration, tried = fit_calibration(observations, sensitivity)
    settings = {
        **network.settings,
        "data": datalist["name"],
        "split": datalist["split"],
        "split_seed": datalist["seed"],
        "num_folds": datalist["num_folds"],
        "folds": "all" if whole_dataset else sorted({item["fold"] for item in fitting}),
        **({FITTED_TO: [*identity_digests(datalist, [item["name"] for item in fitting])]} if whole_dataset else {}),
        "images": len(observations),
        "images_without_lesion": sum(not observation.has_lesion for observation in observations),
        "sensitivity": sensitivity,
        TRIED: tried,
    }
    provenance = network.segmenter.provenance(settings)
    calibration = replace(calibration, weights=network.settings["weights"], provenance=provenance)
    calibration.write(path)
    return path, calibration
