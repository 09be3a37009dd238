# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the benchmark counts and writes; nothing here depends on how fast the machine is."""

from __future__ import annotations

import json

import pytest
from matplotlib.axes import Axes
from torch import nn

from scripts.__main__ import main
from scripts.benchmark import installed, measure
from scripts.benchmark.figure import draw_accuracy
from scripts.benchmark.installed import installed_megabytes
from scripts.benchmark.measure import read_benchmark, run_benchmark
from scripts.benchmark.processes import run_measured
from scripts.benchmark.roofline import Layer, count_layers, machine_limits, shortest_seconds
from scripts.benchmark.tables import benchmark_markdown
from scripts.benchmark.timing import WARM_UPS, interleaved_seconds
from scripts.errors import InputError
from scripts.evaluation.metrics_file import NAMES
from scripts.runtimes.choice import Choice

STUNET = 2_161_858  # parameters


def test_layers_are_counted():
    network = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv2d(4, 2, 1))
    convolution, enlarged, head = count_layers(network, 8)
    assert convolution == Layer(2 * 9 * 4 * 64, 64 + 4 * 64 + 36)
    assert enlarged == Layer(0, 4 * 64 + 4 * 256)
    assert head == Layer(2 * 4 * 2 * 256, 4 * 256 + 2 * 256 + 8)


def test_the_limit_of_a_layer_is_the_slower_of_operations_and_memory():
    limits = {"float32": 100.0, "bfloat16": 400.0, "memory": 40.0}
    layers = [Layer(1000, 1)] * 20 + [Layer(0, 100)]
    assert shortest_seconds(layers, limits, Choice("torch", "float32")) == pytest.approx(20 * 10 + 10)
    assert shortest_seconds(layers, limits, Choice("torch", "bfloat16")) == pytest.approx(20 * 2.5 + 5)
    # OpenVINO keeps the first of twenty convolutions in float32.
    assert shortest_seconds(layers, limits, Choice("openvino", "bfloat16")) == pytest.approx(10 + 19 * 2.5 + 5)
    assert shortest_seconds(layers, limits, Choice("openvino", "int8")) is None
    assert machine_limits({"memory": 2.0})["memory"] == pytest.approx(64_000_000)


def test_functions_take_turns():
    calls = []
    clock = iter(range(1000))
    seconds = interleaved_seconds({name: lambda name=name: calls.append(name) for name in "ab"}, 2, lambda: next(clock))
    assert "".join(calls) == "ab" * (WARM_UPS + 2)
    assert {name: len(each) for name, each in seconds.items()} == {"a": 2, "b": 2}


def test_installed_size(tmp_path, monkeypatch):
    """Of a package with all that it needs, each counted once; packages that nobody asked for are not."""
    monkeypatch.setattr(installed, "ROOT", tmp_path)
    (tmp_path / "small.txt").write_text("# a comment\n-r other.txt\nnumpy==1\n")
    (tmp_path / "large.txt").write_text("nibabel==1\nnumpy==1\n")
    (tmp_path / "absent.txt").write_text("numpy==1\nno-such-package==1\n")
    small, large = installed_megabytes("small.txt"), installed_megabytes("large.txt")
    assert 10 < small < large < small + 100
    assert installed_megabytes("small.txt", "large.txt") == large
    assert installed_megabytes("absent.txt") is None


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os.kill(os.getpid(), 9)", "predict: killed by SIGKILL"),
        ("raise SystemExit('error: no room')", "predict: exit status 1: error: no room"),
        ("raise SystemExit(3)", "predict: exit status 3"),
    ],
)
def test_how_a_measured_process_failed(tmp_path, code, message):
    """One that the system kills for memory says nothing."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "__main__.py").write_text(code)
    with pytest.raises(InputError) as caught:
        run_measured(["predict"], tmp_path)
    assert str(caught.value) == message


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A benchmark of one small network, and of predictions with one runtime."""
    pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")
    folder = tmp_path_factory.mktemp("benchmark")
    with pytest.MonkeyPatch.context() as patch:
        whole = measure.time_processes
        only = [Choice("onnxruntime", "float32")]
        patch.setattr(measure, "time_processes", lambda e, w, choices, *rest: whole(e, w, only, *rest))
        result = run_benchmark(folder, rounds=1, images=2, networks=["StuNet"], sizes=[32])
    return folder, result


