# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Load the network of a config, ready to segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monai.inferers import Inferer
from monai.transforms import Compose
from torch import nn

from ..bundle.configs import read_config
from ..bundle.device import usable_device
from ..bundle.paths import CONFIGS, ROOT
from ..errors import InputError
from ..files.hashing import hash_file
from ..networks.weights import load_weights
from ..runs.trained_settings import trained_image_size
from .loaded_network import Network
from .segmenter import Segmenter

CONFIG = CONFIGS / "inference.json"


def load_network(
    config_files: Sequence[str | Path] | None = None, ckpt: str | Path | None = None, device: str | None = None
) -> Network:
    """Load a network, its preprocessing and its inferer from an inference config.

    Args:
        config_files: config and overlays; None for ``configs/inference.json``. The image size is the one recorded with
            the weights, unless an overlay sets it.
        ckpt: weights file; None for that of the config.
        device: device; None for that of the config.

    Raises:
        InputError: a file is missing or damaged, the weights are of another network, or the device is not available.
    """
    config_files = config_files or (CONFIG,)
    for file in config_files:
        if not Path(file).is_file():
            raise InputError(f"--config_file {file}: no such file")
    names = " ".join(str(file) for file in config_files)
    with config_errors(f"--config_file {names}: not a config like configs/inference.json"):
        parser = read_config(config_files)
        parser["bundle_root"] = str(ROOT)
        if ckpt:
            parser["ckpt"] = str(ckpt)
        parser["device"] = chosen = usable_device(device or parser.get_parsed_content("device"))
        # Files are read and cropped by scripts.images; the config's transforms after that are used.
        steps = parser["preprocessing"]["transforms"]
        parser["preprocessing"]["transforms"] = [
            step for step in steps if not step["_target_"].endswith(("LoadImaged", "CropForegroundd"))
        ]
        weights = Path(parser.get_parsed_content("ckpt"))
        size = trained_image_size(weights)
        if size is not None and not _sets_image_size(config_files[1:]):
            parser["image_size"] = size
        network: nn.Module = parser.get_parsed_content("network")
        preprocessing: Compose = parser.get_parsed_content("preprocessing")
        inferer: Inferer = parser.get_parsed_content("inferer")
        image_size = parser.get_parsed_content("image_size")
    load_weights(network, weights)
    segmenter = Segmenter(network, preprocessing, inferer, chosen)
    return Network(segmenter, weights, describe_network(network, weights, image_size))


@contextmanager
def config_errors(message: str) -> Iterator[None]:
    """Raise whatever the parsing of a config raises as `InputError`: `message` and the reason."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # a config can contain anything
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise InputError(f"{message}: {reason}") from None


def describe_network(network: nn.Module, weights: Path, image_size: int) -> dict[str, Any]:
    """Return the settings of a network that affect its results."""
    return {"network": type(network).__name__, "weights": hash_file(weights), "image_size": image_size}


def _sets_image_size(overlays: Sequence[str | Path]) -> bool:
    return bool(overlays) and "image_size" in read_config(overlays).get()
