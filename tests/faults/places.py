# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Full and read-only disks, files in the way: one line, no traceback, and what was done before stays. Needs root."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scripts.data import make_phantoms
from tests.faults import commands
from tests.faults.commands import done, goes, predict, refused, start, told, wait_for
from tests.faults.kills import prediction, training
from tests.faults.setting import Case, Setting
from tests.paths import ROOT


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


def full_disk(at: Setting) -> bool:
    """A prediction runs out of room; with more it goes on to the same results."""
    done(predict(at.images, at.folder / "whole"))
    with disk(at.folder / "disk", "48k") as place:
        line = refused(predict(at.images, place / "out"), str(place))
        remount(place, "size=32m")
        again = goes(predict(at.images, place / "out", "--resume"))
        return line and again and prediction(place / "out") == prediction(at.folder / "whole")


def full_disk_at_the_end(at: Setting) -> bool:
    """A merge runs out of room; with more it goes on."""
    with disk(at.folder / "disk", "32m") as place:
        shutil.copytree(at.shards, place / "out")
        free = shutil.disk_usage(place).free
        (place / "other").write_bytes(bytes(free - 8192))
        line = refused(commands.merge(place / "out"), str(place))
        (place / "other").unlink()
        return line and goes(commands.merge(place / "out"))


def disk_that_fills(make: Callable[[Setting, Path], list[str]], begun: str, go_on: tuple[str, ...]) -> Case:
    """Something else fills the disk in mid-run; with room the command goes on to the same results."""

    def case(at: Setting) -> bool:
        done(make(at, at.folder / "whole"))
        with disk(at.folder / "disk", "256m") as place:
            process = start(make(at, place / "out"))
            wait_for((place / "out" / begun).exists, process)
            with suppress(OSError), (place / "other").open("wb") as file:
                while True:
                    file.write(bytes(2**20))
            line = refused(process, str(place))
            (place / "other").unlink()
            again = goes([*make(at, place / "out"), *go_on])
            return line and again and training(place / "out") == training(at.folder / "whole")

    return case


def no_room_to_train(at: Setting) -> bool:
    with disk(at.folder / "disk", "2m") as place:
        return refused(commands.train(at.images, place / "out"), str(place / "out"), "MB are free")


def no_room(make: Callable[[Setting, Path], list[str]], folder: Callable[[Setting], Path] = lambda at: ROOT) -> Case:
    """A command, started in a folder, whose file finds no room; nothing of it stays."""

    def case(at: Setting) -> bool:
        with disk(at.folder / "disk", "4k") as place:
            (place / "other").write_bytes(bytes(4096))
            line = refused(start(make(at, place), folder(at)), str(place))
            return line and not list(place.rglob("*.partial"))

    return case


def read_only(make: Callable[[Setting, Path], list[str]]) -> Case:
    def case(at: Setting) -> bool:
        with disk(at.folder / "disk", "4m") as place:
            remount(place, "ro")
            return refused(make(at, place / "out"), str(place))

    return case


def read_only_weights(at: Setting) -> bool:
    """A calibration beside weights on a read-only disk."""
    with disk(at.folder / "disk", "64m") as place:
        shutil.copytree(at.trained, place / "run")
        remount(place, "ro")
        return refused(commands.calibrate(at.images, place / "run"), str(place))


def read_only_images(at: Setting) -> bool:
    """Images are only read."""
    with disk(at.folder / "disk", "8m") as place:
        images = shutil.copytree(at.images, place / "images")
        remount(place, "ro")
        return goes(predict(images, at.out)) and goes(commands.train(images, at.folder / "run"))


def empty_image(at: Setting) -> bool:
    """An empty image costs itself a line; the others have their results."""
    copy = make_phantoms(at.folder / "images", benign=2, malignant=2, normal=0, size=(64, 80))
    (copy / "empty.png").touch()
    return refused(predict(copy, at.out), "empty.png") and len(list(at.out.rglob("*_mask.png"))) == 4


def empty_image_of_a_data_set(at: Setting) -> bool:
    copy = shutil.copytree(at.images, at.folder / "images")
    (copy / "benign" / "benign (1).png").write_bytes(b"")
    return refused(commands.train(copy, at.out), "benign (1).png") and refused(
        commands.datalist(copy, at.out), "benign (1).png"
    )


def empty_in_a_run(name: str, make: Callable[[Setting, Path], list[str]]) -> Case:
    """A file of a trained run has no content."""

    def case(at: Setting) -> bool:
        run = shutil.copytree(at.trained, at.folder / "run")
        (run / name).write_bytes(b"")
        return refused(make(at, run), name)

    return case


def empty_checkpoint(at: Setting) -> bool:
    run = shutil.copytree(at.trained, at.folder / "run")
    (run / "final_checkpoint.pt").unlink()
    (run / "checkpoint.pt").write_bytes(b"")
    return refused(commands.train(at.images, run, resume=True), "checkpoint.pt")


def empty_journal(at: Setting) -> bool:
    """A journal without a line begins anew."""
    done(predict(at.images, at.folder / "whole"))
    at.out.mkdir()
    (at.out / "progress.jsonl").write_bytes(b"")
    return goes(predict(at.images, at.out, "--resume")) and prediction(at.out) == prediction(at.folder / "whole")


def empty_plan(at: Setting) -> bool:
    plan = at.folder / "plan.yaml"
    plan.write_bytes(b"")
    return refused(commands.experiment(at.images, at.out, plan), "plan.yaml")


