# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The calibrated decision as a MONAI transform, for configs that MONAI Label and MONAI Deploy run."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import torch
from monai.config import KeysCollection
from monai.transforms import MapTransform
from monai.utils import convert_to_dst_type

from ..runs.file_names import CALIBRATION
from .calibration import Calibration, find_calibration
from .lesions import find_lesions


class CalibratedLesionsd(MapTransform):
    """From probabilities to a mask, as `predict` decides: in place of MONAI's argmax.

    The calibration is that in ``calibration.json`` in the folder of the weights, read again when weights or calibration
    change, as they do below a server that trains. Without the file the defaults apply, and the mask is that of argmax.

    Args:
        keys: keys of the probabilities, shape (2, spatial 1, spatial 2), channel 1 is lesion. They become masks of 0
            and 1, float32, shape (1, spatial 1, spatial 2).
        weights: the weights file.
        allow_missing_keys: whether keys may be missing.

    Attributes:
        calibration: a calibration to use instead, None for that in the folder of the weights.

    Raises:
        InputError: at a call, the calibration is damaged or was fitted to other weights.

    Example:
        >>> import torch
        >>> from scripts.postprocessing.calibrated_lesions import CalibratedLesionsd
        >>> lesion = torch.zeros(1, 8, 8)
        >>> lesion[0, 2:5, 2:5] = 0.9
        >>> item = {"pred": torch.cat([1 - lesion, lesion])}
        >>> CalibratedLesionsd("pred", "no_such_folder/model.pt")(item)["pred"].sum()
        tensor(9.)
    """

    def __init__(self, keys: KeysCollection, weights: str | Path, allow_missing_keys: bool = False) -> None:
        super().__init__(keys, allow_missing_keys)
        self.weights = Path(weights)
        self.calibration: Calibration | None = None
        self._read: tuple[list[list[int]], Calibration] | None = None

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Replace the probabilities of an item by masks."""
        calibration = self.calibration or self._find_calibration()
        item = dict(data)
        for key in self.key_iterator(item):
            probability = torch.as_tensor(item[key])[1].cpu().numpy()
            mask = find_lesions(calibration.correct(probability), calibration).mask
            item[key] = convert_to_dst_type(mask[None], item[key], dtype=torch.float32)[0]
        return item

    def _find_calibration(self) -> Calibration:
        stamps = [_stamp(self.weights), _stamp(self.weights.with_name(CALIBRATION))]
        if self._read is None or self._read[0] != stamps:
            self._read = stamps, find_calibration(self.weights)
        return self._read[1]


def _stamp(path: Path) -> list[int]:
    """Return size in bytes and modification time in nanoseconds, an empty list if there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]
