# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.postprocessing.calibration import Calibration
from scripts.prediction import predict as prediction
from scripts.prediction.loaded_network import Network
from scripts.runs.program import describe_program
from scripts.runtimes.choice import REFERENCE
from tests.prediction.batches import counting


@pytest.fixture
def predict(monkeypatch, tmp_path):
    """The whole prediction of files to ``out``, with a stand-in for the network."""

    def load_network(*_):
        predict.segmenter.choice = REFERENCE
        predict.segmenter.provenance = lambda settings: {**settings, **describe_program()}
        return Network(predict.segmenter, tmp_path / "model.pt", dict(predict.settings), Calibration())

    monkeypatch.setattr(prediction.ChosenNetwork, "load", load_network)

    def predict(*words, **options):
        return prediction.predict([str(word) for word in words], tmp_path / "out", **options)

    predict.settings, predict.segmenter = {"network": "Bright"}, counting([])
    return predict
