# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's network as its inference gives it."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.data.phantoms.dataset import render_phantom
from scripts.files.hashing import hash_file
from scripts.prediction.network import CONFIG, ROOT, load_network

MODEL = ROOT / "models" / "model.pt"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The bundle's network on images smaller than its own, which takes less time."""
    overlay = tmp_path_factory.mktemp("overlay") / "small.json"
    overlay.write_text('{"image_size": 96}')
    return load_network(config_files=[CONFIG, overlay], device="cpu")


@pytest.fixture(scope="module")
def grey():
    return render_phantom("malignant", (180, 256), np.random.default_rng(0))[0]


def test_probabilities_have_the_shape_of_the_image(loaded, grey):
    probability = loaded.segmenter(grey)
    assert (probability.shape, probability.dtype) == (grey.shape, np.float32)
    assert 0 <= probability.min() < 0.5 < probability.max() <= 1
    assert (loaded.settings["weights"], loaded.settings["image_size"]) == (hash_file(MODEL), 96)
    assert loaded.weights == MODEL


@pytest.mark.parametrize("scale, offset, dtype", [(257, 0, np.uint16), (1, -128, np.int16), (3.25, 7, np.float64)])
def test_the_scale_of_grey_levels_does_not_matter(loaded, grey, scale, offset, dtype):
    segmenter = loaded.segmenter
    scaled = (grey * float(scale) + offset).astype(dtype)
    assert np.abs(segmenter(scaled) - segmenter(grey)).max() < 1e-3


@pytest.mark.parametrize("shape", [(1, 500), (500, 1), (2, 2), (3, 900), (64, 64), (700, 500)])
def test_any_shape_can_be_segmented(loaded, shape):
    grey = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    probability = loaded.segmenter(grey)
    assert probability.shape == shape
    assert np.isfinite(probability).all() and 0 <= probability.min() and probability.max() <= 1


def test_transposed_images_are_not_mistaken_for_each_other(loaded, grey):
    segmenter = loaded.segmenter
    wide, tall = segmenter(grey), segmenter(grey.T)
    assert tall.shape == wide.T.shape
    assert np.abs(tall - wide.T).max() > 1e-3  # the network learned which way is up
