# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Whatever reads files of others: valid files to start from, and what is done with one.

Each reader gets the path of a file in an empty folder. It returns if the file gives a result, raises `InputError` if it
is refused, and raises `Finding` if neither is so.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import nrrd
import numpy as np
import torch
import yaml
from PIL import Image

from scripts.bundle.config_review import review
from scripts.data import make_phantoms, read_datalist
from scripts.data.datalist import build_datalist, write_datalist
from scripts.data.sources import read_dataset
from scripts.errors import InputError
from scripts.evaluation.metrics_file import SEAL
from scripts.evaluation.metrics_table import metrics_table
from scripts.experiments.plan_file import read_plan_file
from scripts.files.hashing import hash_file
from scripts.images.image_file import Region
from scripts.networks import StuNet
from scripts.networks.weights import load_weights
from scripts.page.runtime import CHECKSUMS, runtime_files
from scripts.postprocessing.calibration import Calibration, read_calibration
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import FILE, Journal
from scripts.prediction.onnx_segmenter import OnnxSegmenter
from scripts.prediction.pseudonyms import Pseudonyms
from scripts.prediction.regions import lesion_probability
from scripts.prediction.trained_run import load_run
from scripts.runs.command_record import restore_command
from scripts.runtimes.choice import PRECISIONS
from scripts.runtimes.gate_file import read_gate, write_gate
from tests.experiments.results import PLAN
from tests.images.test_video_file import KINDS, frame, write_video
from tests.paths import ROOT
from tests.prediction.batches import files_below, run_batch
from tests.prediction.hostile import FRAMES, GREY, dicom, nifti, picture


class Finding(Exception):
    """What must not be: neither a result nor the project's own error."""


@dataclass
class Reader:
    """A name for reports, the name of the file, what is done with it, and valid files."""

    name: str
    file: str
    read: Callable[[Path], object]
    seeds: list[bytes]


def predict(path: Path) -> None:
    """Segment one file; there is all of its results, or nothing."""
    folder = path.parent / "out"
    outcome = run_batch([path], folder)
    written = set(files_below(folder)) - {FILE}
    if outcome.failed:
        (reason,) = outcome.failed.values()
        if outcome.rows or written:
            raise Finding(f"results of a file that failed: {sorted(written)}")
        if len(reason.splitlines()) != 1 or "Traceback" in reason:
            raise Finding(f"not one line: {reason!r}")
        raise InputError(reason)
    if not outcome.rows or outcome.results() - written:
        raise Finding(f"rows without results: {sorted(outcome.results() - written)}")


def dataset(path: Path) -> None:
    """Read the table of a data set of three images."""
    for folder in ("images", "masks"):
        (path.parent / folder).mkdir()
        for number in range(3):
            Image.fromarray(GREY).save(path.parent / folder / f"{number}.png")
    _, records = read_dataset(path.parent)
    if {record.image.name for record in records} - {"0.png", "1.png", "2.png"}:
        raise Finding("images that are not in the folder")


def datalist(path: Path) -> None:
    """Read a datalist; all of its images are below the data set."""
    for entry in read_datalist(path)["training"]:
        for name in (entry["image"], *entry["label"]):
            if path.parent.resolve() not in (path.parent / name).resolve().parents:
                raise Finding(f"a file outside the data set: {name}")


def weights(path: Path) -> None:
    """Load weights; they are finite and predict."""
    network = load_weights(small_network(), path).eval()
    with torch.no_grad():
        if not torch.isfinite(network(torch.zeros(1, 1, 16, 16))).all():
            raise Finding("an output that is not finite")


def calibration(path: Path) -> None:
    """Read a calibration; it gives probabilities."""
    model = path.with_name("model.pt")
    model.write_bytes(b"weights")
    corrected = read_calibration(path, model).correct(np.array([0.0, 1e-6, 0.5, 1.0], np.float32))
    if not (np.isfinite(corrected).all() and (corrected >= 0).all() and (corrected <= 1).all()):
        raise Finding(f"no probabilities: {corrected}")


def journal(path: Path) -> None:
    """Continue a journal; every row that counts is as it was written."""
    path = path.rename(path.with_name(FILE))
    going_on = Journal(path, {"network": "a"})
    try:
        valid = {json.dumps(row(number), sort_keys=True) for number in range(4)}
        for each, _ in going_on.rows():
            if json.dumps(each, sort_keys=True) not in valid:
                raise Finding(f"a row that was never written: {each}")
    finally:
        going_on.close()


def command_record(path: Path) -> None:
    """Resume a run by its record; what it would restart with is what was typed."""
    words = ["monai.bundle", "run", "--config_file", "configs/train.json", "--resume", "true"]
    with patch("os.execv", lambda program, words: None):
        restore_command(path.parent, True, words)