def test_every_runtime_is_measured_and_the_result_is_sealed(written):
    folder, result = written
    rows = {(row["runtime"], row["precision"]): row for row in result["networks"]}
    assert {("torch", "float32"), ("onnxruntime", "float32"), ("onnxruntime", "int8")} <= rows.keys()
    assert rows["torch", "float32"]["times_as_fast"] == 1
    (process,) = result["processes"]
    assert process["first_mask_seconds"] > 0 and process["peak_memory_mb"] > 20
    assert read_benchmark(folder) == json.loads(json.dumps(result))
    assert "| StuNet | 32 | onnxruntime | int8 |" in benchmark_markdown([result])
    path = folder / "benchmark.json"
    text = path.read_text()
    path.write_text(text.replace('"rounds": 1', '"rounds": 9'))
    with pytest.raises(InputError, match="was changed after it was written"):
        read_benchmark(folder)
    path.write_text(text)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rounds", "0"], "--rounds 0 --images 16"),
        (["--networks", "Nothing"], "--networks Nothing: must be of StuNet"),
        (["--output_dir", "{written}"], "holds results already; give --overwrite"),
    ],
)
def test_mistakes(written, tmp_path, capsys, words, message):
    folder = [] if "--output_dir" in words else ["--output_dir", str(tmp_path)]
    assert main(["benchmark", *folder, *(word.format(written=written[0]) for word in words)]) == 2
    assert message in capsys.readouterr().err


@pytest.fixture
def evaluated(tmp_path):
    def evaluated(name, dice=0.7, **provenance):
        spread = {"mean": dice, "std": 0.1, "ci95": [0.6, 0.8]}
        figures = {each: spread if dice is not None else None for each in NAMES}
        network = {"network": "StuNet", "trained": "StuNet", "image_size": 32}
        whole = {**network, "data": "BUSI", "test_folds": [0], **provenance}
        (tmp_path / name).mkdir()
        content = {"images": 3, "lesion_images": 2, **figures, "provenance": whole}
        (tmp_path / name / "metrics.json").write_text(json.dumps(content))
        return tmp_path / name

    return evaluated


def test_accuracy_over_time_of_trainings_and_evaluations(written, evaluated, tmp_path):
    trained = evaluated("trained")
    tested = evaluated("tested", dice=0.8)
    settings = json.loads((tested / "metrics.json").read_text())
    network = {"evaluated": "StuNet", "parameters": STUNET, "image_size": 32}  # as evaluate.json names it
    settings["provenance"] = {**network, "data": "BUSI", "folds": [0]}
    (tested / "metrics.json").write_text(json.dumps(settings))
    for folders, name in (([trained], "one.png"), ([trained, tested], "two.png")):
        draw_accuracy(written[1], folders, tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "two.png").read_bytes()


@pytest.mark.parametrize(
    ("provenance", "milliseconds"),
    [
        ({"network": "StuNet", "parameters": STUNET}, 35),
        ({"network": "StuNet", "trained": "U-Net"}, 700),
        ({"network": "StuNet", "parameters": 34_525_954}, 700),
        ({"network": "BasicUNet", "trained": "MONAI's BasicUNet"}, 120),
        ({"network": "EfficientUNet", "parameters": 1_951_155}, 15),  # with a presence head
    ],
)
def test_each_network_is_drawn_at_its_own_time(evaluated, tmp_path, monkeypatch, provenance, milliseconds):
    times = {"StuNet": 35, "U-Net": 700, "BasicUNet of MONAI": 120, "EfficientUNet": 15}
    common = {"image_size": 32, "runtime": "torch", "precision": "float32"}
    rows = [{"network": name, "milliseconds": time, **common} for name, time in times.items()]
    drawn = []
    monkeypatch.setattr(Axes, "annotate", lambda axes, text, place, *rest, **options: drawn.append((text, place)))
    folder = evaluated("one", **{"trained": None, **provenance})
    draw_accuracy({"networks": rows}, [folder], tmp_path / "one.png")
    assert [place for _, place in drawn] == [(milliseconds, 0.7)]


@pytest.mark.parametrize(
    ("provenance", "message"),
    [
        ({"image_size": 64}, "other: StuNet at 64 pixels was not timed"),
        ({"trained": "U-Net"}, "other: U-Net at 32 pixels was not timed"),
        ({"parameters": 34_525_954}, "other: U-Net at 32 pixels was not timed"),
        ({"parameters": 7}, "other: StuNet with 7 parameters at 32 pixels was not timed"),
        ({"trained": "student, distilled"}, "other: StuNet may be StuNet or U-Net; give an evaluation by"),
        ({"dice": None}, "other: none of its images has a lesion"),
        ({"test_folds": [1]}, "other: was evaluated on BUSI, held-out fold 1, .*first on BUSI, held-out fold 0"),
        ({"data": "BUSI + BrEaST", "left_out": "BrEaST"}, "other: was evaluated on BrEaST, left out"),
    ],
)
def test_evaluations_that_cannot_be_drawn_together(written, evaluated, tmp_path, provenance, message):
    folders = [evaluated("first"), evaluated("other", **provenance)]
    with pytest.raises(InputError, match=message):
        draw_accuracy(written[1], folders, tmp_path / "figure.png")
