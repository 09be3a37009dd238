# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Inputs and folders that vanish or change in mid-run: one line, and what was done before stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.data import make_phantoms
from tests.faults import commands
from tests.faults.commands import Started, done, goes, predict, refused, start, wait_for
from tests.faults.kills import prediction
from tests.faults.setting import Case, Setting

MANY = 40  # images, so that a prediction takes a while


def begun(images: Path, out: Path) -> Started:
    """Start a prediction and wait until three images are done."""
    process = start(predict(images, out))
    journal = out / "progress.jsonl"
    wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 6, process)
    return process


def in_mid_prediction(act: Callable[[Path, Path], str], finds: int | None) -> Case:
    """Act on images and results when three are done; the line has what `act` returns, `finds` masks stay."""

    def case(at: Setting) -> bool:
        images = make_phantoms(at.folder / "images", benign=MANY, malignant=0, normal=0, size=(96, 128))
        process = begun(images, at.out)
        line = refused(process, act(images, at.out))
        return line and (finds is None or len(list(at.out.rglob("*_mask.png"))) == finds)

    return case


def last_image(images: Path, out: Path) -> str:
    path = images / "benign" / f"benign ({MANY}).png"
    path.unlink()
    return path.name


def half_of_the_last_image(images: Path, out: Path) -> str:
    path = images / "benign" / f"benign ({MANY}).png"
    path.write_bytes(path.read_bytes()[:200])
    return path.name


def all_images(images: Path, out: Path) -> str:
    shutil.rmtree(images)
    return "benign ("


def results(images: Path, out: Path) -> str:
    out.rename(out.with_name("elsewhere"))
    return "was removed"


def resumed_after_images_came_back(at: Setting) -> bool:
    """The folder of images is on a drive that is unplugged, and comes back."""
    images = make_phantoms(at.folder / "images", benign=MANY, malignant=0, normal=0, size=(96, 128))
    done(predict(images, at.folder / "whole"))
    process = begun(images, at.out)
    images.rename(at.folder / "unplugged")
    line = refused(process, "benign (")
    (at.folder / "unplugged").rename(images)
    again = goes(predict(images, at.out, "--resume"))
    return line and again and prediction(at.out) == prediction(at.folder / "whole")


def in_mid_training(act: Callable[[Path, Path], str], **options: object) -> Case:
    """Act on images and run after the first epoch, with images that are read in each epoch."""

    def case(at: Setting) -> bool:
        images = shutil.copytree(at.images, at.folder / "images")
        process = start(commands.train(images, at.out, epochs=30, cache_rate=0, **options))
        wait_for((at.out / "checkpoint.pt").exists, process)
        return refused(process, act(images, at.out))

    return case


def listed(out: Path, section: str) -> list[str]:
    """The images of a run's use, such as training."""
    content = json.loads((out / "datalist.json").read_text())
    return content["used"][section]


def training_image(images: Path, out: Path) -> str:
    name = listed(out, "training")[0]
    (images / name).unlink()
    return name


def training_images(images: Path, out: Path) -> str:
    shutil.rmtree(images)
    return str(images)


def image_of_another_size(images: Path, out: Path) -> str:
    """Its mask no longer fits."""
    name = listed(out, "training")[0]
    Image.fromarray(np.full((20, 30), 90, np.uint8)).save(images / name)
    return name


def run_folder(images: Path, out: Path) -> str:
    out.rename(out.with_name("elsewhere"))
    return str(out)


def results_of_an_evaluation(at: Setting) -> bool:
    """The folder of an evaluation vanishes while it writes masks; it does not begin anew with the rest of them."""
    images = make_phantoms(at.folder / "images", benign=MANY, malignant=MANY, normal=0, size=(96, 128))
    process = start(commands.evaluate(images, at.out, at.trained / "model.pt"))
    wait_for(lambda: list(at.out.rglob("*_mask.png")), process)
    at.out.rename(at.folder / "elsewhere")
    return refused(process, f"{at.out}: was removed") and not (at.out / "metrics.json").exists()


def test_image(at: Setting) -> bool:
    """A test image vanishes; when it is back, the run goes on."""
    images = shutil.copytree(at.images, at.folder / "images")
    words = commands.train(images, at.out, epochs=3)
    process = start(words)
    wait_for((at.out / "checkpoint.pt").exists, process)
    name = listed(at.out, "test")[0]
    (images / name).rename(at.folder / "aside")
    line = refused(process, name)
    (at.folder / "aside").rename(images / name)
    return line and goes([*words, "--resume", "true"]) and (at.out / "metrics.json").is_file()


CASES: dict[str, Case] = {
    "predict, an image vanishes": in_mid_prediction(last_image, MANY - 1),
    "predict, an image is cut": in_mid_prediction(half_of_the_last_image, MANY - 1),
    "predict, all images vanish": in_mid_prediction(all_images, None),
    "predict, all images vanish and come back": resumed_after_images_came_back,
    "predict, the results vanish": in_mid_prediction(results, None),
    "evaluate, the results vanish": results_of_an_evaluation,
    "train, an image vanishes": in_mid_training(training_image),
    "train, an image vanishes from a worker": in_mid_training(training_image, num_workers=1),
    "train, all images vanish": in_mid_training(training_images),
    "train, an image changes its size": in_mid_training(image_of_another_size),
    "train, the run vanishes": in_mid_training(run_folder),
    "train, a test image vanishes and comes back": test_image,
}
