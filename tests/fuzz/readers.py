# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Whatever reads files of others: valid files to start from, and what is done with one.

Each reader gets the path of a file in an empty folder. It returns if the file gives a result, raises `InputError` if it
is refused, and raises `Finding` if neither is so.
"""

from __future__ import annotations

import functools
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import yaml
from PIL import Image

from scripts.data import make_phantoms, read_datalist
from scripts.data.datalist import build_datalist, write_datalist
from scripts.data.sources import read_dataset
from scripts.errors import InputError
from scripts.experiments.plan_file import read_plan_file
from scripts.files.hashing import hash_file
from scripts.images.image_file import Region
from scripts.networks import StuNet
from scripts.networks.weights import load_weights
from scripts.postprocessing.calibration import Calibration, read_calibration
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import FILE, Journal
from scripts.prediction.onnx_segmenter import OnnxSegmenter
from scripts.prediction.regions import lesion_probability
from tests.experiments.results import PLAN
from tests.images.test_video_file import KINDS, frame, write_video
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


TABLE = b"Image,Class,Patient,Spacing\n0.png,benign,a,0.1\n1.png,malignant,b,0.1\n2.png,normal,c,\n"


@functools.cache
def readers() -> list[Reader]:
    """All readers with their valid files."""
    coded = ("RLE", "JPEG", "JPEG-LS", "JPEG 2000 lossless", "JPEG lossless", "deflated")
    videos = [made(lambda path: write_video(path, [frame(n) for n in range(3)]), kind) for kind in KINDS]
    state = small_network().state_dict()
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
    ]
