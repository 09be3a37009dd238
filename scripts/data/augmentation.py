# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Data augmentation for training."""

from __future__ import annotations

from monai.transforms import (
    RandAdjustContrastd,
    RandAffined,
    RandFlipd,
    RandGaussianNoised,
    RandGaussianSmoothd,
    RandomizableTransform,
    RandScaleIntensityd,
)


def augmentation(image_size: int) -> list[RandomizableTransform]:
    """Return the random transforms of the training configs for ``image`` and ``label``, both of shape (1, W, H).

    They flip left to right, never top to bottom, because depth has a direction in ultrasound, and simulate small
    changes of probe position and angle, gain, dynamic range, focus and noise. To use others, set
    ``train#random_transforms`` in a config, as ``configs/recipe.yaml`` does.

    Args:
        image_size: width and height of the images in pixels; shifts are proportional to it.
    """
    image, both = "image", ("image", "label")
    return [
        RandFlipd(both, spatial_axis=0, prob=0.5),
        RandAffined(
            both,
            prob=0.7,
            rotate_range=0.2,  # radians
            translate_range=[0.08 * image_size, 0.08 * image_size],
            scale_range=[0.15, 0.15],
            mode=("bilinear", "nearest"),
            padding_mode="zeros",
        ),
        RandAdjustContrastd(image, prob=0.3, gamma=(0.7, 1.5)),
        RandScaleIntensityd(image, prob=0.3, factors=0.2),
        RandGaussianSmoothd(image, prob=0.1, sigma_x=(0.3, 1.0), sigma_y=(0.3, 1.0)),
        RandGaussianNoised(image, prob=0.2, std=0.03),
    ]
