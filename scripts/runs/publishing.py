# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Replace the bundle's weights with newly trained ones, if these are not worse."""

from __future__ import annotations

import logging
from pathlib import Path

from monai.engines import Evaluator
from torch import nn

from ..distributed import rank_zero_only
from ..errors import InputError
from ..networks.weights import load_weights
from .file_names import BEST
from .former_weights import keep, replace_weights

logger = logging.getLogger(__name__)
METRIC = "lesion_dice"


def publish(
    source: str | Path, target: str | Path, network: nn.Module, evaluator: Evaluator, if_worse: bool = False
) -> None:
    """Replace the bundle's weights with newly trained ones, and keep the former ones in a numbered folder beside them.

    Both are measured on the same validation images. The new ones replace the former ones if their Dice is not lower.
    The datalist and the calibration of the former weights are kept with these and removed, because they do not apply to
    the new weights.

    Args:
        source: weights of a finished training.
        target: the bundle's ``model.pt``.
        network: of the architecture that the weights are of; has the new weights afterwards.
        evaluator: measures ``lesion_dice`` of `network` on the validation images.
        if_worse: also replace better weights.

    Raises:
        InputError: a file cannot be read or written.
    """
    models = Path(target).parent
    former = _former_dice(target, network, evaluator)
    new = _dice(source, network, evaluator)
    _decide(Path(source), models, former, new, if_worse)


@rank_zero_only
def _decide(source: Path, models: Path, former: float | None, new: float, if_worse: bool) -> None:
    measured = "unknown" if former is None else f"{former:.4f}"
    figures = f"Dice on the validation images: new weights {new:.4f}, former weights {measured}"
    # Not `new < former`: weights that give NaN are worse.
    if former is not None and not new >= former and not if_worse:
        logger.warning(f"{figures}. The new ones are worse: {models / BEST} stays; the new weights are {source}.")
        return
    kept = keep(models, "replaced by a training", {f"validation_{METRIC}": former, f"validation_{METRIC}_of_new": new})
    replace_weights(models, {BEST: source})
    where = f"; the former ones are in {kept}" if kept else ""
    logger.info(f"{figures}. Replaced {models / BEST} with the new weights{where}.")


def _former_dice(target: str | Path, network: nn.Module, evaluator: Evaluator) -> float | None:
    """Return the Dice of the bundle's weights, None if there are none that fit the network."""
    if not Path(target).is_file():
        return None
    try:
        return _dice(target, network, evaluator)
    except InputError as error:
        logger.warning(f"The former weights cannot be measured: {error}.")
        return None


def _dice(weights: str | Path, network: nn.Module, evaluator: Evaluator) -> float:
    load_weights(network, weights)
    evaluator.run()
    return float(evaluator.state.metrics[METRIC])
