# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.page.agreement exported.onnx BUSI [BUSBRA …] --images 250`: masks of the page and of `predict`.

Opens the page in Chromium with images of the data sets, spread evenly. Writes docs/results/page/agreement.json, which
docs/page.md repeats.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from scripts.data.sources import read_dataset
from scripts.files.json_file import write_json
from scripts.page.runtime import VERSION
from scripts.page.write_page import write_page
from scripts.prediction import Predictor
from scripts.prediction.chosen_network import ChosenNetwork
from scripts.runs.program import describe_program
from tests.browser import chromium
from tests.page.told import RESULT, told

AT_ONCE = 10  # images that the page is given together
SECONDS = 300  # to wait at most


def chosen_images(folders: list[Path], count: int) -> list[Path]:
    """Images of each data set in turn, spread evenly over its list."""
    spread = []
    for folder in folders:
        _, records = read_dataset(folder.resolve())
        spread.append([records[i].image for i in np.linspace(0, len(records) - 1, count // len(folders)).astype(int)])
    return [image for images in zip(*spread) for image in images]


def compare(exported: Path, images: list[Path], place: Path) -> Iterator[list[int]]:
    """Yield, again and again, by how many pixels the page's mask and that of `predict` differ on the images so far."""
    folder, downloads = place / "page", place / "downloads"
    downloads.mkdir()
    write_page(ChosenNetwork(exported), folder)
    predictor = Predictor(exported, runtime="onnxruntime")
    differences = []
    with chromium(downloads) as driver:
        wait = WebDriverWait(driver, SECONDS)

        def find(selector):
            return driver.find_element(By.CSS_SELECTOR, selector)

        driver.get(f"{folder.as_uri()}/index.html")
        wait.until(lambda _: find("#status").text == "Ready.")
        for start in range(0, len(images), AT_ONCE):
            part = images[start : start + AT_ONCE]
            find("#files").send_keys("\n".join(map(str, part)))
            wait.until(lambda _: find("#status").text.startswith("Ready; "))
            for button, image in zip(driver.find_elements(By.CSS_SELECTOR, "#list tbody button"), part, strict=True):
                button.click()
                wait.until(lambda _, name=image.name: find("#name").text == name)
                saved = downloads / f"{image.stem}_mask.png"
                find("#save-mask").click()
                wait.until(lambda _, path=saved: path.exists() and path.stat().st_size)
                mask = np.asarray(Image.open(saved)) > 0
                saved.unlink()
                differences.append(int((mask != predictor(image).mask).sum()))
            find("#clear").click()
            yield differences


def seal(differences: list[int]) -> None:
    """Write the result, and print what the page says of it."""
    different = sorted(number for number in differences if number)
    counts = {"images": len(differences), "identical": differences.count(0), "different_pixels": different}
    program = describe_program()
    program["command"] = program["command"].replace(
        "tests.page", "tests.page.agreement", 1
    )  # it names the package alone
    result = {**counts, "provenance": {**program, "onnxruntime_web": VERSION}}
    write_json(RESULT, result)
    print(told(result), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("exported", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--images", type=int, default=250)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for found in compare(args.exported, chosen_images(args.folders, args.images), Path(name)):
            seal(found)
