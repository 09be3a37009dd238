# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Connected components of a mask."""

from __future__ import annotations

import cv2
import numpy as np


def connected_components(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the connected components (8-connectivity) of a mask.

    OpenCV's statistics take most of the time that measuring a lesion takes. A mask with one outline, as nearly all
    are, has one component without holes and needs none of them.

    Args:
        mask: 0 and 1, uint8, shape (rows, columns).

    Returns:
        The number of each pixel's component, 0 for the background, shape (rows, columns); and left, top, width, height
        and area of each component in pixels, shape (components + 1, 5), that of the background first.
    """
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    if len(outlines) != 1:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        return labels, stats
    rows, columns = mask.shape
    area = cv2.countNonZero(mask)
    return mask, np.array([[0, 0, columns, rows, mask.size - area], [*cv2.boundingRect(outlines[0]), area]])
