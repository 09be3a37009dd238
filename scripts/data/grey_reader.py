# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI image reader for all supported formats, with the orientation and grey levels that a viewer shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from monai.config import PathLike
from monai.data import ImageReader
from monai.utils import MetaKeys, SpaceKeys, ensure_tuple

from ..errors import InputError
from ..images.single_image import read_single


class GreyReader(ImageReader):
    """Read a file with one image (PNG, JPEG, BMP, TIFF, WebP, NIfTI, NRRD, DICOM) as grey levels.

    The first axis is the width, as in MONAI's `PILReader`. EXIF orientation, photometric interpretation and the affine
    of a volume are applied, and axes of length 1 are dropped; see `scripts.images`.

    Errors are raised in `get_data`: after an error in `read`, `LoadImage` would try its other readers, which do not
    apply these.

    Example:
        >>> from monai.transforms import LoadImage
        >>> from PIL import Image
        >>> from scripts.data import GreyReader
        >>> Image.new("RGB", (40, 30), "white").save("image.png")
        >>> LoadImage(GreyReader(), ensure_channel_first=True)("image.png").shape
        torch.Size([1, 40, 30])
    """

    def verify_suffix(self, filename: Sequence[PathLike] | PathLike) -> bool:
        """Accept any file name, since the file type is detected from the content."""
        return True

    def read(self, data: Sequence[PathLike] | PathLike, **kwargs: Any) -> Sequence[PathLike] | PathLike:
        """Return the paths; files are opened in `get_data`."""
        return data

    def get_data(self, img: Sequence[PathLike] | PathLike) -> tuple[np.ndarray, dict[str, Any]]:
        """Return grey levels, float32, shape (W, H), and their metadata.

        Raises:
            InputError: the file is damaged, of an unsupported type or has several images, or several files are given.
        """
        paths = ensure_tuple(img)
        if len(paths) != 1:
            raise InputError(f"{', '.join(map(str, paths))}: {len(paths)} files given, but an image must be one file")
        file, grey = read_single(Path(paths[0]))
        meta: dict[str, Any] = {
            MetaKeys.SPATIAL_SHAPE: np.asarray(grey.T.shape),
            MetaKeys.ORIGINAL_CHANNEL_DIM: float("nan"),
        }
        if file.axes is not None and file.affine is not None and np.isfinite(file.affine).all():
            meta[MetaKeys.SPACE] = SpaceKeys.RAS
            meta[MetaKeys.ORIGINAL_AFFINE] = np.asarray(file.affine, dtype=np.float64)
            if max(file.axes.columns, file.axes.rows) < 3:
                meta[MetaKeys.AFFINE] = file.axes.shown_affine(file.affine)
        return grey.T, meta
