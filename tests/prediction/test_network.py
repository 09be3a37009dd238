# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.errors import InputError
from scripts.prediction.network import CONFIG, load_network


def test_weights_that_are_none(tmp_path):
    with pytest.raises(InputError, match="ckpt .*absent.pt.*: no such file"):
        load_network(ckpt=tmp_path / "absent.pt", device="cpu")
    (tmp_path / "text.pt").write_text("x")
    with pytest.raises(InputError, match="ckpt .*text.pt.* cannot be read as weights"):
        load_network(ckpt=tmp_path / "text.pt", device="cpu")
    torch.save(torch.nn.Linear(1, 1).state_dict(), tmp_path / "other.pt")
    with pytest.raises(InputError, match="ckpt .*other.pt.* is of another architecture"):
        load_network(ckpt=tmp_path / "other.pt", device="cpu")


@pytest.mark.parametrize("device", ["abacus", "cuda:77", "cuda"])
def test_a_device_that_is_not_there(device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(InputError, match=f"--device {device}: ") as caught:
        load_network(device=device)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.json", "{"),
        ("a.json", "[1]"),
        ("a.json", "{}"),
        ("a.json", '{"network_def": {"_target_": "absent.Net"}}'),
        ("a.yaml", "a: [1"),
        ("a.txt", "x"),
    ],
)
def test_a_configuration_that_is_none(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=f"--config_file .*{name}") as caught:
        load_network(config_files=[tmp_path / name], device="cpu")
    assert "\n" not in str(caught.value)


def test_a_configuration_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="--config_file .*absent.json: no such file"):
        load_network(config_files=[CONFIG, tmp_path / "absent.json"])
