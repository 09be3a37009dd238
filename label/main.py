# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI Label app for the bundle in whose folder it lies: ``monailabel start_server --app <bundle>/label``.

MONAI Label's app ``monaibundle`` serves the bundle, too. This one adds a strategy that shows the most uncertain image
first, a training from scratch, a training's progress, and the option that lets worse weights replace the bundle's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import monailabel
from monai.transforms import Invertd, SaveImaged
from monailabel.interfaces.app import MONAILabelApp
from monailabel.tasks.activelearning.epistemic import Epistemic
from monailabel.tasks.activelearning.first import First
from monailabel.tasks.activelearning.random import Random
from monailabel.tasks.infer.bundle import BundleInferTask
from monailabel.tasks.scoring.epistemic_v2 import EpistemicScoring
from monailabel.tasks.train.bundle import BundleTrainTask

BUNDLE = Path(__file__).resolve().parents[1]
NAME = "breast_ultrasound_segmentation"  # of the model, in requests and viewers
STATS = "eval/train_stats.json"  # in the bundle's folder
WEIGHTS = "model.pt"
DECISION = "CalibratedLesionsd"  # by name, because MONAI Label loads the bundle's code again for each request
NOT_CALIBRATED = "not_calibrated/model.pt"  # no such folder, so that no calibration is found in it
NO_WEIGHTS = "none.pt"  # no such file, so that MONAI Label loads none


class InferTask(BundleInferTask):
    """Inference whose masks are decided by the calibration of the bundle's weights, or none if others are requested."""

    def post_transforms(self, data: dict[str, Any] | None = None) -> list[Any]:
        """Return the bundle's post-processing for the weights that `data`, the request, names."""
        name = (data or {}).get("model_filename") or WEIGHTS
        name = name if isinstance(name, str) else name[0]  # MONAI Label takes the first of a list
        steps = super().post_transforms(data)
        if name == WEIGHTS:
            return list(steps)
        # New steps in a new list, because MONAI Label shares them between requests.
        return [type(step)(step.keys, NOT_CALIBRATED) if type(step).__name__ == DECISION else step for step in steps]


class TrainTask(BundleTrainTask):
    """Training that can start from scratch and shows its progress."""

    publish_if_worse = False

    def config(self) -> dict[str, Any]:
        """Return the options that a client offers, with their defaults."""
        return {**super().config(), "publish_if_worse": False}

    def stats(self) -> dict[str, Any]:
        """Return the progress of the training that runs or ran last; see `scripts.handlers.TrainingStats`."""
        path = BUNDLE / STATS
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def __call__(self, request: dict[str, Any], datastore: Any) -> dict[str, Any]:
        """Train on the images with a submitted label, as `request` says."""
        self.publish_if_worse = request.get("publish_if_worse", False)
        if not request.get("pretrained", True):  # MONAI Label 0.8.5 raises TypeError
            request = {**request, "pretrained": True, "model_filename": NO_WEIGHTS}
        return super().__call__(request, datastore)

    def _update_overrides(self, overrides: dict[str, Any]) -> dict[str, Any]:
        overrides["publish_if_worse"] = self.publish_if_worse
        stats = {
            "_target_": "scripts.handlers.TrainingStats",
            "path": str(BUNDLE / STATS),
            "evaluator": "@validate#evaluator",
        }
        overrides["train#handlers"] = [*overrides["train#handlers"], stats]
        return super()._update_overrides(overrides)


class Scoring(EpistemicScoring):
    """Scoring of one image at a time: MONAI Label 0.8.5 loads a bundle's code anew for each, which threads disturb."""

    def __call__(self, request: dict[str, Any], datastore: Any) -> dict[str, Any]:
        """Score the images without a label."""
        return super().__call__({**request, "max_workers": 1}, datastore)


class LightBTSeg(MONAILabelApp):
    """The bundle's inference, training, scoring and strategies."""

    def __init__(self, app_dir: str, studies: str, conf: dict[str, str]) -> None:
        super().__init__(
            app_dir,
            studies,
            conf,
            name=f"LightBTSeg, MONAI Label {monailabel.__version__}",
            description="Segments breast lesions in ultrasound images",
            version=monailabel.__version__,
        )

    def init_infers(self) -> dict[str, Any]:
        """Return the model by name."""
        return {NAME: InferTask(str(BUNDLE), self.conf)}

    def init_trainers(self) -> dict[str, Any]:
        """Return the training by the name of its model."""
        return {NAME: TrainTask(str(BUNDLE), self.conf)}

    def init_strategies(self) -> dict[str, Any]:
        """Return how the next image can be chosen."""
        return {"epistemic": Epistemic(), "first": First(), "random": Random()}

    def init_scoring_methods(self) -> dict[str, Any]:
        """Return the scoring for the strategy ``epistemic``, which is by dropout."""
        task = InferTask(
            str(BUNDLE),
            self.conf,
            train_mode=True,
            skip_writer=True,
            dropout=float(self.conf.get("dropout", "0.2")),
            post_filter=[SaveImaged, Invertd],
        )
        return {NAME: Scoring(task)} if task.is_valid() else {}
