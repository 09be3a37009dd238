# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a runtime and precision must keep to pass the gate."""

from __future__ import annotations

from dataclasses import dataclass

from ..runtimes.choice import BFLOAT16, FLOAT32, INT8


@dataclass(frozen=True)
class Bounds:
    """The bounds of one precision, on each data set.

    Attributes:
        least_agreement: of the mean Dice of the masks with those of the reference.
        largest_changed: share of the images in which only one of them finds a lesion.
        largest_loss: of the mean lesion Dice.
    """

    least_agreement: float
    largest_changed: float
    largest_loss: float = 0.005

    def broken(self, loss: float, agreement: float, changed: float) -> list[str]:
        """Return the names of the bounds that measured values do not keep.

        Args:
            loss: mean lesion Dice of the reference minus that of the choice.
            agreement: mean Dice of the masks with those of the reference.
            changed: share of the images in which only one of them finds a lesion.
        """
        kept = {
            "lesion Dice": loss <= self.largest_loss,
            "agreement": agreement >= self.least_agreement,
            "answers": changed <= self.largest_changed,
        }
        return [name for name, holds in kept.items() if not holds]


BOUNDS = {
    FLOAT32: Bounds(0.995, 0),
    BFLOAT16: Bounds(0.995, 0),
    INT8: Bounds(0.99, 0.01),  # the price of 8 bits: less equal masks, one answer of a hundred
}
