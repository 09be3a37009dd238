# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the pictures of a prediction without data of patients show."""

from __future__ import annotations

import numpy as np

from ..images.image_file import ImageFile
from .regions import in_view

BURNED_IN = "not shown: BurnedInAnnotation says that texts of the patient may be in it"
NO_VIEW = "not shown: no field of view was found, so texts could be anywhere in it"


def anonymous_picture(grey: np.ndarray, file: ImageFile) -> tuple[np.ndarray, str | None]:
    """Return an image without what machines write beside the scan, and why nothing of it is shown, if so.

    Args:
        grey: grey levels, shape (rows, columns).
        file: the file that it is of.
    """
    if file.has_burned_in_text:
        return np.full_like(grey, grey.min()), BURNED_IN
    shown = in_view(grey, file.regions)
    return shown, NO_VIEW if shown.max() == shown.min() < grey.max() else None
