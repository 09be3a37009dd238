# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Warnings of MONAI 1.6 that whoever runs this bundle can do nothing about."""

from __future__ import annotations

import logging
import warnings


def silence_monai() -> None:
    """Leave these out of the log, by their own texts. For programs of the bundle; importing it silences nothing.

    - That a GPU decoder of DICOM is missing: MONAI asks for it with every `LoadImage` where pydicom is installed.
    - That an argument of `get_mask_edges` goes: it is MONAI's surface metrics that give it.
    """
    logging.getLogger("monai.data.nvimgcodec_pydicom_plugin").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", "NvImgCodecPydicomReader: nvImageCodec decoder plugin did not", UserWarning)
    warnings.filterwarnings("ignore", "monai.metrics.utils get_mask_edges:always_return_as_numpy", FutureWarning)
