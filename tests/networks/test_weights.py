# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.errors import InputError
from scripts.networks import StuNet
from scripts.networks.weights import load_weights


@pytest.fixture
def network():
    return StuNet(features=(4, 8))


def test_loads_a_plain_state_dict(network, tmp_path):
    torch.save(StuNet(features=(4, 8)).state_dict(), tmp_path / "model.pt")
    load_weights(network, tmp_path / "model.pt")
    for name, value in torch.load(tmp_path / "model.pt").items():
        assert torch.equal(network.state_dict()[name], value)


def test_loads_a_state_dict_under_model(network, tmp_path):
    weights = StuNet(features=(4, 8)).state_dict()
    torch.save({"model": weights}, tmp_path / "model.pt")
    load_weights(network, tmp_path / "model.pt")
    assert torch.equal(network.state_dict()["head.conv.bias"], weights["head.conv.bias"])


@pytest.mark.parametrize("other", [StuNet(features=(4, 8, 16)), StuNet(features=(4, 6)), torch.nn.Linear(2, 2)])
def test_another_architecture_is_told_and_changes_nothing(network, tmp_path, other):
    torch.save(other.state_dict(), tmp_path / "other.pt")
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with pytest.raises(InputError, match=r"ckpt '.*other.pt' is of another architecture than StuNet"):
        load_weights(network, tmp_path / "other.pt")
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_a_presence_head_that_only_one_has_is_told_with_its_option(network, tmp_path):
    with_head = StuNet(features=(4, 8), presence_head=True)
    torch.save(with_head.state_dict(), tmp_path / "with.pt")
    torch.save(network.state_dict(), tmp_path / "without.pt")
    with pytest.raises(InputError, match="has a presence head, but StuNet was built with none; .*--presence_head true"):
        load_weights(network, tmp_path / "with.pt")
    with pytest.raises(
        InputError, match="has no presence head, but StuNet was built with one; .*--presence_head false"
    ):
        load_weights(with_head, tmp_path / "without.pt")


def test_files_that_are_no_weights(network, tmp_path):
    with pytest.raises(InputError, match=r"--ckpt '.*absent.pt': no such file"):
        load_weights(network, tmp_path / "absent.pt", "--ckpt")
    with pytest.raises(InputError, match="--ckpt '.*': is a folder; give a file of weights$"):
        load_weights(network, tmp_path, "--ckpt")
    torch.save(StuNet().state_dict(), tmp_path / "cut.pt")
    (tmp_path / "cut.pt").write_bytes((tmp_path / "cut.pt").read_bytes()[:5000])
    (tmp_path / "text.pt").write_text("hello")
    torch.save([1, 2], tmp_path / "list.pt")
    for name in ("cut.pt", "text.pt"):
        with pytest.raises(InputError, match=f"{name}' cannot be read"):
            load_weights(network, tmp_path / name)
    with pytest.raises(InputError, match="holds a list, not a state dict"):
        load_weights(network, tmp_path / "list.pt")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.nan, "not finite"),
        (-torch.inf, "not finite"),
        ("text", "is a str, not a tensor"),
        (torch.zeros(2, 2).to_sparse(), "not a dense tensor"),
        (torch.empty(2, device="meta"), "not a dense tensor"),
        (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "not a dense tensor"),
        (torch.full((2, 4, 1, 1), 1e300, dtype=torch.float64), "not finite"),  # in the network's float32
        (torch.full((2, 4, 1, 1), torch.nan).to(torch.float8_e4m3fn), "not finite"),
        (torch.ones((2, 4, 1, 1), dtype=torch.bool), "values of type bool, must be float32"),
        (torch.ones((2, 4, 1, 1), dtype=torch.complex64), "values of type complex64"),
    ],
)
def test_weights_that_cannot_be_computed_with(network, tmp_path, value, message):
    weights = network.state_dict()
    name = list(weights)[-2]
    if isinstance(value, float):
        weights[name] = weights[name].clone().fill_(value)
    else:
        weights[name] = value
    torch.save(weights, tmp_path / "model.pt")
    with pytest.raises(InputError, match=f"ckpt '.*model.pt': weight {name} .*{message}"):
        load_weights(network, tmp_path / "model.pt")


def test_a_model_entry_that_is_no_state_dict(network, tmp_path):
    torch.save({"model": torch.zeros(3)}, tmp_path / "model.pt")
    with pytest.raises(InputError, match="holds a Tensor under 'model', not a state dict"):
        load_weights(network, tmp_path / "model.pt")


def test_names_that_are_no_texts(network, tmp_path):
    torch.save({**network.state_dict(), 1: torch.zeros(2), (1, 2): torch.zeros(2)}, tmp_path / "model.pt")
    with pytest.raises(InputError, match="a weight whose name is no text but of type int"):
        load_weights(network, tmp_path / "model.pt")
