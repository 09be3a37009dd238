# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Plot the accuracy of networks over their time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ..errors import InputError
from ..evaluation.metrics_file import read_metrics
from ..files.atomic import atomic_write
from ..images.colours import BLUE, GREY, ORANGE
from ..networks.registry import NETWORKS
from ..runtimes.choice import BFLOAT16, FLOAT32, ONNXRUNTIME, OPENVINO, TORCH, Choice
from .tables import SHORT

SHOWN = {  # marker and colour
    Choice(TORCH, FLOAT32): ("o", GREY),
    Choice(ONNXRUNTIME, FLOAT32): ("^", ORANGE),
    Choice(OPENVINO, FLOAT32): ("s", BLUE),
    Choice(OPENVINO, BFLOAT16): ("D", BLUE),
}


def draw_accuracy(result: Mapping[str, Any], evaluations: Sequence[str | Path], path: Path) -> None:
    """Plot the lesion Dice of evaluated networks over the time that they take at their image size.

    Args:
        result: from `run_benchmark`.
        evaluations: folders with ``metrics.json``.
        path: PNG file to write.

    Raises:
        InputError: an evaluation cannot be read, has no lesion, or is of other images than the first; or its network
            was not timed at its image size, or may be one of several.
    """
    figure = Figure(figsize=(7, 4), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    tested_on: dict[str, str | Path] = {}
    for folder in evaluations:
        metrics = read_metrics(folder)
        provenance = metrics["provenance"]
        network, size = _registered(provenance, folder), provenance.get("image_size")
        rows = {
            Choice(row["runtime"], row["precision"]): row["milliseconds"]
            for row in result["networks"]
            if row["network"] == network and row["image_size"] == size
        }
        if not rows:
            raise InputError(f"--accuracy {folder}: {network} at {size} pixels was not timed")
        if metrics["lesion_dice"] is None:
            raise InputError(f"--accuracy {folder}: none of its images has a lesion; give another evaluation")
        tested_on.setdefault(_tested_on(provenance), folder)
        if len(tested_on) > 1:
            (data, first), (other, _) = tested_on.items()
            raise InputError(f"--accuracy {folder}: was evaluated on {other}, {first} on {data}; give equal ones")
        dice = metrics["lesion_dice"]["mean"]
        points = {choice: rows[choice] for choice in SHOWN if choice in rows}
        axes.plot(list(points.values()), [dice] * len(points), color=GREY, linewidth=0.8, zorder=1)
        for choice, milliseconds in points.items():
            marker, colour = SHOWN[choice]
            filled = colour if choice.precision == FLOAT32 else "white"
            axes.plot(milliseconds, dice, marker, color=colour, markerfacecolor=filled, label=str(choice), zorder=2)
        axes.annotate(
            f"{SHORT.get(network, network)}, {size}×{size}",
            (max(points.values()), dice),
            (6, 6),
            textcoords="offset points",
            ha="right",
        )
    handles = {label: handle for handle, label in zip(*axes.get_legend_handles_labels())}
    axes.legend(handles.values(), handles.keys(), loc="lower left", fontsize="small")
    axes.set(xlabel="processor time of the network for one image, ms", ylabel=f"lesion Dice, {next(iter(tested_on))}")
    axes.set_xlim(left=0)
    axes.margins(x=0.1, y=0.3)
    axes.grid(alpha=0.3)
    with atomic_write(path) as partial:
        figure.savefig(partial, format="png")


def _registered(provenance: Mapping[str, Any], folder: str | Path) -> str:
    """Return the registry's name of an evaluated network, or what the evaluation calls it if it is not there.

    The class alone tells too little: U-Net is a StuNet with more features. Trainings may lack the number of parameters,
    but name their network.
    """
    network, parameters = provenance.get("network") or provenance.get("evaluated"), provenance.get("parameters")
    found = []
    for name, entry in NETWORKS.items():
        try:
            identities = entry.identities()
        except InputError:  # it is not installed, so it was not timed either
            continue
        if any(kind == network and parameters in (None, count) for kind, count in identities):
            found.append(name)
    if provenance.get("trained") in found:
        return str(provenance["trained"])
    if len(found) > 1:
        raise InputError(
            f"--accuracy {folder}: {network} may be {' or '.join(found)}; give an evaluation by the command evaluate, "
            "which counts the parameters"
        )
    return found[0] if found else f"{network}{f' with {parameters:,} parameters' if parameters else ''}"


def _tested_on(provenance: Mapping[str, Any]) -> str:
    """Return the data of a test at the end of a training, or of an evaluation."""
    if left_out := provenance.get("left_out"):
        return f"{left_out}, left out"
    folds = provenance.get("test_folds", provenance.get("folds"))
    chosen = "all images" if folds == "all" else f"held-out fold {', '.join(map(str, folds or ['unknown']))}"
    return f"{provenance.get('data')}, {chosen}"