def half_of_the_weights(at: Setting) -> bool:
    path = at.folder / "half.pt"
    path.write_bytes((ROOT / "models/model.pt").read_bytes()[:50_000])
    return refused(commands.evaluate(at.images, at.out, path), "half.pt")


def locked_table(at: Setting) -> bool:
    """A table that may not be replaced; without the lock it goes on."""
    done(predict(at.images, at.out))
    before = (at.out / "results.csv").read_bytes()
    subprocess.run(["chattr", "+i", at.out / "results.csv"], check=True)
    try:
        line = refused(predict(at.images, at.out, "--overwrite"), "results.csv")
        kept = (at.out / "results.csv").read_bytes() == before
    finally:
        subprocess.run(["chattr", "-i", at.out / "results.csv"], check=True)
    return line and kept and goes(predict(at.images, at.out, "--overwrite"))


def locked_weights(at: Setting) -> bool:
    """Weights that may not be replaced."""
    run = shutil.copytree(at.trained, at.folder / "run")
    before = (run / "model.pt").read_bytes()
    subprocess.run(["chattr", "+i", run / "model.pt"], check=True)
    try:
        line = refused(commands.train(at.images, run, overwrite=True), "model.pt")
    finally:
        subprocess.run(["chattr", "-i", run / "model.pt"], check=True)
    return line and (run / "model.pt").read_bytes() == before


def folder_in_use(make: Callable[[Setting], list[str]], further: tuple[str, ...], begun: str) -> Case:
    """The second of two commands on one folder is refused; the first ends."""

    def case(at: Setting) -> bool:
        first = start(make(at))
        wait_for((at.out / begun).exists, first)
        second = refused([*make(at), *further], "another command is writing to this folder")
        status, errors = told(first)
        if status:
            print(errors[-1000:])
        return second and status == 0

    return case


CASES: dict[str, Case] = {
    "predict, disk full": full_disk,
    "merge, disk full": full_disk_at_the_end,
    "train, disk too small": no_room_to_train,
    "train, a disk that fills": disk_that_fills(
        lambda at, out: commands.train(at.images, out, epochs=20), "checkpoint.pt", ("--resume", "true")
    ),
    "distill, a disk that fills": disk_that_fills(
        lambda at, out: commands.distill(at.images, out), "checkpoint.pt", ("--resume", "true")
    ),
    "experiment, a disk that fills": disk_that_fills(
        lambda at, out: commands.experiment(at.images, out, at.plan),
        "work/tiny/busi/fold0/seed0/student/checkpoint.pt",
        (),
    ),
    "evaluate, disk full": no_room(lambda at, out: commands.evaluate(at.images, out, at.trained / "model.pt")),
    "datalist, disk full": no_room(lambda at, out: commands.datalist(at.images, out)),
    "trust, disk full": no_room(lambda at, out: commands.trust(at.images, out, at.calibrated)),
    "page, disk full": no_room(lambda at, out: commands.page(out)),
    "export, disk full": no_room(lambda at, out: commands.export(at.trained, out)),
    "report, disk full": no_room(lambda at, out: commands.report(at.images, out, at.trained)),
    "archive, disk full": no_room(lambda at, out: commands.archive(out), lambda at: at.clone),
    "predict, read-only disk": read_only(lambda at, out: predict(at.images, out)),
    "train, read-only disk": read_only(lambda at, out: commands.train(at.images, out)),
    "distill, read-only disk": read_only(lambda at, out: commands.distill(at.images, out)),
    "evaluate, read-only disk": read_only(lambda at, out: commands.evaluate(at.images, out, at.trained / "model.pt")),
    "datalist, read-only disk": read_only(lambda at, out: commands.datalist(at.images, out)),
    "experiment, read-only disk": read_only(lambda at, out: commands.experiment(at.images, out, at.plan)),
    "trust, read-only disk": read_only(lambda at, out: commands.trust(at.images, out, at.calibrated)),
    "report, read-only disk": read_only(lambda at, out: commands.report(at.images, out, at.trained)),
    "export, read-only disk": read_only(lambda at, out: commands.export(at.trained, out)),
    "calibrate, read-only weights": read_only_weights,
    "predict and train, read-only images": read_only_images,
    "predict, empty image": empty_image,
    "train and datalist, empty image": empty_image_of_a_data_set,
    "predict, empty journal": empty_journal,
    "predict, empty config of a run": empty_in_a_run(
        "config.json", lambda at, run: predict(at.images, at.out, "--run", str(run))
    ),
    "evaluate, empty weights": empty_in_a_run(
        "model.pt", lambda at, run: commands.evaluate(at.images, at.out, run / "model.pt")
    ),
    "evaluate, half of a file of weights": half_of_the_weights,
    "train, empty record of the command": empty_in_a_run(
        "command.json", lambda at, run: commands.train(at.images, run, resume=True)
    ),
    "train, empty checkpoint": empty_checkpoint,
    "report, empty metrics": empty_in_a_run("metrics.csv", lambda at, run: commands.report(at.images, at.out, run)),
    "experiment, empty plan": empty_plan,
    "predict, locked table": locked_table,
    "train, locked weights": locked_weights,
    "predict, folder in use": folder_in_use(lambda at: predict(at.images, at.out), ("--resume",), "progress.jsonl"),
    "train, folder in use": folder_in_use(
        lambda at: commands.train(at.images, at.out, epochs=6), ("--resume", "true"), "datalist.json"
    ),
}
