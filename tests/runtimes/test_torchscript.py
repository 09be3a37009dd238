# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""TorchScript computes the masks of PyTorch, or says which network it cannot compile."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from scripts.data.phantoms.dataset import render_phantom
from scripts.errors import InputError
from scripts.prediction import Predictor
from scripts.runtimes.torchscript import compile_network


def test_masks_are_those_of_pytorch():
    grey = render_phantom("malignant", (120, 180), np.random.default_rng(0))[0]
    compiled, eager = (Predictor(device="cpu", runtime=runtime) for runtime in ("torchscript", "torch"))
    assert str(compiled.choice) == "torchscript float32"
    for image in (grey, grey.T, grey[:50]):  # it compiles anew what the first calls show
        one, other = compiled(image), eager(image)
        assert (one.mask == other.mask).all()
        np.testing.assert_allclose(one.probability, other.probability, atol=1e-4)
    assert compiled(grey).mask.any()


def test_a_network_that_it_cannot_compile():
    class Brightest(torch.nn.Module):
        def forward(self, images):
            return max(images, key=lambda image: image.sum())[None]

    with pytest.raises(InputError, match="--runtime torchscript: cannot compile Brightest: .+; use torch") as error:
        compile_network(Brightest())
    assert "\n" not in str(error.value)
