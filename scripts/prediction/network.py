# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The network that a configuration names, ready to segment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from monai.bundle import ConfigParser

from scripts.errors import InputError
from scripts.prediction.calibration import hash_file
from scripts.prediction.segmenter import Segmenter
from scripts.weights import load_weights

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "configs" / "inference.json"


class Network(NamedTuple):
    """A network with its weights.

    Attributes:
        segmenter: gives the probabilities of lesion.
        weights: the file that they were loaded from.
        settings: what tells its results from those of another.
    """

    segmenter: Segmenter
    weights: Path
    settings: dict[str, Any]


def load_network(
    config_files: Sequence[str | Path] = (CONFIG,), ckpt: str | Path | None = None, device: str | None = None
) -> Network:
    """Make what segments an image from a configuration, as ``configs/inference.json`` is one.

    Args:
        config_files: it and overlays on it.
        ckpt: weights, None for those that the configuration names.
        device: None for that of the configuration.

    Raises:
        InputError: a file is missing or damaged, the weights are of another network, or there is no such device.
    """
    for file in config_files:
        if not Path(file).is_file():
            raise InputError(f"--config_file {file}: no such file")
    parser = ConfigParser(ConfigParser.load_config_files([str(file) for file in config_files]))
    parser["bundle_root"] = str(ROOT)
    if ckpt:
        parser["ckpt"] = str(ckpt)
    if device:
        parser["device"] = f"$torch.device({device!r})"
    # Files are read here as a clinic has them; what follows their loading is the configuration's.
    steps = parser["preprocessing"]["transforms"]
    parser["preprocessing"]["transforms"] = [step for step in steps if not step["_target_"].endswith("LoadImaged")]
    weights = Path(parser.get_parsed_content("ckpt"))
    try:
        network = parser.get_parsed_content("network")
    except (RuntimeError, AssertionError) as error:
        if device is None:
            raise
        raise InputError(f"--device {device}: {str(error.__cause__ or error).splitlines()[0]}") from None
    load_weights(network, weights)
    segmenter = Segmenter(
        network,
        parser.get_parsed_content("preprocessing"),
        parser.get_parsed_content("inferer"),
        torch.device(parser.get_parsed_content("device")),
    )
    settings = {
        "network": type(network).__name__,
        "weights": hash_file(weights),
        "image_size": parser.get_parsed_content("image_size"),
    }
    return Network(segmenter, weights, settings)
