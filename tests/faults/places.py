# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Full and read-only disks, files in the way: one line, no traceback, and what was done before stays. Needs root."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL, command
from tests.faults.kills import LONGEST, prediction, start
from tests.paths import ROOT

OPTIONS = {"epochs": 1, **{key: value for key, value in SMALL.items() if key != "teacher_defs"}}


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def remount(folder: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True)


def told(words: list[str]) -> tuple[int, str]:
    """The exit status of a command and its errors."""
    process = start(words)
    _, errors = process.communicate(timeout=LONGEST)
    return process.returncode, errors


def refused(words: list[str], *parts: str) -> bool:
    """Whether a command ends with an error in a line, which has these parts, and without a traceback."""
    status, errors = told(words)
    lines = [line for line in errors.splitlines() if "error: " in line]
    fine = status != 0 and "Traceback" not in errors and any(all(part in line for part in parts) for line in lines)
    if not fine:
        print(status, errors[-2000:], flush=True)
    return fine


def predict(images: Path, out: Path, *words: str) -> list[str]:
    return ["-m", "scripts", "predict", str(images), "--output_dir", str(out), *words]


def full_disk(images: Path, folder: Path) -> bool:
    """A prediction runs out of room; with more it goes on to the same results."""
    told(predict(images, folder / "whole"))
    with disk(folder / "disk", "48k") as place:
        line = refused(predict(images, place / "out"), str(place))
        remount(place, "size=32m")
        status, _ = told(predict(images, place / "out", "--resume"))
        return line and status == 0 and prediction(place / "out") == prediction(folder / "whole")


def no_room_to_train(images: Path, folder: Path) -> bool:
    with disk(folder / "disk", "2m") as place:
        words = command("train.json", dataset_dir=images, output_dir=place / "out", **OPTIONS)
        return refused(words, str(place / "out"), "MB are free")


def read_only(make: Callable[[Path, Path], list[str]]) -> Callable[[Path, Path], bool]:
    def case(images: Path, folder: Path) -> bool:
        with disk(folder / "disk", "1m") as place:
            remount(place, "ro")
            return refused(make(images, place / "out"), str(place))

    return case


def empty_file(images: Path, folder: Path) -> bool:
    """An empty image costs itself a line; the others have their results."""
    copy = make_phantoms(folder / "images", benign=2, malignant=2, normal=0, size=(64, 80))
    (copy / "empty.png").touch()
    return refused(predict(copy, folder / "out"), "empty.png") and len(list((folder / "out").rglob("*_mask.png"))) == 4


def folder_in_use(images: Path, folder: Path) -> bool:
    """The second of two predictions into one folder is refused; the first ends."""
    first = start(predict(images, folder / "out"))
    while not (folder / "out" / "progress.jsonl").exists() and first.poll() is None:
        pass
    second = refused(predict(images, folder / "out", "--resume"), str(folder / "out"))
    first.communicate(timeout=LONGEST)
    return second and first.returncode == 0


def spoiled(name: str, content: bytes) -> Callable[[Path, Path], bool]:
    """Weights that are none."""

    def case(images: Path, folder: Path) -> bool:
        (folder / name).write_bytes(content)
        words = command(
            "train.json", "evaluate.json", dataset_dir=images, output_dir=folder / "out", ckpt=folder / name
        )
        return refused(words, name)

    return case


def datalist(images: Path, out: Path) -> list[str]:
    return ["-m", "scripts", "datalist", "--dataset_dir", str(images), "--output", str(out / "a.json")]


def train(images: Path, out: Path) -> list[str]:
    return command("train.json", dataset_dir=images, output_dir=out, **OPTIONS)


CASES = {
    "predict, disk full": full_disk,
    "train, disk too small": no_room_to_train,
    "predict, read-only disk": read_only(predict),
    "train, read-only disk": read_only(train),
    "datalist, read-only disk": read_only(datalist),
    "predict, empty file": empty_file,
    "predict, folder in use": folder_in_use,
    "evaluate, empty weights": spoiled("model.pt", b""),
    "evaluate, half of a file of weights": spoiled("model.pt", (ROOT / "models/model.pt").read_bytes()[:50_000]),
}


def run(folder: Path) -> dict[str, bool]:
    """Whether each case ends as it should."""
    folder.mkdir(exist_ok=True)
    images = make_phantoms(folder / "images", benign=6, malignant=6, normal=3, size=(64, 80))
    results = {}
    for number, (name, case) in enumerate(CASES.items()):
        place = folder / f"case{number}"
        place.mkdir()
        results[name] = case(images, place)
        print(name, results[name], flush=True)
    return results
