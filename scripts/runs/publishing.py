# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Replace the bundle's weights with newly trained ones."""

from __future__ import annotations

import logging
from pathlib import Path

from ..distributed import rank_zero_only
from ..files.atomic import atomic_write
from .file_names import CALIBRATION, DATALIST

logger = logging.getLogger(__name__)


@rank_zero_only
def publish(source: str | Path, target: str | Path) -> None:
    """Replace the bundle's weights with newly trained ones.

    The datalist and the calibration of the old weights are deleted, because they do not apply to the new ones.

    Args:
        source: weights of a finished training.
        target: the bundle's ``model.pt``, replaced atomically.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_write(target) as partial:
        partial.write_bytes(Path(source).read_bytes())
    for name in (DATALIST, CALIBRATION):
        Path(target).with_name(name).unlink(missing_ok=True)
    logger.info(f"Replaced the bundle's weights with those of this training: {target}.")
