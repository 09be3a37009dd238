# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Starting from another training's weights, and never from those that have seen what is held out."""

from __future__ import annotations

import json

import pytest
import torch

from scripts.errors import InputError
from scripts.networks import StuNet
from scripts.teachers.initial_weights import describe_start, start_from

ENTRIES = [{"image": f"{i}.png", "label": [], "class": "benign", "fold": i % 2, "group": i} for i in range(4)]
DATALIST = {"name": "BUSI", "classes": {"benign": 4}, "num_folds": 2, "seed": 0, "split": "random", "training": ENTRIES}


def network():
    return StuNet(features=(4, 8))


@pytest.fixture
def trained(tmp_path):
    """Weights of a training that learned from the even images, as such a run leaves them."""
    torch.save(network().state_dict(), tmp_path / "model.pt")
    recorded = {**DATALIST, "used": {"training": ["0.png", "2.png"]}}
    (tmp_path / "datalist.json").write_text(json.dumps(recorded))
    (tmp_path / "metrics.json").write_text(json.dumps({"provenance": {"trained": "generalist"}}))
    return tmp_path / "model.pt"


def held_out(*names):
    return {"test": [{"name": name} for name in names]}


def test_the_weights_are_taken(trained):
    started = start_from(network(), trained, DATALIST, held_out("1.png"))
    for name, value in torch.load(trained).items():
        assert torch.equal(started.state_dict()[name], value)
    assert describe_start(trained) == {"file": str(trained), "trained": {"trained": "generalist"}}


def test_without_a_file_a_network_stays_as_it_is():
    mine = network()
    before = {name: value.clone() for name, value in mine.state_dict().items()}
    assert start_from(mine, None, DATALIST, held_out("1.png")) is mine
    assert all(torch.equal(mine.state_dict()[name], value) for name, value in before.items())
    assert describe_start(None) is None


def test_weights_that_have_seen_the_test_are_refused(trained):
    with pytest.raises(InputError, match="--initial_weights .* was trained on 1 of the 2 test images, such as '2.png'"):
        start_from(network(), trained, DATALIST, held_out("1.png", "2.png"))


def test_weights_that_do_not_fit(trained, tmp_path):
    with pytest.raises(InputError, match="--initial_weights .* of another architecture than StuNet"):
        start_from(StuNet(features=(4, 8, 16)), trained, DATALIST, {})
    with pytest.raises(InputError, match="--initial_weights .*: no such file"):
        start_from(network(), tmp_path / "absent.pt", DATALIST, {})
