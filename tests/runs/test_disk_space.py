# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A training that would fill the disk is refused before it starts."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
import torch

from scripts.errors import InputError
from scripts.networks import StuNet
from scripts.runs.disk_space import OTHER_FILES, check_room


@pytest.fixture
def free(monkeypatch):
    """A function that sets the free bytes of all disks."""

    def set_free(size):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=size))

    assert shutil.disk_usage("/").free > 0
    return set_free


def network(width=64):
    return StuNet(features=(width, 2 * width, 4 * width))


def weights(made, path):
    torch.save(made.state_dict(), path)
    return path.stat().st_size


def checkpoint(networks, path):
    """The size of a checkpoint after a step of Adam."""
    optimizers = [torch.optim.Adam(made.parameters()) for made in networks]
    for made, optimizer in zip(networks, optimizers):
        made(torch.rand(1, 1, 16, 16)).sum().backward()
        optimizer.step()
    torch.save([part.state_dict() for part in (*networks, *optimizers)], path)
    return path.stat().st_size


def test_the_estimate_is_what_a_training_writes(tmp_path, free):
    student, teacher = network(), network(96)
    written = 2 * checkpoint([student, teacher], tmp_path / "a.pt")
    written += 2 * weights(student, tmp_path / "b.pt") + weights(teacher, tmp_path / "c.pt")
    free(OTHER_FILES + int(1.05 * written))
    check_room(tmp_path, student, [teacher])
    free(OTHER_FILES + int(0.9 * written))
    with pytest.raises(InputError, match=r"^--output_dir .*: the training writes up to \d+ MB, and \d+ MB are free on"):
        check_room(tmp_path, student, [teacher])


def test_teachers_that_are_trained_first_count(tmp_path, free):
    student, teachers = network(), [network(96), network(96)]
    free(OTHER_FILES + int(1.05 * 2 * checkpoint([student], tmp_path / "a.pt")) + 2 * weights(student, tmp_path / "b"))
    check_room(tmp_path, student)
    with pytest.raises(InputError, match="the training writes"):
        check_room(tmp_path, student, teachers_dir=tmp_path / "teachers", untrained=teachers)


def test_what_is_replaced_does_not_count(tmp_path, free):
    free(OTHER_FILES)
    with pytest.raises(InputError, match="the training writes"):
        check_room(tmp_path, network())
    (tmp_path / "checkpoint.pt").write_bytes(bytes(2**27))
    check_room(tmp_path, network())
