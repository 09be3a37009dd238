# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Silence warnings of MONAI 1.6 that users of the bundle cannot fix."""

from __future__ import annotations

import logging
import warnings


def silence_monai() -> None:
    """Silence two warnings in this process; called by the programs of the bundle, not on import.

    - A GPU decoder for DICOM is missing: printed for every `LoadImage` if pydicom is installed.
    - An argument of `get_mask_edges` is deprecated: MONAI's surface metrics use it.
    """
    logging.getLogger("monai.data.nvimgcodec_pydicom_plugin").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", "NvImgCodecPydicomReader: nvImageCodec decoder plugin did not", UserWarning)
    warnings.filterwarnings("ignore", "monai.metrics.utils get_mask_edges:always_return_as_numpy", FutureWarning)
