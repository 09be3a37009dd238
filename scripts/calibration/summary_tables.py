# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The results of an assessment as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..files.markdown import markdown_table
from ..metrics.surface import NAMES as SURFACE_NAMES

STEPS = {"post_processing": "threshold, minimum size and hole filling", "decision": "the minimum confidence"}
SURFACE_TITLES = dict(zip(SURFACE_NAMES, ("HD95", "normalised surface Dice")))
MEASURE_TITLES = {
    "confidence of the prediction": "confidence (as `predict` reports it)",
    "Dice that the probabilities let expect": "expected Dice, computed from the probabilities",
    "agreement with the mirrored image": "Dice with the prediction of the flipped image",
}


def assessment_markdown(result: Mapping[str, Any]) -> str:
    """Return the main results of an assessment as Markdown tables.

    Args:
        result: the content of ``trust.json``, see `assess`.
    """
    return "\n\n".join(
        table
        for table in (
            _segmentation(result),
            _subgroups(result["parts"]),
            _reliability(result["reliability"]),
            _uncertainty(result["uncertainty"]),
            _decision(result["decision"]),
        )
        if table
    )


def _segmentation(result: Mapping[str, Any]) -> str:
    summary, effect = result["segmentation"], result["effect"]
    rows = [
        ["lesion Dice", _mean(summary["lesion_dice"])],
        ["lesion IoU", _mean(summary["lesion_iou"])],
        ["mean Dice of background and lesion", _mean(summary["mean_dice"])],
    ]
    for unit, surface in summary["surface"].items():
        for name, title in SURFACE_TITLES.items():
            if surface[name] is None:
                continue
            digits = 3 if name == "lesion_nsd" else 1
            label = f"{title} at {surface['tolerance']:g} {unit}" if name == "lesion_nsd" else f"{title} ({unit})"
            median = f", median {surface[name]['median']:.{digits}f}"
            missed = f", {surface['missed']} missed lesions excluded" if name == "lesion_hd95" else ""
            rows.append([label, _mean(surface[name], digits) + median + missed])
    for step, title in STEPS.items():
        low, high = effect[step]["ci95"]
        rows.append([f"change of lesion Dice by {title}", f"{effect[step]['value']:+.3f} [{low:+.3f}, {high:+.3f}]"])
    return markdown_table([f"{summary['lesion_images']} images with a lesion", "mean [95 % interval]"], rows)


def _subgroups(subgroups: Mapping[str, Any]) -> str:
    rows = []
    for name, group in subgroups.items():
        low, high = group["ci95"]
        rows.append(
            [name, str(group["images"]), f"{group['lesion_dice']:.3f} [{low:.3f}, {high:.3f}]", str(group["missed"])]
        )
    return markdown_table(["subgroup", "images", "lesion Dice [95 % interval]", "missed lesions"], rows)


def _reliability(reliability: Mapping[str, Any]) -> str:
    names = {"ece": "expected calibration error", "brier": "Brier score", "log_loss": "log loss"}
    rows = [
        [title, *(_value(reliability[stage][name], 4) for stage in ("before", "after"))]
        for name, title in names.items()
    ]
    return markdown_table(["pixel probabilities", "before calibration", "after calibration"], rows)


def _uncertainty(uncertainty: Mapping[str, Any]) -> str:
    rows = [
        [MEASURE_TITLES.get(name, name), _value(values["rank_correlation"]), _value(values["failure_auc"])]
        for name, values in uncertainty["measures"].items()
    ]
    heading = f"AUC for failures (Dice below 0.5: {uncertainty['failures']} of {uncertainty['images']})"
    return markdown_table(["confidence measure", "rank correlation with Dice", heading], rows)


def _decision(decision: Mapping[str, Any]) -> str:
    if not decision:
        return ""
    rows = [
        ["AUC", _value(decision["auc"])],
        [f"sensitivity, {decision['images_with_lesion']} images with a lesion", _value(decision["sensitivity"])],
        [f"specificity, {decision['images_without_lesion']} images without a lesion", _value(decision["specificity"])],
    ]
    heading = f"image-level detection, minimum confidence {decision['least_confidence']:g}"
    return markdown_table([heading, "value [95 % interval]"], rows)


def _mean(spread: Mapping[str, Any], digits: int = 3) -> str:
    return _value({"value": spread["mean"], "ci95": spread["ci95"]}, digits)


def _value(figure: Mapping[str, Any], digits: int = 3) -> str:
    low, high = figure["ci95"]
    if math.isnan(figure["value"]):
        return "–"
    return f"{figure['value']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
