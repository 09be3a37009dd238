# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Two processes, connected by Gloo, against one: the same steps, terms and files."""

from __future__ import annotations

import subprocess

import pytest
import torch

from tests.distributed.jobs import CLASSES, work
from tests.paths import ROOT
from tests.warm_python import warm_python


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Of one process, and of each of two."""
    folder = tmp_path_factory.mktemp("processes")
    work(0, folder)
    subprocess.run([warm_python(), "-m", "tests.distributed.jobs", str(folder)], cwd=ROOT, check=True)
    return [torch.load(folder / f"{name}.pt") for name in ("0_of_1", "0_of_2", "1_of_2")]


@pytest.mark.parametrize("job", ["supervised", "deep_supervision", "finetune", "frozen"])
def test_the_steps_of_one_process(results, job):
    """Also with batch normalisation, with several outputs, and of a teacher whose class one process does not have."""
    alone, *both = (result[job] for result in results)
    for one in both:
        for name, state in alone["states"].items():
            for key, value in state.items():
                torch.testing.assert_close(one["states"][name][key], value, rtol=1e-6, atol=1e-7, msg=f"{name} {key}")


@pytest.mark.parametrize("job", ["supervised", "finetune", "frozen"])
def test_the_terms_of_one_process(results, job):
    alone, *both = (result[job]["metrics"] for result in results)
    assert {"supervised": 1, "finetune": 6, "frozen": 4}[job] == len(alone)
    assert both[0] == both[1], "a schedule must take the same decision in all processes"
    assert both[0] == pytest.approx(alone, rel=1e-6)


def test_every_image_once_an_epoch(results):
    alone, first, second = (result["finetune"]["seen"] for result in results)
    assert [sorted(a + b) for a, b in zip(first, second)] == [sorted(batch) for batch in alone]
    assert sorted(sum(first[:2] + second[:2], [])) == list(range(len(CLASSES)))
    malignant = CLASSES.index("malignant")
    assert {malignant in batch for batch in first[:2] + second[:2]} == {True, False}


def test_what_the_first_finds_wrong_all_are_told(results):
    assert [result["mistake"] for result in results] == ["told by 0"] * 3
    assert [result["ranks"] for result in results] == [[0], [0, 1], [0, 1]]


def test_a_resumed_run_ends_like_an_uninterrupted_one(results):
    """With weights, schedule and the best epoch of all processes; compared where it ran."""
    assert results[1]["resumed"] == results[2]["resumed"] > 0
