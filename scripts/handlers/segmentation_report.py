# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the result files of an evaluation: metrics of each image, and their summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from ignite.engine import Engine, Events
from monai.utils import CommonKeys, convert_to_tensor

from ..distributed import gather, rank_zero_only
from ..files.csv_file import write_csv
from ..files.json_file import write_json
from ..metrics.overlap import image_metrics
from ..metrics.summary import summarise
from ..runs.file_names import METRICS, ROWS


class SegmentationReport:
    """Compute the metrics of every image and write ``metrics.csv`` and ``metrics.json`` at the end of an evaluation.

    The evaluator's output must be decollated, with one-hot predictions and labels of shape (2, W, H), and its batch
    must have ``name``, ``class`` and ``group`` of each image, and ``spacing`` if known. The means are also written to
    ``engine.state.metrics``. Several processes write one report; images must be distributed as by MONAI's
    `DistributedSampler`.

    Args:
        output_dir: folder of the two files.
        provenance: description of the evaluation (data, split, seed, …) for ``metrics.json``: a mapping, or a function
            that returns one and is called at the end of the evaluation.

    Example:
        >>> from pathlib import Path
        >>> import torch
        >>> from ignite.engine import Engine
        >>> from scripts.handlers import SegmentationReport
        >>> mask = torch.zeros(2, 8, 8)
        >>> mask[0], mask[1, 2:5, 2:5] = 1, 1
        >>> mask[0, 2:5, 2:5] = 0
        >>> evaluator = Engine(lambda engine, batch: [{"pred": mask, "label": mask}])
        >>> SegmentationReport("evaluation").attach(evaluator)
        >>> evaluator.run([[{"name": "a.png", "class": "benign", "group": 0}]]).metrics["lesion_dice"]
        1.0
        >>> sorted(path.name for path in Path("evaluation").iterdir())
        ['metrics.csv', 'metrics.json']
    """

    def __init__(
        self, output_dir: str | Path, provenance: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None
    ) -> None:
        self.output_dir = Path(output_dir)
        self.provenance = provenance
        self._rows: list[dict[str, Any]] = []

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: an evaluator.
        """
        engine.add_event_handler(Events.EPOCH_STARTED, self._start)
        engine.add_event_handler(Events.ITERATION_COMPLETED, self._collect)
        engine.add_event_handler(Events.EPOCH_COMPLETED, self._finish)

    def _start(self) -> None:
        self._rows = []

    def _collect(self, engine: Engine) -> None:
        state: Any = engine.state
        for item, output in zip(state.batch, state.output):
            row = {"image": item["name"], "class": item["class"], "group": item["group"]}
            prediction, label = (
                convert_to_tensor(output[key], track_meta=False) for key in (CommonKeys.PRED, CommonKeys.LABEL)
            )
            spacing = [float(size) for size in item["spacing"]] if "spacing" in item else None
            self._rows.append({**row, **image_metrics(prediction, label, spacing)})

    def _finish(self, engine: Engine) -> None:
        rows = [row for row in chain.from_iterable(zip_longest(*gather(self._rows))) if row is not None]
        summary = summarise(rows)
        self._write(rows, summary)
        for name, value in summary.items():
            if isinstance(value, dict) and "mean" in value:
                engine.state.metrics[name] = value["mean"]
        if "false_positive_rate" in summary:
            engine.state.metrics["false_positive_rate"] = summary["false_positive_rate"]

    @rank_zero_only
    def _write(self, rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> None:
        provenance = self.provenance() if callable(self.provenance) else self.provenance
        write_csv(self.output_dir / ROWS, rows)
        write_json(self.output_dir / METRICS, {**summary, "provenance": dict(provenance or {})})
