# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""New weights in the place of the bundle's own."""

from __future__ import annotations

import logging
from pathlib import Path

from ..distributed import by_first_process
from ..files.atomic import written_whole
from .file_names import CALIBRATION, DATALIST

logger = logging.getLogger(__name__)


@by_first_process
def publish(source: str | Path, target: str | Path) -> None:
    """Put newly trained weights in the place of the bundle's own.

    What belongs to the old ones, beside them, goes: the list of the images that they had learned from, since the new
    ones may have seen more, and their calibration.

    Args:
        source: weights of a training that is complete.
        target: the bundle's ``model.pt``, replaced whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    with written_whole(target) as partial:
        partial.write_bytes(Path(source).read_bytes())
    for name in (DATALIST, CALIBRATION):
        Path(target).with_name(name).unlink(missing_ok=True)
    logger.info(f"The bundle's weights are now those of this training: {target}.")
