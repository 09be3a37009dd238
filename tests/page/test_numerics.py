# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page computes what Python computes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from scripts.data.phantoms import make_phantoms
from scripts.images.field_of_view import field_of_view
from scripts.images.image_file import Region
from scripts.images.resampling import resize
from scripts.images.single_image import read_image
from scripts.postprocessing.calibration import Calibration
from scripts.postprocessing.lesions import find_lesions
from scripts.postprocessing.measurements import measure
from scripts.prediction.image_prediction import predict_image
from scripts.prediction.onnx_segmenter import apply_step
from scripts.prediction.regions import lesion_probability
from scripts.prediction.result_rows import describe_image
from tests.page.javascript import JavaScriptError, needs_node, run
from tests.paths import BUSI
from tests.prediction.batches import bright, ellipse, scene

pytestmark = needs_node

# As `bright` of tests/prediction/batches.py.
BRIGHT = """
const bright = (grey) => {
  const [low, high] = lightbtseg.arrays.range(grey);
  return { ...grey, data: Float32Array.from(grey.data, (value) => Number(value - low > 0.7002 * (high - low))) };
};
"""


def blobs(shape=(90, 130), seed=0, share=0.25):
    """A mask of many regions of irregular shape, some with holes, some at the border."""
    noise = cv2.GaussianBlur(np.random.default_rng(seed).random(shape), (0, 0), 4)
    return noise > np.quantile(noise, 1 - share)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Grey levels of phantoms, and of images of BUSI where they are there."""
    folder = make_phantoms(tmp_path_factory.mktemp("p") / "p", benign=2, malignant=2, normal=1, size=(300, 410))
    paths = sorted(path for path in folder.rglob("*.png") if "mask" not in path.name)
    published = [BUSI / kind / f"{kind} ({number}).png" for kind in ("benign", "malignant") for number in (10, 60)]
    return [read_image(path) for path in (*paths, *published) if path.exists()]


@pytest.mark.parametrize("anti_aliasing", [True, False])
@pytest.mark.parametrize("shape, size", [((300, 401), (224, 224)), ((61, 84), (224, 100)), ((480, 640), (480, 64))])
def test_resize(shape, size, anti_aliasing):
    image = np.random.default_rng(0).random(shape).astype(np.float32)
    code = "return lightbtseg.resampling.resize(image, rows, columns, antiAliasing)"
    result = run(code, image=image, rows=size[0], columns=size[1], antiAliasing=anti_aliasing)
    np.testing.assert_allclose(result, resize(image, size, anti_aliasing), atol=1e-5)
    if not anti_aliasing:
        bits = np.floor(256 * image)
        result = run(code, image=bits, rows=size[0], columns=size[1], antiAliasing=False)
        np.testing.assert_array_equal(result, resize(bits, size))


@pytest.mark.parametrize("shape, size", [((300, 401), (123, 205)), ((2049, 30), (2048, 30)), ((400, 600), (200, 300))])
def test_reduce_and_enlarge_as_opencv_does(shape, size):
    image = np.random.default_rng(0).random(shape).astype(np.float32)
    small = run("return lightbtseg.resampling.reduce(image, rows, columns)", image=image, rows=size[0], columns=size[1])
    np.testing.assert_allclose(small, cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA), atol=1e-5)
    code = "return lightbtseg.resampling.enlarge(image, rows, columns)"
    large = run(code, image=small, rows=shape[0], columns=shape[1])
    np.testing.assert_allclose(large, cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR), atol=1e-4)


def test_images_above_the_limit_are_reduced_for_the_network():
    """To 2,048 pixels a side; what is larger shows there where the network was given less."""
    lesion = ellipse((400, 2500), (200, 1200), (90, 400))
    grey = scene(lesion).astype(np.float32)
    whole = [Region(0, 0, *grey.shape, None, "")]
    given = []

    def segment(part):
        given.append(part.shape)
        return bright(part)

    expected = lesion_probability(grey, whole, segment)
    code = f"""{BRIGHT}
    const given = [];
    const region = {{ top: 0, left: 0, bottom: grey.rows, right: grey.columns, isLowPriority: false }};
    const segment = async (part) => {{ given.push([part.rows, part.columns]); return bright(part); }};
    const probability = await lightbtseg.regions.lesionProbability(grey, [region], segment);
    return {{ given, probability }};
    """
    result = run(code, grey=grey)
    assert result["given"] == [list(given[0])] and max(given[0]) == 2048
    assert (np.abs(result["probability"] - expected) > 1e-3).mean() < 1e-4


@pytest.mark.parametrize(
    "step",
    [
        {"name": "Resize", "spatial_size": [64, 48], "anti_aliasing": True},
        {"name": "Resize", "spatial_size": [64, 48], "anti_aliasing": False},
        {"name": "ScaleIntensity", "minv": -1.0, "maxv": 1.0},
        {"name": "ScaleIntensityRange", "a_min": 0, "a_max": 255, "b_min": 0, "b_max": 1},
        {"name": "CastToType", "dtype": "float32"},
    ],
)
def test_steps_of_preprocessing(step):
    image = np.random.default_rng(0).random((90, 70)).astype(np.float32) * 255
    result = run("return lightbtseg.preprocessing.preprocess(image, [step])", image=image, step=step)
    np.testing.assert_allclose(result, apply_step(step, image.T).T, atol=1e-4)


def test_8_bits_are_those_of_predict():
    """Whole numbers stay what they are: a wider float would cut some of them to the next lower one."""
    image = np.arange(3, 252, dtype=np.float32).reshape(3, 83)
    steps = [{"name": "ScaleIntensity", "minv": 0, "maxv": 255}, {"name": "CastToType", "dtype": "uint8"}]
    expected = image.T
    for step in steps:
        expected = apply_step(step, expected)
    result = run("return lightbtseg.preprocessing.preprocess(image, steps)", image=image, steps=steps)
    assert np.array_equal(result, expected.T)


def test_a_step_that_the_page_has_not():
    for step in ({"name": "Rotate"}, {"name": "CastToType", "dtype": "int64"}):
        with pytest.raises(JavaScriptError, match="The network needs"):
            run("lightbtseg.preprocessing.preprocess(image, [step])", image=np.zeros((2, 2), np.float32), step=step)


def test_field_of_view(pictures):
    code = "return lightbtseg.fieldOfView.fieldOfView(grey)"
    for grey in (*pictures, np.zeros((50, 60), np.float32), pictures[0][:, :37], pictures[0][:3]):
        expected = field_of_view(grey)
        result = run(code, grey=grey) > 0
        assert (result != expected).mean() < 1e-4
        for axis in (0, 1):
            assert np.array_equal(result.any(axis), expected.any(axis))  # the crop


@pytest.mark.parametrize("spacing", [None, (0.1, 0.1), (0.08, 0.13)])
def test_measurements(spacing):
    single = np.zeros((5, 6), bool)
    single[2, 3] = True
    masks = [single, single[:0:-1] | True, np.zeros((4, 4), bool), np.eye(9, dtype=bool)]
    masks += [blobs(seed=seed, share=0.1 + 0.1 * seed) for seed in range(6)]
    masks += [ellipse((120, 160), (60, 70), (40, 15), degrees) for degrees in (0, 30, 71)]
    for mask in masks:
        expected = measure(mask, spacing)
        result = run("return lightbtseg.measurements.measure(mask, spacing)", mask=mask, spacing=spacing)
        assert (result["components"], result["unit"]) == (expected.components, expected.unit)
        assert result["area"] == pytest.approx(expected.area)
        assert result["longest"] == pytest.approx(expected.longest_diameter)
        assert result["perpendicular"] == pytest.approx(expected.perpendicular_diameter)
        assert result["boundingBox"] == (list(expected.bounding_box) if expected.bounding_box else None)
        # Of several lines across that are equally long, rounding chooses one.
        np.testing.assert_allclose(result["calipers"][:1], (expected.calipers or [])[:1], atol=1e-6)


@pytest.mark.parametrize(
    "calibration",
    [
        Calibration(),
        Calibration(threshold=0.3, min_size=0.004, min_confidence=0.62),
        Calibration(temperature=1.3, bias=-0.8, threshold=0.4, fill_holes=True),
        Calibration(threshold=1.0),
        Calibration(min_confidence=1.0),
    ],
)
def test_lesions(calibration):
    noise = cv2.GaussianBlur(np.random.default_rng(3).random((120, 150)), (0, 0), 5)
    probability = ((noise - noise.min()) / np.ptp(noise)).astype(np.float32)
    expected = find_lesions(calibration.correct(probability), calibration)
    code = """
    const { correct, findLesions } = lightbtseg.lesions;
    return findLesions(correct(probability, settings), settings);
    """
    result = run(code, probability=probability, settings=calibration.settings)
    assert result["found"] == expected.lesion_found
    assert np.array_equal(result["mask"] > 0, expected.mask)
    for name, value in (
        ("lesionConfidence", expected.lesion_confidence),
        ("minimumConfidence", expected.minimum_confidence),
        ("confidence", expected.confidence),
    ):
        assert result[name] == pytest.approx(value, abs=1e-5), name


def regions(*boxes):
    return [Region(*box, spacing, "DICOM PhysicalDelta", low) for box, spacing, low in boxes]


@pytest.mark.parametrize(
    "layout",
    [
        regions(((0, 0, 200, 300), None, False)),
        regions(((0, 0, 200, 300), (0.1, 0.08), False)),
        regions(((10, 0, 190, 150), (0.1, 0.1), False), ((10, 150, 190, 300), (0.2, 0.2), False)),
        regions(((10, 0, 190, 150), (0.1, 0.1), False), ((10, 150, 190, 300), None, False)),
        regions(((0, 0, 200, 300), (0.1, 0.1), True), ((0, 100, 120, 290), (0.05, 0.05), False)),
        regions(((0, 0, 200, 100), (0.1, 0.1), False), ((0, 80, 200, 300), (0.07, 0.05), False)),
    ],
)
def test_whole_predictions_in_regions(layout):
    lesions = ellipse((200, 300), (60, 60), (30, 20)) | ellipse((200, 300), (120, 210), (45, 25), 30)
    grey = scene(lesions).astype(np.float32)
    expected = describe_image(predict_image(grey, layout, bright, Calibration()))
    boxes = [
        {
            **{side: getattr(region, side) for side in ("top", "left", "bottom", "right", "spacing")},
            "spacingFrom": region.spacing_from,
            "isLowPriority": region.is_low_priority,
        }
        for region in layout
    ]
    code = f"""{BRIGHT}
    const image = {{ grey, regions, identifiers: {{}} }};
    const prediction = await lightbtseg.prediction.predict(image, async (part) => bright(part), calibration);
    const lesions = prediction.lesions.map(({{ measurements, confidence }}) =>
      [measurements.longest, measurements.perpendicular, measurements.area, measurements.unit, confidence]);
    return {{ row: lightbtseg.results.describe("a.png", image, prediction, 0.5), lesions }};
    """
    result = run(code, grey=grey, regions=boxes, calibration=Calibration().settings)
    row = result["row"]
    assert row["lesion_found"] == "True"
    assert row["unit"] == expected["unit"]
    for name, value in expected.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert row[name] == pytest.approx(value, abs=2e-3), name
    assert len(result["lesions"]) == len(expected["lesions"]) == 2
    for lesion, other in zip(result["lesions"], expected["lesions"]):
        unit = "mm" if other["area_mm2"] is not None else "pixels"
        area = other["area_mm2"] if unit == "mm" else other["area_pixels"]
        values = [other[f"{axis}_diameter_{unit}"] for axis in ("longest", "perpendicular")]
        assert lesion[:3] == pytest.approx([*values, area], abs=2e-3)
        assert lesion[4] == pytest.approx(other["confidence"], abs=1e-3)


def test_the_outline_runs_between_lesion_and_background():
    mask = np.array([[0, 1, 1], [0, 1, 0]], dtype=np.uint8)
    path = run("return lightbtseg.contour.edgePath(mask)", mask=mask)
    assert sorted(path[1:].split("M")) == ["1 0H3", "1 0V2", "1 2H2", "2 1H3", "2 1V2", "3 0V1"]
