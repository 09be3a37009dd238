# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The results of `run_benchmark` as Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..files.markdown import markdown_table

NONE = "–"
SHORT = {"MobileNetV2 U-Net of segmentation_models_pytorch": "MobileNetV2 U-Net of smp"}


def benchmark_markdown(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return tables of networks, processes and installations, and the conditions; values of several runs by slashes.

    Args:
        runs: from `read_benchmark`, with the same networks, sizes, runtimes and precisions.
    """
    first = runs[0]
    networks = [
        [
            *(SHORT.get(row["network"], row["network"]), f"{row['image_size']}", row["runtime"], row["precision"]),
            _each(runs, "networks", i, "milliseconds", "{:.1f}"),
            _each(runs, "networks", i, "times_as_fast", "{:.2f}"),
            _each(runs, "networks", i, "share_of_limit", "{:.0%}"),
        ]
        for i, row in enumerate(first["networks"])
    ]
    processes = [
        [
            *(row["runtime"], row["precision"]),
            _each(runs, "processes", i, "first_mask_seconds", "{:.2f}"),
            _each(runs, "processes", i, "seconds_per_image", "{:.1f}", 1000),
            _each(runs, "processes", i, "peak_memory_mb", "{:.0f}"),
        ]
        for i, row in enumerate(first["processes"])
    ]
    installed = [[name, NONE if size is None else f"{size:.0f}"] for name, size in first["installed_mb"].items()]
    headings = ["network", "size", "runtime", "precision", "ms", "times as fast", "share of the limit"]
    tables = (
        markdown_table(headings, networks, 4),
        markdown_table(["runtime", "precision", "first mask, s", "each further image, ms", "memory, MB"], processes, 2),
        markdown_table(["installed", "MB"], installed),
        _conditions(runs),
    )
    return "\n\n".join(tables)


def _each(runs: Sequence[Mapping[str, Any]], part: str, place: int, name: str, form: str, factor: float = 1) -> str:
    values = [run[part][place][name] for run in runs]
    return " / ".join(NONE if value is None else form.format(factor * value) for value in values)


def _conditions(runs: Sequence[Mapping[str, Any]]) -> str:
    provenance = runs[0]["provenance"]
    names = ("float32", "bfloat16", "memory")
    limits = {
        name: " / ".join(f"{run['limits'][name]:.0f}" for run in runs) for name in names if name in runs[0]["limits"]
    }
    versions = ", ".join(
        f"{name} {provenance[name]}" for name in ("torch", "onnxruntime", "openvino") if name in provenance
    )
    rates = ", ".join(f"{limits[name]} GFLOP/s in {name}" for name in names[:2] if name in limits)
    return (
        f"Processor time on {provenance['device']}; {versions}; medians of {provenance['rounds']} rounds. "
        f"Convolutions reach {rates}; memory {limits['memory']} GB/s."
    )
