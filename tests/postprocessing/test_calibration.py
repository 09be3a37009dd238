# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A calibration is that of its weights, or none."""

from __future__ import annotations

import json

import pytest

from scripts.errors import InputError
from scripts.files.hashing import hash_file
from scripts.postprocessing.calibration import Calibration, find_calibration, read_calibration
from scripts.runs.file_names import CALIBRATION


@pytest.fixture
def weights(tmp_path):
    (tmp_path / "model.pt").write_bytes(b"weights")
    return tmp_path / "model.pt"


@pytest.fixture
def write(tmp_path, weights):
    def write(**changes):
        content = {"temperature": 1.5, "threshold": 0.4, "weights": hash_file(weights), **changes}
        path = tmp_path / "calibration.json"
        path.write_text(json.dumps(content))
        return path

    return write


def test_it_is_read_as_it_was_written(tmp_path, weights):
    calibration = Calibration(1.7, -0.2, 0.35, 0.001, True, 0.6, hash_file(weights), {"data": "phantoms", "images": 12})
    calibration.write(tmp_path / "calibration.json")
    assert read_calibration(tmp_path / "calibration.json", weights) == calibration


def test_what_a_later_version_adds_is_ignored(write, weights):
    assert read_calibration(write(colour="red"), weights).temperature == 1.5


def test_of_other_weights(write, weights):
    path = write()
    weights.write_bytes(b"other weights")
    with pytest.raises(InputError, match="was fitted to other weights than .*model.pt.*calibrate, or remove the file"):
        read_calibration(path, weights)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"temperature": 0}, "temperature must be 0.01 to 100"),
        ({"temperature": 1e-300}, "temperature must be 0.01 to 100"),
        ({"temperature": 1e300}, "temperature must be 0.01 to 100"),
        ({"bias": 1e308}, "bias -50 to 50"),
        ({"threshold": 0}, "between 0 and 1"),
        ({"threshold": 1}, "between 0 and 1"),
        ({"temperature": -1}, "temperature must be 0.01 to 100"),
        ({"temperature": float("nan")}, "must be finite numbers"),
        ({"temperature": "warm"}, "must be finite numbers"),
        ({"temperature": None}, "must be finite numbers"),
        ({"temperature": 10**400}, "must be finite numbers"),
        ({"threshold": 1.01}, "between 0 and 1"),
        ({"threshold": [0.5]}, "must be finite numbers"),
        ({"min_size": -0.1}, "in 0 to 1"),
        ({"min_confidence": 2}, "in 0 to 1"),
        ({"fill_holes": "no"}, "fill_holes must be true or false"),
        ({"weights": 3}, "other weights"),
        ({"weights": ""}, "other weights"),
        ({"provenance": [1]}, "provenance must be an object"),
    ],
)
def test_values_that_are_none(write, weights, changes, message):
    with pytest.raises(InputError, match=message) as caught:
        read_calibration(write(**changes), weights)
    assert "calibration.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"3", b"\xff\xfe", b'{"temperature": 1.5, "thresh', b"[" * 10**5]
)
def test_a_damaged_file(tmp_path, weights, content):
    (tmp_path / "calibration.json").write_bytes(content)
    with pytest.raises(InputError, match="calibration.json"):
        read_calibration(tmp_path / "calibration.json", weights)


def test_files_that_are_not_there(tmp_path, write, weights):
    with pytest.raises(InputError, match="absent.json.* is missing: fit a calibration"):
        read_calibration(tmp_path / "absent.json", weights)
    with pytest.raises(InputError, match="absent.pt"):
        read_calibration(write(), tmp_path / "absent.pt")


def test_the_calibration_beside_the_weights_is_used(weights, tmp_path, caplog):
    assert find_calibration(weights) == Calibration()
    assert f"No calibration file {tmp_path / CALIBRATION}" in caplog.text
    written = Calibration(temperature=2.0, bias=-0.5, threshold=0.3, fill_holes=True, weights=hash_file(weights))
    written.write(tmp_path / CALIBRATION)
    assert find_calibration(weights) == written


@pytest.mark.parametrize("content", ["{", json.dumps({"weights": "of another network"})])
def test_a_calibration_that_does_not_fit_is_told(weights, tmp_path, content):
    (tmp_path / CALIBRATION).write_text(content)
    with pytest.raises(InputError, match="calibration .*calibration.json"):
        find_calibration(weights)
