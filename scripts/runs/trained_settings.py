# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What weights were trained on, recorded in their datalist: the image size and the view of an image."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files.json_file import read_json
from .file_names import DATALIST

logger = logging.getLogger(__name__)


def trained_image_size(weights: str | Path) -> int | None:
    """Return the image size that a network was trained at, None if the datalist beside its weights has none."""
    size = _trained(weights).get("image_size")
    return size if isinstance(size, int) else None


def image_size_of(weights: str | Path, default: int) -> int:
    """Return the image size that a network was trained at, or `default` with a warning if it is unknown."""
    size = trained_image_size(weights)
    if size is None:
        logger.warning(f"The image size that '{weights}' was trained at is unknown; using {default}.")
        return default
    return size


def check_image_size(weights: str | Path, image_size: int, option: str = "--image_size") -> None:
    """Raise if the image size is not the one that a network was trained at, because its masks would be much worse.

    Args:
        weights: the network's weights file.
        image_size: width and height of what it would see, pixels.
        option: the option that gives `image_size`.

    Raises:
        InputError: the sizes differ.
    """
    size = trained_image_size(weights)
    if size is not None and size != image_size:
        raise InputError(f"{option} {image_size}: '{weights}' was trained at {size}; give {option} {size}")


def check_view(weights: str | Path, view: str, what: str = "ckpt") -> None:
    """Raise if a config prepares images in another way than the network's training did: its masks would be others.

    Args:
        weights: the network's weights file; weights without a recorded view, up to version 0.11, are not checked.
        view: what the network would see of an image, in words: `view` of the config.
        what: name of the weights file in messages.

    Raises:
        InputError: the views differ.
    """
    trained = _trained(weights).get("view", view)
    if trained != view:
        raise InputError(
            f"{what} '{weights}' was trained on images '{trained}', but this config shows it '{view}'; add the overlay "
            "of its training, such as configs/recipe.yaml, or leave it out"
        )


def _trained(weights: str | Path) -> dict[str, Any]:
    record = Path(weights).with_name(DATALIST)
    content = read_json(record) if record.is_file() else None
    trained = content.get("trained") if isinstance(content, dict) else None
    return trained if isinstance(trained, dict) else {}
