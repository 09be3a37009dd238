# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks of other libraries, for comparison."""

from __future__ import annotations

from torch import nn

from ..errors import InputError


def smp_unet(
    in_channels: int = 1,
    out_channels: int = 2,
    encoder_name: str = "mobilenet_v2",
    encoder_weights: str | None = None,
) -> nn.Module:
    """Return a U-Net of segmentation_models_pytorch, for images whose sizes are multiples of 32.

    Args:
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        encoder_name: name of the encoder in that library.
        encoder_weights: name of pre-trained weights in that library, which downloads them; None to train from scratch.

    Raises:
        InputError: the library cannot be imported.
    """
    try:
        import segmentation_models_pytorch as smp
    except Exception as error:  # a torchvision for another version of torch raises RuntimeError
        raise InputError(
            "this network needs segmentation_models_pytorch: python -m pip install -r requirements-smp.txt in a "
            f"separate environment, because it needs another version of torch ({str(error).splitlines()[0]})"
        ) from None
    return smp.Unet(encoder_name, encoder_weights=encoder_weights, in_channels=in_channels, classes=out_channels)
