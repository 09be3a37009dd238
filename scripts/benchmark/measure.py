# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Measure networks in all runtimes and precisions, and write the results."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from tqdm import tqdm

from ..data import make_phantoms
from ..errors import InputError
from ..files.json_file import read_json, write_json
from ..files.seal import SEAL, seal
from ..inferers.autocast import has_bfloat16
from ..networks.registry import NETWORKS
from ..prediction.chosen_network import EXPORTED, ChosenNetwork
from ..prediction.export import export_onnx
from ..prediction.quantise import quantise
from ..progress import track
from ..runs.provenance import Provenance
from ..runtimes.choice import PACKAGES, PRECISIONS, REFERENCE, Choice, is_installed
from ..runtimes.exported_files import int8_path
from ..runtimes.machine import describe_cpu
from .installed import installed_megabytes
from .processes import time_processes
from .roofline import count_layers, limit_functions, machine_limits, shortest_seconds
from .timing import interleaved_seconds
from .variants import network_calls

COMPARED = ("EfficientUNet", "StuNet", "BasicUNet of MONAI", "MobileNetV2 U-Net of segmentation_models_pytorch")
SIZES = (192, 224, 512)
RESULT = "benchmark.json"
INSTALLED = {
    "ONNX Runtime": ("requirements-runtime.txt",),
    "ONNX Runtime and OpenVINO": ("requirements-runtime.txt", "requirements-openvino.txt"),
    "PyTorch and MONAI": ("requirements.txt",),
}


def run_benchmark(
    output_dir: str | Path,
    rounds: int = 10,
    images: int = 16,
    networks: Sequence[str] = COMPARED,
    sizes: Sequence[int] = SIZES,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Measure networks in all runtimes and precisions, side by side in one run, and write the results.

    Times are those of the processor, which other programs of the machine change less than the clock's. Give one thread
    (``OMP_NUM_THREADS=1``).

    Args:
        output_dir: folder for ``benchmark.json``: a row for each network, image size, runtime and precision; the
            machine's limits; the processes of `predict`; the size of installations; provenance and a checksum.
        rounds: how often each network is timed, after some warm-ups; processes a third of it.
        images: number of images for the time from disk to disk.
        networks: names in `scripts.networks.registry`; those that are not installed are left out.
        sizes: heights and widths of the images.
        overwrite: replace results.

    Returns:
        The content of the file.

    Raises:
        InputError: results exist already, a number is too small, a network is unknown, or onnx is not installed.
    """
    path = Path(output_dir) / RESULT
    if path.exists() and not overwrite:
        raise InputError(f"--output_dir {output_dir}: holds results already; give --overwrite to replace them")
    if rounds < 1 or images < 2 or min(sizes) < 32:
        raise InputError(f"--rounds {rounds} --images {images} --sizes {min(sizes)}: must be at least 1, 2 and 32")
    if unknown := [name for name in networks if name not in NETWORKS]:
        raise InputError(f"--networks {unknown[0]}: must be of {', '.join(NETWORKS)}")
    rows: list[dict[str, Any]] = []
    limits: list[dict[str, float]] = []
    for name in networks:
        for size in track(sizes, name, "size"):
            measured, limit = _time_network(name, size, rounds)
            rows += measured
            limits += limit
    if not rows:
        raise InputError(f"--networks {' '.join(networks)}: none of them is installed")
    choices = list(dict.fromkeys(Choice(row["runtime"], row["precision"]) for row in rows))
    packages = {PACKAGES.get(name, name) for name in PRECISIONS if is_installed(name)}
    versions = {name: version(name) for name in sorted(packages)}
    result = {
        "networks": rows,
        "limits": {name: round(median(each[name] for each in limits) / 1e9, 1) for name in limits[0]},
        "processes": _time_predictions(choices, images, -(-rounds // 3)),
        "installed_mb": {name: installed_megabytes(*files) for name, files in INSTALLED.items()},
        "provenance": {
            **Provenance({"rounds": rounds, "images": images}, "cpu")(),
            "precision": "several",
            "device": describe_cpu(),
            **versions,
        },
    }
    write_json(path, {**result, SEAL: seal(result)})
    return result


def read_benchmark(folder: str | Path) -> dict[str, Any]:
    """Return the results of `run_benchmark`.

    Raises:
        InputError: the file is missing, or was changed.
    """
    path = Path(folder) / RESULT
    result = read_json(path)
    if result.pop(SEAL, None) != seal(result):
        raise InputError(f"{path}: was changed after it was written; restore it")
    return dict(result)


def _time_network(name: str, size: int, rounds: int) -> tuple[list[dict[str, Any]], list[dict[str, float]]]:
    """Return the rows of a network, and the limits of the machine in the same rounds; nothing if not installed."""
    try:
        network = NETWORKS[name].build().eval()
    except InputError as error:
        tqdm.write(str(error))
        return [], []
    layers = count_layers(network, size)
    with tempfile.TemporaryDirectory() as folder:
        calls = network_calls(network, size, Path(folder))
        timed: dict[Any, Callable[[], Any]] = {**calls, **limit_functions(has_bfloat16("cpu"))}
        seconds = {each: median(s) for each, s in interleaved_seconds(timed, rounds, time.process_time).items()}
    limits = machine_limits({each: value for each, value in seconds.items() if isinstance(each, str)})
    rows = []
    for choice in calls:
        shortest = shortest_seconds(layers, limits, choice)
        row = {
            "network": name,
            "image_size": size,
            **choice._asdict(),
            "milliseconds": round(1000 * seconds[choice], 2),
            "times_as_fast": round(seconds[REFERENCE] / seconds[choice], 3),
            "share_of_limit": None if shortest is None else round(shortest / seconds[choice], 3),
        }
        rows.append(row)
    return rows, [limits]


def _time_predictions(choices: Sequence[Choice], images: int, rounds: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = ChosenNetwork(device="cpu").load_trained()
        exported = folder / EXPORTED
        export_onnx(network, exported)
        phantoms = make_phantoms(folder / "calibration", benign=2, malignant=2, normal=0)
        quantise(exported, sorted(phantoms.rglob("*).png")), int8_path(exported))
        return time_processes(exported, network.weights, choices, images, rounds, folder)