def run_config(path: Path) -> None:
    """Load the network of a run with a damaged config; it predicts probabilities, or nothing."""
    (path.parent / "model.pt").write_bytes(small_weights())
    try:
        segmenter = load_run(path.parent, "cpu").segmenter
    except SystemExit as error:  # a word in place of another can be a program's end, since configs are programs
        raise InputError("ended") from error
    if not isinstance(segmenter.network, torch.nn.Module):
        raise Finding("no network")


def reviewed(path: Path) -> None:
    """List what a config would run."""
    review([path])


def gate(path: Path) -> None:
    """Read the result of a gate; it tells a runtime and numbers."""
    exported = path.with_name("exported.onnx")
    exported.write_bytes(b"a model")
    with patch("scripts.runtimes.gate_file.describe_cpu", lambda: "a processor"):
        for passed in read_gate(exported, None) or ():
            if not (np.isfinite([passed.milliseconds, passed.reference]).all() and passed.choice.runtime in PRECISIONS):
                raise Finding(f"no result: {passed}")


def metrics(path: Path) -> None:
    """Tabulate the figures of an evaluation."""
    (path.parent / "metrics.csv").write_bytes((EVALUATION / "metrics.csv").read_bytes())
    metrics_table({"a": str(path.parent)}, ["lesion_iou"])


def key(path: Path) -> None:
    """Pseudonyms by a key file."""
    if len(Pseudonyms(path, path.parent / "out")("a")) != 32:
        raise Finding("no pseudonym")


def package(path: Path) -> None:
    """The files of ONNX Runtime Web, whose checksums here are those of the valid package."""
    with patch(
        "scripts.page.runtime.CHECKSUMS", {name: hashlib.sha256(name.encode()).hexdigest() for name in CHECKSUMS}
    ):
        runtime_files(path)


def image_list(path: Path) -> None:
    """Collect the files of a list."""
    picture()(path.with_name("a.png"))
    find_inputs([str(path)], path.parent / "out")


def onnx(path: Path) -> None:
    """Predict one image with an exported network."""
    probability = lesion_probability(GREY.astype(np.float32), [Region(0, 0, *GREY.shape)], OnnxSegmenter(path))
    if probability.shape != GREY.shape or not (0 <= probability.min() <= probability.max() <= 1):
        raise Finding(f"no probabilities: {probability.shape}")


def small_network() -> torch.nn.Module:
    return StuNet(features=(2, 2, 2))


@functools.cache
def small_weights() -> bytes:
    return weights_of(small_network().state_dict())


def row(number: int) -> dict:
    return {"file": f"{number}.png", "frame": None, "mask": f"{number}_mask.png", "area": number}


