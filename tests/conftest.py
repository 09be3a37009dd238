# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures in a folder, and their segmentation by brightness."""

from __future__ import annotations

import signal

import pytest

from tests.prediction.batches import run_batch

# A shell that starts the tests in the background lets them, and what they start, ignore an interruption.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def batch(tmp_path):
    """Segment what is in ``in`` into ``out``, both in a folder of the test."""

    def batch(*words, **options):
        return run_batch(words or [tmp_path / "in"], tmp_path / "out", **options)

    (tmp_path / "in").mkdir()
    return batch


@pytest.fixture
def folder(batch, tmp_path):
    """The folder that `batch` segments."""
    return tmp_path / "in"
