# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the masks of MONAI's `SaveImage` whole or not at all, at any image size."""

from __future__ import annotations

from os import PathLike, fspath
from typing import Any

from monai.config import NdarrayOrTensor
from monai.data import ImageWriter, PILWriter

from ..files.atomic import atomic_write


class MaskWriter(PILWriter):
    """MONAI's writer of pictures, for PNG files that are never incomplete: the argument `writer` of `SaveImage`.

    Example:
        >>> import os
        >>> import torch
        >>> from monai.transforms import SaveImage
        >>> from scripts.data.mask_writer import MaskWriter
        >>> save = SaveImage("masks", "mask", ".png", writer=MaskWriter, separate_folder=False, print_log=False)
        >>> _ = save(torch.zeros(1, 40, 30), meta_data={"filename_or_obj": "a.png"})
        >>> os.listdir("masks")
        ['a_mask.png']
    """

    def set_data_array(self, data_array: NdarrayOrTensor, *args: Any, **kwargs: Any) -> None:
        """Take a mask of shape (1, W, H); `PILWriter` would take one that is a pixel high for a line."""
        super().set_data_array(data_array, *args, **{**kwargs, "squeeze_end_dims": False})
        self.data_obj = self.data_obj[..., 0]

    def write(self, filename: str | PathLike[Any], verbose: bool = False, **kwargs: Any) -> None:
        """Write the picture; see `PILWriter.write`.

        Raises:
            InputError: the file cannot be written.
        """
        ImageWriter.write(self, filename, verbose)  # logs the name, which is another while the file is written
        with atomic_write(fspath(filename)) as partial:
            super().write(partial, verbose=False, format="PNG", **kwargs)
