# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A network of another library, to compare with."""

from __future__ import annotations

from torch import nn

from ..errors import InputError


def smp_unet(
    in_channels: int = 1,
    out_channels: int = 2,
    encoder_name: str = "mobilenet_v2",
    encoder_weights: str | None = None,
) -> nn.Module:
    """Make a U-Net of segmentation_models_pytorch, for images whose sizes are multiples of 32.

    Args:
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        encoder_name: that library's name of the encoder.
        encoder_weights: that library's name of pre-trained weights, which it downloads; None trains from scratch.

    Raises:
        InputError: the library cannot be imported.
    """
    try:
        import segmentation_models_pytorch as smp
    except Exception as error:  # a torchvision beside another torch raises RuntimeError on import
        raise InputError(
            "this network needs segmentation_models_pytorch: python -m pip install -r requirements-smp.txt in an "
            f"environment of its own, its torch being another than the bundle's ({str(error).splitlines()[0]})"
        ) from None
    return smp.Unet(encoder_name, encoder_weights=encoder_weights, in_channels=in_channels, classes=out_channels)