def made(make: Callable[[Path], object], name: str = "file") -> bytes:
    """The content of the file that `make` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        make(path)
        return path.read_bytes()


def weights_of(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def journal_of(path: Path) -> None:
    written = Journal(path, {"network": "a"})
    for number in range(4):
        attempt = written.begin()
        written.add_row(attempt, row(number), {"contours": []})
        written.end(attempt, f"{number}.png", "c" * 64, f"{number}")
    written.close()


def datalist_of(path: Path) -> None:
    folder = make_phantoms(path.parent / "phantoms", benign=4, malignant=4, normal=2, size=(64, 80))
    write_datalist(build_datalist(folder, num_folds=2), path)


def plan_of(path: Path) -> None:
    path.write_text(yaml.safe_dump(PLAN, sort_keys=False))


def calibration_of(path: Path) -> None:
    model = path.with_name("model.pt")
    model.write_bytes(b"weights")
    Calibration(1.5, weights=hash_file(model)).write(path)


def onnx_of(path: Path) -> None:
    """A network of one convolution, with the settings of this bundle."""
    from onnx import TensorProto, helper, numpy_helper, save

    from scripts.prediction.onnx_segmenter import METADATA

    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 32, 32])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2, 32, 32])
    kernel = numpy_helper.from_array(np.ones((2, 1, 3, 3), np.float32), "kernel")
    node = helper.make_node("Conv", ["image", "kernel"], ["logits"], pads=[1, 1, 1, 1])
    model = helper.make_model(
        helper.make_graph([node], "network", [image], [logits], [kernel]),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=10,
    )
    steps = [
        {"name": "Resize", "spatial_size": [32, 32], "anti_aliasing": True},
        {"name": "ScaleIntensity", "minv": 0.0, "maxv": 1.0},
        {"name": "CastToType", "dtype": "float32"},
    ]
    content = {"settings": {"network": "a"}, "calibration": asdict(Calibration()), "preprocessing": steps}
    helper.set_model_props(model, {METADATA: json.dumps(content)})
    save(model, path)


def nrrd_of(encoding: str) -> Callable[[Path], None]:
    header = {"space": "left-posterior-superior", "space directions": np.diag([0.2, 0.2, 1.0]), "encoding": encoding}
    return lambda path: nrrd.write(str(path), FRAMES.T, {**header, "kinds": ["domain"] * 3})


def gate_of(path: Path) -> None:
    rows = [
        {"runtime": name, "precision": "float32", "passed": True, "milliseconds": 9.5, "reference_milliseconds": 20.0}
        for name in PRECISIONS
    ]
    exported = path.with_name("exported.onnx")
    exported.write_bytes(b"a model")
    with patch("scripts.runtimes.gate_file.describe_cpu", lambda: "a processor"):
        write_gate(exported, path.with_name("model.pt"), rows, {}).replace(path)


def command_of(path: Path) -> None:
    path.write_text(json.dumps({"config_file": ["configs/train.json"], "options": {"image_size": "64", "epochs": "2"}}))


def run_config_of(path: Path) -> None:
    """The config of a training of `small_network`."""
    content = json.loads((ROOT / "configs" / "train.json").read_text())
    network = {"_target_": "scripts.networks.StuNet", "features": [2, 2, 2]}
    path.write_text(json.dumps({**content, "dataset_dir": "images", "image_size": 32, "network_def": network}))


def key_of(path: Path) -> None:
    Pseudonyms(path, path.parent / "out").note({"0" * 32: Path("a.png")})


def package_of(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name in CHECKSUMS:
            member = tarfile.TarInfo(f"package/dist/{name}")
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))


def figures(sealed: bool) -> bytes:
    """The figures of an evaluation; only published ones have a checksum."""
    content = json.loads((EVALUATION / "metrics.json").read_text())
    return json.dumps({name: value for name, value in content.items() if sealed or name != SEAL}).encode()


EVALUATION = ROOT / "docs/results/busi_fold0/student_distilled"
TABLE = b"Image,Class,Patient,Spacing\n0.png,benign,a,0.1\n1.png,malignant,b,0.1\n2.png,normal,c,\n"


@functools.cache
def readers() -> list[Reader]:
    """All readers with their valid files."""
    coded = ("RLE", "JPEG", "JPEG-LS", "JPEG 2000 lossless", "JPEG lossless", "deflated")
    videos = [made(lambda path: write_video(path, [frame(n) for n in range(3)]), kind) for kind in KINDS]
    state = small_network().state_dict()
    package_bytes = made(package_of, "a.tgz")
    return [
        Reader("PNG", "a.png", predict, [made(picture()), made(picture(pixels=np.stack([GREY] * 3, axis=-1)))]),
        Reader("JPEG", "a.jpg", predict, [made(picture("JPEG"))]),
        Reader("TIFF", "a.tif", predict, [made(picture("TIFF")), made(picture("TIFF", compression="tiff_lzw"))]),
        Reader("BMP", "a.bmp", predict, [made(picture("BMP"))]),
        Reader("WebP", "a.webp", predict, [made(picture("WEBP"))]),
        Reader("NIfTI", "a.nii", predict, [made(nifti()), made(nifti(FRAMES.T))]),
        Reader("NIfTI, gzip", "a.nii.gz", predict, [made(nifti(), "a.nii.gz"), made(nifti(FRAMES.T), "a.nii.gz")]),
        Reader("DICOM", "a.dcm", predict, [made(dicom()), made(dicom(FRAMES))]),
        Reader("DICOM, coded", "a.dcm", predict, [made(dicom(coded=name)) for name in coded]),
        Reader("video", "a.mp4", predict, videos),
        Reader("CSV", "labels.csv", dataset, [TABLE, TABLE.replace(b",", b";"), b"\xef\xbb\xbf" + TABLE]),
        Reader("list of files", "list.txt", image_list, [b"a.png\n", b"a.png\n\nb.png\n"]),
        Reader("datalist", "datalist.json", datalist, [made(datalist_of)]),
        Reader("checkpoint", "model.pt", weights, [weights_of(state), weights_of({"model": state})]),
        Reader("calibration", "calibration.json", calibration, [made(calibration_of)]),
        Reader("journal", "journal", journal, [made(journal_of)]),
        Reader("experiment", "plan.yaml", read_plan_file, [made(plan_of)]),
        Reader("ONNX", "a.onnx", onnx, [made(onnx_of)]),
        Reader("NRRD", "a.nrrd", predict, [made(nrrd_of(name), "a.nrrd") for name in ("raw", "gzip", "ascii")]),
        Reader("config", "a.json", reviewed, [(ROOT / "configs/train.json").read_bytes()]),
        Reader("config, YAML", "a.yaml", reviewed, [(ROOT / "configs/distill.yaml").read_bytes()]),
        Reader("config of a run", "config.json", run_config, [made(run_config_of)]),
        Reader("command of a run", "command.json", command_record, [made(command_of)]),
        Reader("figures of a run", "metrics.json", metrics, [figures(True), figures(False)]),
        Reader("gate", "exported.gate.json", gate, [made(gate_of)]),
        Reader("key of pseudonyms", "key.json", key, [made(key_of)]),
        Reader("archive", "a.tgz", package, [package_bytes, gzip.decompress(package_bytes)]),
    ]
