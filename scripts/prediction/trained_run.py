# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Load the network of a trained run, with the image size and the preprocessing of its test, but for the crop."""

from __future__ import annotations

from pathlib import Path

from monai.bundle import ConfigParser
from monai.inferers import SimpleInferer
from monai.transforms import Compose, CropForegroundd, LoadImaged, MapTransform

from ..bundle.device import usable_device
from ..bundle.paths import ROOT
from ..networks.weights import load_weights
from ..runs.config_record import find_run, read_run_config
from .loaded_network import Network
from .network import config_errors, describe_network
from .segmenter import Segmenter

# Predictions read files and crop images to the field of view by other means, and have no mask.
LEFT_OUT = (LoadImaged.__name__, "LoadLesionMaskd", CropForegroundd.__name__)


def load_run(run: str | Path, device: str | None = None) -> Network:
    """Load the network of a trained run.

    Args:
        run: output folder of a training by ``monai.bundle run``.
        device: device; None for that of the run's config.

    Raises:
        InputError: the folder is not that of a training, its files are damaged, or the device is not available.
    """
    config, weights = find_run(run)
    parser = read_run_config(config)
    with config_errors(f"--run {run}: {config.name} is not the config of a training"):
        parser["bundle_root"] = str(ROOT)
        parser["device"] = chosen = usable_device(device or parser.get_parsed_content("device"))
        # Not the key `network`, whose overlays compare data that need not be here any more.
        memory_format = parser.get_parsed_content("memory_format")
        network = parser.get_parsed_content("network_def").to(device=chosen, memory_format=memory_format)
        preprocessing = _preprocessing(parser)
        image_size = parser.get_parsed_content("image_size")
    load_weights(network, weights)
    segmenter = Segmenter(network, preprocessing, SimpleInferer(), chosen)
    return Network(segmenter, weights, describe_network(network, weights, image_size))


def _preprocessing(parser: ConfigParser) -> Compose:
    """Return the preprocessing of the run's test for an image that is loaded."""
    transforms = parser.get_parsed_content("test#preprocessing").transforms
    steps = [step for step in transforms if type(step).__name__ not in LEFT_OUT]
    for step in steps:
        if isinstance(step, MapTransform):
            step.allow_missing_keys = True  # there is no mask
    return Compose(steps)
