# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page in Chromium: used as a person uses it, from disk and from a web server."""

from __future__ import annotations

import csv
import functools
import http.server
import threading
import time

import numpy as np
import pytest
from PIL import Image

from scripts.data.phantoms import make_phantoms
from scripts.errors import InputError
from scripts.page.runtime import runtime_files
from scripts.page.write_page import write_page
from scripts.prediction import Predictor
from scripts.prediction.chosen_network import ChosenNetwork
from tests.browser import chromium, forget, requested
from tests.once import make_once
from tests.paths import BUSI

pytest.importorskip("selenium")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

SECONDS = 120  # to wait at most


@pytest.fixture(scope="module")
def folder(exported, tmp_path_factory):
    """The page, as the command writes it."""
    try:
        runtime_files(None)
    except InputError as error:
        pytest.skip(str(error))
    return make_once(tmp_path_factory, "page", lambda folder: write_page(ChosenNetwork(exported), folder))


@pytest.fixture(scope="module")
def server(folder):
    """Address of the page on a plain web server."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def driver(downloads):
    with chromium(downloads) as driver:
        yield driver


@pytest.fixture
def open_page(driver, folder):
    """Open the page; afterwards, nothing was complained of and nothing asked for but the page's files."""
    forget(driver)
    addresses = []

    def open_page(address=None):
        address = address or f"{folder.as_uri()}/"
        addresses.extend([address, "data:", "blob:"])
        driver.get(address + "index.html")
        wait_for(driver, "Ready.")
        return driver

    yield open_page
    assert driver.get_log("browser") == []
    asked = requested(driver)
    assert asked and all(address.startswith(tuple(addresses)) for address in asked)


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Images of BUSI where they are there, else phantoms; one of them also as JPEG, turned, and with colours."""
    folder = tmp_path_factory.mktemp("images")
    if BUSI.is_dir():
        names = ("benign (10)", "malignant (5)", "malignant (60)", "normal (3)")
        paths = [BUSI / name.split()[0] / f"{name}.png" for name in names]
    else:
        phantoms = make_phantoms(folder / "phantoms", benign=2, malignant=1, normal=1, size=(300, 400))
        paths = sorted(path for path in phantoms.rglob("*.png") if "mask" not in path.name)
    picture = Image.open(paths[0]).convert("L")
    picture.save(folder / "grey.jpg", quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.rotate(90, expand=True).save(folder / "turned.jpg", quality=95, exif=exif)
    tinted = np.stack([np.asarray(picture), np.asarray(picture) // 2, np.asarray(picture)], axis=-1)
    Image.fromarray(tinted).save(folder / "colour.jpeg", quality=90)
    alpha = np.full(tinted.shape[:2], 80, np.uint8)
    Image.fromarray(np.dstack([tinted, alpha])).save(folder / "alpha.png")
    names = ("grey.jpg", "turned.jpg", "colour.jpeg", "alpha.png")
    return [*paths, *(folder / name for name in names)]


@pytest.fixture(scope="module")
def predictor(exported):
    return Predictor(exported, runtime="onnxruntime")


def find(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def wait_for(driver, start):
    WebDriverWait(driver, SECONDS).until(lambda _: find(driver, "#status").text.startswith(start))


def choose(driver, *paths):
    find(driver, "#files").send_keys("\n".join(map(str, paths)))
    wait_for(driver, "Ready; ")


def lines(driver):
    return [row.text for row in driver.find_elements(By.CSS_SELECTOR, "#list tbody tr")]


def show(driver, name):
    driver.find_element(By.XPATH, f"//div[@id='list']//button[text()='{name}']").click()
    WebDriverWait(driver, SECONDS).until(lambda _: find(driver, "#name").text == name)


def saved(driver, downloads, selector, name):
    """Click a button, and return the file that it saves."""
    path = downloads / name
    path.unlink(missing_ok=True)
    find(driver, selector).click()
    WebDriverWait(driver, SECONDS).until(lambda _: path.exists() and path.stat().st_size)
    return path


@pytest.mark.parametrize("place", ["disk", "server"])
def test_masks_and_measurements_are_those_of_predict(place, open_page, server, images, predictor, downloads):
    driver = open_page(server) if place == "server" else open_page()
    choose(driver, *images)
    table = saved(driver, downloads, "#save-table", "results.csv").read_text(encoding="utf-8")
    rows = {row["file"]: row for row in csv.DictReader(table.splitlines())}
    assert list(rows) == [path.name for path in images]
    agreements = []
    for path in images:
        expected = predictor(path)
        show(driver, path.name)
        mask = np.asarray(Image.open(saved(driver, downloads, "#save-mask", f"{path.stem}_mask.png"))) > 0
        assert mask.shape == expected.mask.shape
        lesion = mask.sum() + expected.mask.sum()
        agreements.append(2 * (mask & expected.mask).sum() / lesion if lesion else 1)
        row = rows[path.name]
        assert row["lesion_found"] == str(expected.lesion_found)
        assert float(row["confidence"]) == pytest.approx(expected.confidence, abs=2e-3)
        assert float(row["area"]) == pytest.approx(expected.measurements.area, rel=5e-3)
        assert float(row["longest_diameter"]) == pytest.approx(expected.measurements.longest_diameter, rel=5e-3)
        calipers = find(driver, "#picture .calipers").get_attribute("d")
        assert calipers.count("M") == 2 * len(expected.lesions)
    assert np.mean(agreements) >= 0.995


def test_dicom_in_millimetres(page, tmp_path, predictor, images, downloads):
    pytest.importorskip("pydicom", reason="needs requirements-predict.txt")
    from tests.images.dicom import compressed, instance, region, write

    grey = np.asarray(Image.open(images[0]).convert("L"))
    spacing = {"SequenceOfUltrasoundRegions": [region(0, 0, grey.shape[0] - 1, grey.shape[1] - 1, 0.008, 0.01)]}
    explicit = write(instance(grey, "MONOCHROME2", **spacing), tmp_path, "explicit.dcm")
    colour = np.repeat(grey[..., None], 3, axis=2)
    implicit = write(compressed(instance(colour, "RGB", **spacing), "implicit"), tmp_path, "implicit.dcm")
    choose(page, explicit, implicit)
    table = saved(page, downloads, "#save-table", "results.csv").read_text(encoding="utf-8")
    for path, row in zip((explicit, implicit), csv.DictReader(table.splitlines())):
        expected = predictor(path)
        assert row["unit"] == "mm" and row["spacing_from"] == "DICOM PhysicalDelta"
        assert float(row["longest_diameter"]) == pytest.approx(expected.measurements.longest_diameter, rel=5e-3)
        assert float(row["perpendicular_diameter"]) == pytest.approx(
            expected.measurements.perpendicular_diameter, rel=5e-3
        )
        assert row["sop_instance_uid"].startswith("1.2.826")
    assert "A pixel is 0.08 × 0.1 mm" in find(page, "#spacing").text
    assert find(page, "#lesions tbody td").text.endswith(" mm")


def test_no_lesion(page, tmp_path):
    Image.fromarray(np.full((60, 80), 90, np.uint8)).save(tmp_path / "even.png")
    choose(page, tmp_path / "even.png")
    assert lines(page) == ["even.png no lesion found 1.00 –"]
    assert find(page, "#answer").text == "No lesion found, confidence 1.00."
    assert not find(page, "#lesions").is_displayed()
    assert find(page, "#picture .prediction").get_attribute("d") == ""


def bad_files(folder):
    """Files that cannot be segmented, with what the page says."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 80), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "damaged.png")
    content = bytearray((folder / "damaged.png").read_bytes())
    content[len(content) // 2] ^= 255
    (folder / "damaged.png").write_bytes(content)
    Image.fromarray(noise).save(folder / "cut.jpg")
    (folder / "cut.jpg").write_bytes((folder / "cut.jpg").read_bytes()[:-900])
    Image.fromarray(noise).save(folder / "half.jpg")
    (folder / "half.jpg").write_bytes((folder / "half.jpg").read_bytes()[:300] + b"\xff\xd9")
    (folder / "text.png").write_text("not an image")
    (folder / "empty.dcm").touch()
    return {
        "damaged.png": "The PNG file is damaged.",
        "cut.jpg": "The JPEG file is truncated or damaged.",
        "half.jpg": "The JPEG file is",
        "text.png": "The file is not a PNG, JPEG or DICOM image.",
        "empty.dcm": "The file is empty.",
    }


def test_each_bad_file_gets_one_sentence_and_the_others_go_on(page, images, tmp_path):
    expected = bad_files(tmp_path)
    try:
        from tests.images.dicom import coded, write

        write(coded("RLE", np.zeros((32, 40), np.uint8)), tmp_path, "rle.dcm")
        expected["rle.dcm"] = "The DICOM file is compressed; this page reads uncompressed little endian files only."
    except ImportError:
        pass
    choose(page, *(tmp_path / name for name in expected), images[0])
    assert find(page, "#status").text == f"Ready; 1 of {len(expected) + 1} images segmented; {len(expected)} failed."
    *failed, last = lines(page)
    assert "lesion" in last
    for line, (name, message) in zip(failed, expected.items()):
        assert line.startswith(f"{name} {message}") and line.count(".") == 2, line
    assert find(page, "#name").text == images[0].name


def test_files_are_dropped(page, images):
    box = find(page, "#drop").rect
    data = {"items": [], "files": [str(path) for path in images[:2]], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": box["x"] + 20, "y": box["y"] + 20, "data": data}
        page.execute_cdp_cmd("Input.dispatchDragEvent", event)
    wait_for(page, "Ready; 2 of 2")
    assert [line.partition(" lesion")[0] for line in lines(page)] != []
    assert "index.html" in page.current_url  # the browser has not opened the files instead


def test_the_keyboard_does_it_all(page, images):
    choose(page, *images[:2])
    assert find(page, "#name").text == images[0].name

    def press_until(text):
        for _ in range(30):
            ActionChains(page).send_keys(Keys.TAB).perform()
            if text in page.switch_to.active_element.text:
                return
        raise AssertionError(text)

    press_until(images[1].name)
    ActionChains(page).send_keys(Keys.ENTER).perform()
    WebDriverWait(page, SECONDS).until(lambda _: find(page, "#name").text == images[1].name)
    current = page.find_elements(By.CSS_SELECTOR, "#list tr[aria-current]")
    assert [row.find_element(By.TAG_NAME, "button").text for row in current] == [images[1].name]
    press_until("Clear")
    ActionChains(page).send_keys(Keys.ENTER).perform()
    assert lines(page) == [] and not find(page, "#view").is_displayed()
    assert page.switch_to.active_element.get_attribute("id") == "files"
    choose(page, images[0])  # the same file again
    assert len(lines(page)) == 1


def test_contour_and_diameters_are_hidden_and_shown(page, images):
    choose(page, images[0])
    for kind, shapes in {"prediction": ["prediction"], "calipers": ["calipers", "ends"]}.items():
        box = find(page, f"input[data-kind={kind}]")
        for displayed in (False, True):
            box.click()
            assert [find(page, f"#picture .{shape}").is_displayed() for shape in shapes] == [displayed] * len(shapes)


def test_names_are_text(page, tmp_path):
    name = "<b onclick=alert(1)>&amp;.png"
    Image.fromarray(np.full((9, 9), 9, np.uint8)).save(tmp_path / name)
    choose(page, tmp_path / name)
    assert find(page, "#name").text == name
    assert page.find_elements(By.TAG_NAME, "b") == []


def test_narrow_screens_need_no_scrolling_to_the_side(page, images):
    screen = {"width": 380, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        choose(page, *images[:2])
        time.sleep(0.2)
        assert page.execute_script("return document.documentElement.scrollWidth") <= 380
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_page_can_send_nothing(page):
    code = "return fetch(arguments[0]).then(() => 'sent', () => 'refused')"
    assert page.execute_script(code, "http://127.0.0.1:9/") == "refused"
    refused = page.get_log("browser")
    assert all("Content Security Policy" in entry["message"] for entry in refused)
