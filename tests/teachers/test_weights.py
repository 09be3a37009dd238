# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Teachers that exist are checked before a distillation trains anything."""

from __future__ import annotations

import json

import pytest
import torch

from scripts.errors import InputError
from scripts.networks import StuNet
from scripts.teachers.weights import check_given, describe

ENTRIES = [{"image": f"{i}.png", "label": [], "class": "benign", "fold": i % 2, "group": i} for i in range(4)]
DATALIST = {"name": "BUSI", "classes": {"benign": 4}, "num_folds": 2, "seed": 0, "split": "random", "training": ENTRIES}


@pytest.mark.parametrize("found", [False, True])
def test_a_teacher_sees_the_size_that_it_was_trained_at(tmp_path, found):
    networks = {"mixed": StuNet(features=(4, 8))}
    folder = tmp_path / "mixed"
    folder.mkdir()
    torch.save(networks["mixed"].state_dict(), folder / "model.pt")
    recorded = {**DATALIST, "used": {"training": ["0.png"]}, "trained": {"image_size": 96, "network": "StuNet"}}
    (folder / "datalist.json").write_text(json.dumps(recorded))
    files = {"mixed": None if found else str(folder / "model.pt")}
    check_given(["mixed"], files, networks, tmp_path, DATALIST, {}, image_size=96, view="whole")
    with pytest.raises(InputError, match="^--teacher_image_size 64: .*model.pt' was trained at 96; give --teacher_im"):
        check_given(["mixed"], files, networks, tmp_path, DATALIST, {}, image_size=64, view="whole")
    with pytest.raises(InputError, match="^--mixed_teacher '.*/mixed': is a folder; give .*/mixed/model.pt$"):
        check_given(["mixed"], {"mixed": str(folder)}, networks, tmp_path, DATALIST, {}, image_size=96, view="whole")


@pytest.mark.parametrize("content", ['{"dice": 0.8}', "[1]", "3", '{"provenance": "mine"}', "no JSON", None])
def test_figures_of_another_program_beside_a_teacher_say_nothing(tmp_path, content):
    if content is not None:
        (tmp_path / "metrics.json").write_text(content)
    file = str(tmp_path / "model.pt")
    assert describe({"benign": file}) == {"benign": {"file": file, "trained": "unknown"}}
