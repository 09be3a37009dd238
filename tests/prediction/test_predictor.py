# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's network in Python: the same answers as the command's, for arrays, files and clips."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

from scripts.data import make_phantoms
from scripts.errors import InputError
from scripts.images.image_file import Region
from scripts.postprocessing.calibration import Calibration
from scripts.prediction.chosen_network import ChosenNetwork
from scripts.prediction.image_prediction import predict_image
from scripts.prediction.predict import predict
from scripts.prediction.predictor import Predictor


@pytest.fixture(scope="module")
def predictor():
    return Predictor(device="cpu")


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = make_phantoms(tmp_path_factory.mktemp("p") / "p", benign=2, malignant=2, normal=1, size=(120, 150))
    return sorted(path for path in folder.rglob("*.png") if "mask" not in path.name)


def test_the_same_answers_as_the_command(predictor, images, tmp_path):
    predict([str(path) for path in images], tmp_path, spacing=(0.1, 0.2), chosen=ChosenNetwork(device="cpu"))
    with (tmp_path / "results.csv").open(newline="") as file:
        rows = {row["file"].rpartition("/")[2]: row for row in csv.DictReader(file)}
    assert len(rows) == len(images)
    for path in images:
        prediction, row = predictor(path, spacing=(0.1, 0.2)), rows[path.name]
        assert str(prediction.lesion_found).lower() == row["lesion_found"].lower()
        assert round(prediction.measurements.area, 3) == float(row["area"])
        assert round(prediction.confidence, 4) == float(row["confidence"])
        mask = next(tmp_path.rglob(f"{path.stem}_mask.png"))
        np.testing.assert_array_equal(prediction.mask, np.asarray(Image.open(mask)) > 0)


def test_an_array_is_the_same_as_its_file(predictor, images):
    grey = np.asarray(Image.open(images[0]).convert("L"))
    from_file, from_array = predictor(images[0]), predictor(grey)
    np.testing.assert_array_equal(from_file.mask, from_array.mask)
    colours = np.stack([grey] * 3, axis=2)
    np.testing.assert_array_equal(predictor(colours).mask, from_array.mask)
    for spacing in (0.1, np.float32(0.1), np.float64(0.1), np.array([0.1, 0.1])):
        area = predictor(grey, spacing=spacing).measurements.area
        assert area == pytest.approx(from_array.measurements.area / 100)


def test_a_clip_has_one_prediction_a_frame(predictor, images, tmp_path):
    frames = [Image.open(path).convert("L").resize((150, 120)) for path in images[:3]]
    clip = tmp_path / "clip.tif"
    frames[0].save(clip, save_all=True, append_images=frames[1:])
    predictions = list(predictor.frames(clip))
    assert len(predictions) == 3
    np.testing.assert_array_equal(predictions[1].mask, predictor(np.asarray(frames[1])).mask)
    with pytest.raises(InputError, match="has 3 images; use Predictor.frames"):
        predictor(clip)


def test_lesions_one_by_one():
    """Two rectangles of known size and probability, in two regions of different spacing."""
    probability = np.zeros((40, 100), dtype=np.float32)
    probability[5:15, 5:25] = 0.9
    probability[5:15, 60:70] = 0.7
    grey = np.random.default_rng(0).random((40, 100)).astype(np.float32) + 1
    regions = [Region(0, 0, 40, 50, (0.1, 0.1), "left"), Region(0, 50, 40, 100, (0.3, 0.3), "right")]
    sides = {0: probability[:, :50], 1: probability[:, 50:]}
    calls = iter(sorted(sides, reverse=True))
    prediction = predict_image(grey, regions, lambda part: sides[next(calls)], Calibration())
    first, second = prediction.lesions
    assert first.confidence == pytest.approx(0.9, abs=1e-6)
    assert second.confidence == pytest.approx(0.7, abs=1e-6)
    assert (first.centre, first.spacing, first.in_pixels.area) == ((9.5, 14.5), (0.1, 0.1), 200)
    assert first.measurements.area == pytest.approx(2.0)  # 10 × 20 pixels of 0.1 mm
    assert second.measurements.area == pytest.approx(9.0)  # 10 × 10 pixels of 0.3 mm
    assert second.measurements.bounding_box == (5, 60, 14, 69)
    assert prediction.measurements.area == pytest.approx(11.0)
    assert prediction.measurements.components == 2
    assert prediction.minimum_confidence == pytest.approx(0.7, abs=1e-6)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((3, 4, 5)), r"image of shape \(3, 4, 5\)"),
        (np.zeros((0, 4)), "image of shape"),
        (np.full((4, 4), np.nan), "not finite"),
        ("absent.png", "absent.png"),
    ],
)
def test_wrong_images(predictor, image, message):
    with pytest.raises(InputError, match=message):
        predictor(image)


def test_frames_of_an_array(predictor, images):
    grey = np.asarray(Image.open(images[0]).convert("L"))
    first, second = predictor.frames(np.stack([grey, grey[::-1]]), spacing=0.1)
    np.testing.assert_array_equal(first.mask, predictor(grey).mask)
    np.testing.assert_array_equal(second.mask, predictor(grey[::-1]).mask)
    assert first.measurements.unit == "mm"


@pytest.mark.parametrize("image", [None, 3, [[1, 2]], Image.new("L", (9, 9))])
def test_what_is_no_image(predictor, image):
    with pytest.raises(InputError, match="image of type .*: must be a NumPy array or the path of a file"):
        predictor(image)
    if not isinstance(image, list):
        with pytest.raises(InputError, match="must be a NumPy array or the path of a file"):
            next(predictor.frames(image))


@pytest.mark.parametrize("array", [np.full((9, 9), "a"), np.ones((9, 9), dtype=complex)])
def test_arrays_that_are_no_grey_levels(predictor, array):
    with pytest.raises(InputError, match="must be grey levels or colours as numbers"):
        predictor(array)


@pytest.mark.parametrize(
    "spacing", [0, -1.0, (0.1,), (0.1, float("inf")), (1, 2, 3), True, "0.1", (0.1, "a"), float("nan")]
)
def test_wrong_spacing(predictor, spacing):
    with pytest.raises(InputError, match="spacing"):
        predictor(np.zeros((30, 40)), spacing=spacing)
