# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Test which runtimes and precisions give the same masks as PyTorch in float32, and how fast they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ..data.lesion_mask import read_ground_truth
from ..errors import InputError
from ..files.markdown import markdown_table
from ..images.single_image import read_single
from ..metrics.dice import dice
from ..prediction.chosen_network import EXPORTED, ChosenNetwork
from ..prediction.image_prediction import predict_image
from ..prediction.loaded_network import Network
from ..prediction.onnx_segmenter import OnnxSegmenter
from ..progress import track
from ..runs.unseen_images import split_images, unseen_dataset
from ..runtimes.choice import ALL, BFLOAT16, FROM_WEIGHTS, REFERENCE, TORCHSCRIPT, Choice, is_installed
from ..runtimes.exported_files import model_path
from ..runtimes.gate_file import write_gate
from .bounds import BOUNDS
from .timing import interleaved_seconds

ROUNDS = 30  # of the timing


@dataclass
class Agreement:
    """How the masks of one choice agree with those of the reference on one data set.

    Attributes:
        loss: mean lesion Dice of the reference minus that of the choice, over images with a lesion.
        agreement: Dice of both masks, 1 where both are empty, one for each image.
        answers_changed: number of images in which only one of them finds a lesion.
    """

    loss: float = 0.0
    agreement: list[float] = field(default_factory=list)
    answers_changed: int = 0

    def broken(self, precision: str) -> list[str]:
        """Return the names of the bounds of a precision that it does not keep, none if the choice passes."""
        changed = self.answers_changed / len(self.agreement)
        return BOUNDS[precision].broken(self.loss, float(np.mean(self.agreement)), changed)


def run_gate(
    chosen: ChosenNetwork, dataset_dir: str | Path, other_dir: str | Path | None = None
) -> tuple[list[dict[str, Any]], Path]:
    """Compare all installed runtimes and precisions with PyTorch in float32, and record those that pass.

    A choice passes if it keeps the `BOUNDS` of its precision on each data set. The timing is that of the network alone
    on one image, in rounds of all choices.

    Args:
        chosen: the network, with weights in PyTorch. Its exported models are read from the folder of the weights.
        dataset_dir: the data set that it was trained on, of which only unseen images are used, or if there are none the
            validation images; of several joined data sets, each is compared for itself.
        other_dir: another data set with masks, of which all images are used; needed if `dataset_dir` is a single one.

    Returns:
        A row for each choice, see `write_gate`; and the file beside the exported model.

    Raises:
        InputError: the network is not exported, there is one data set alone, or the images cannot be read; see
            `split_images`.
    """
    chosen = replace(chosen, device="cpu")
    reference = chosen.load_trained()
    exported = reference.weights.with_name(EXPORTED)
    if not exported.is_file():
        raise InputError(f"{exported}: no such file; write it with the command export")
    sets = gate_images(reference.weights, dataset_dir, other_dir)
    networks = _networks(chosen, reference, exported)
    compared = {name: _compare(items, networks, name) for name, items in sets.items()}
    size = reference.settings["image_size"]
    images = np.random.default_rng(0).random((1, 1, size, size), dtype=np.float32)
    calls = {choice: partial(network.segmenter.logits, images) for choice, network in networks.items()}
    # The shortest, which other programs of the machine disturb least.
    milliseconds = {choice: 1000 * min(seconds) for choice, seconds in interleaved_seconds(calls, ROUNDS).items()}
    rows = [
        {
            **choice._asdict(),
            "passed": not any(by_choice[choice].broken(choice.precision) for by_choice in compared.values()),
            "milliseconds": round(milliseconds[choice], 2),
            "reference_milliseconds": round(milliseconds[REFERENCE], 2),
            "bounds": asdict(BOUNDS[choice.precision]),
            "data": {
                name: {
                    "images": len(by_choice[choice].agreement),
                    "lesion_dice_loss": round(by_choice[choice].loss, 5),
                    "agreement": round(float(np.mean(by_choice[choice].agreement)), 5),
                    "least_agreement": round(min(by_choice[choice].agreement), 4),
                    "answers_changed": by_choice[choice].answers_changed,
                    "broken": by_choice[choice].broken(choice.precision),
                }
                for name, by_choice in compared.items()
            },
        }
        for choice in networks
    ]
    return rows, write_gate(exported, reference.weights, rows, reference.segmenter.provenance(reference.settings))


