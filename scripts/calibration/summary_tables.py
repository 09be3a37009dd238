# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""An assessment as Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..metrics.surface import NAMES as SURFACE_NAMES

STEPS = {"post_processing": "threshold, least size and holes", "decision": "the least confidence"}
SURFACE_TITLES = dict(zip(SURFACE_NAMES, ("HD95", "normalised surface Dice")))


def assessment_markdown(result: Mapping[str, Any]) -> str:
    """Return the main figures of an assessment.

    Args:
        result: as `assess` writes it into ``trust.json``.
    """
    return "\n\n".join(
        table
        for table in (
            _segmentation(result),
            _parts(result["parts"]),
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
        ["mean of background and lesion, Dice", _mean(summary["mean_dice"])],
    ]
    for unit, surface in summary["surface"].items():
        for name, title in SURFACE_TITLES.items():
            if surface[name] is None:
                continue
            digits = 3 if name == "lesion_nsd" else 1
            told = f"{title} at {surface['tolerance']:g} {unit}" if name == "lesion_nsd" else f"{title} ({unit})"
            spread = f", median {surface[name]['median']:.{digits}f}"
            missed = f", {surface['missed']} missed lesions left out" if name == "lesion_hd95" else ""
            rows.append([told, _mean(surface[name], digits) + spread + missed])
    for step, title in STEPS.items():
        low, high = effect[step]["ci95"]
        told = f"{effect[step]['value']:+.3f} [{low:+.3f}, {high:+.3f}]"
        rows.append([f"change of lesion Dice by {title}", told])
    return _table([f"{summary['lesion_images']} images with a lesion", "mean [95 % interval]"], rows)


def _parts(parts: Mapping[str, Any]) -> str:
    rows = []
    for name, part in parts.items():
        low, high = part["ci95"]
        rows.append(
            [name, str(part["images"]), f"{part['lesion_dice']:.3f} [{low:.3f}, {high:.3f}]", str(part["missed"])]
        )
    return _table(["lesions", "images", "lesion Dice [95 % interval]", "none found in"], rows)


def _reliability(sides: Mapping[str, Any]) -> str:
    names = {"ece": "expected calibration error", "brier": "Brier score", "log_loss": "log loss"}
    rows = [[title, *(_value(sides[side][name], 4) for side in ("before", "after"))] for name, title in names.items()]
    return _table(["probabilities of pixels", "before", "after"], rows)


def _uncertainty(uncertainty: Mapping[str, Any]) -> str:
    rows = [
        [title, _value(values["rank_correlation"]), _value(values["failure_auc"])]
        for title, values in uncertainty["measures"].items()
    ]
    heading = f"AUC of failures (Dice below 0.5: {uncertainty['failures']} of {uncertainty['images']})"
    return _table(["how sure", "rank correlation with Dice", heading], rows)


def _decision(decision: Mapping[str, Any]) -> str:
    if not decision:
        return ""
    rows = [
        ["AUC", _value(decision["auc"])],
        [f"sensitivity, {decision['images_with_lesion']} images with a lesion", _value(decision["sensitivity"])],
        [f"specificity, {decision['images_without_lesion']} images without", _value(decision["specificity"])],
    ]
    return _table([f"lesion or none, least confidence {decision['least_confidence']:g}", "value [95 % interval]"], rows)


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _mean(spread: Mapping[str, Any], digits: int = 3) -> str:
    return _value({"value": spread["mean"], "ci95": spread["ci95"]}, digits)


def _value(figure: Mapping[str, Any], digits: int = 3) -> str:
    low, high = figure["ci95"]
    return f"{figure['value']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