def gate_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows of `run_gate` as Markdown tables: figures with their bounds in brackets, and times."""
    headings = [
        "runtime",
        "precision",
        "data",
        "passed",
        "lesion Dice lower by",
        "agreement",
        "least",
        "answers changed",
    ]
    lines = []
    for row in rows:
        bounds = row["bounds"]
        for name, data in row["data"].items():
            lines.append(
                [
                    *(
                        row["runtime"],
                        row["precision"],
                        name,
                        f"no: {', '.join(data['broken'])}" if data["broken"] else "yes",
                    ),
                    f"{data['lesion_dice_loss']:.4f} (≤ {bounds['largest_loss']})",
                    f"{data['agreement']:.4f} (≥ {bounds['least_agreement']})",
                    f"{data['least_agreement']:.2f}",
                    f"{data['answers_changed']} of {data['images']} (≤ {bounds['largest_changed']:.0%})",
                ]
            )
    times = [
        [
            *(row["runtime"], row["precision"], f"{row['milliseconds']:.1f}"),
            f"{row['reference_milliseconds'] / row['milliseconds']:.2f}",
        ]
        for row in rows
    ]
    speeds = markdown_table(["runtime", "precision", "network, ms", "times as fast as torch float32"], times, 2)
    return markdown_table(headings, lines, 4) + "\n\n" + speeds


def gate_images(
    weights: Path, dataset_dir: str | Path, other_dir: str | Path | None
) -> dict[str, list[dict[str, Any]]]:
    """Return the images to compare on by data set; see `run_gate`."""
    validated, unseen, datalist = split_images(weights, dataset_dir)
    sets: dict[str, list[dict[str, Any]]] = {}
    for item in unseen or validated:
        sets.setdefault(f"{item.get('dataset', datalist['name'])}, held out", []).append(item)
    if other_dir is not None:
        items, other = unseen_dataset(weights, other_dir, "compared")
        sets[other["name"]] = items
    if len(sets) == 1:
        raise InputError(f"--other_dir: missing; {weights} was trained on one data set, so give another one")
    return sets


def _networks(chosen: ChosenNetwork, reference: Network, exported: Path) -> dict[Choice, Network]:
    """Load all choices that this machine has, the reference first."""
    networks = {REFERENCE: reference}
    for choice in ALL:
        path = model_path(exported, choice.precision)
        if choice != REFERENCE and is_installed(choice.runtime) and path.is_file():
            try:
                if choice.runtime in FROM_WEIGHTS:
                    networks[choice] = replace(chosen, runtime=choice.runtime, precision=choice.precision).load()
                else:
                    segmenter = OnnxSegmenter(path, choice)
                    segmenter.check_same_network(reference.settings, reference.weights)
                    _check_same_calibration(segmenter, reference)
                    networks[choice] = replace(reference, segmenter=segmenter)
            except InputError as error:
                if choice.precision != BFLOAT16 and choice.runtime != TORCHSCRIPT:
                    raise
                tqdm.write(str(error))  # the processor lacks the precision, or TorchScript cannot compile the network
    return networks


def _check_same_calibration(segmenter: OnnxSegmenter, reference: Network) -> None:
    """Check what the model uses without its weights, so that the result also holds there."""
    if segmenter.calibration.settings != reference.calibration().settings:
        raise InputError(f"{segmenter.path}: has another calibration than {reference.weights}; export it again")


def _compare(
    items: Sequence[Mapping[str, Any]], networks: Mapping[Choice, Network], name: str
) -> dict[Choice, Agreement]:
    calibration = networks[REFERENCE].calibration()
    results = {choice: Agreement() for choice in networks}
    scores: dict[Choice, list[float]] = {choice: [] for choice in networks}
    for item in track(items, name, "image"):
        file, grey = read_single(Path(item["image"]))
        truth = read_ground_truth(item["label"], Path(item["image"]), grey.shape)
        masks = {
            choice: predict_image(grey, file.regions, network.segmenter, calibration).mask
            for choice, network in networks.items()
        }
        for choice, mask in masks.items():
            results[choice].agreement.append(dice(mask, masks[REFERENCE], empty=1.0))
            results[choice].answers_changed += bool(mask.any() != masks[REFERENCE].any())
            if truth.any():
                scores[choice].append(dice(mask, truth, empty=0.0))
    if not scores[REFERENCE]:
        raise InputError(f"{name}: none of the images has a lesion; give another data set")
    for choice, result in results.items():
        result.loss = float(np.mean(scores[REFERENCE]) - np.mean(scores[choice]))
    return results
