# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Where a cell's weights come from, told without the paths of one machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .cell_command import as_anywhere, as_anywhere_below

TEACHERS, START = "teachers", "started_from"


def portable_sources(provenance: Mapping[str, Any], source: str, work_dir: Path) -> dict[str, Any]:
    """Return what a provenance says of teachers and of the weights that it started from, and theirs of their own.

    Args:
        provenance: of a run.
        source: stands in place of the data set's folder.
        work_dir: where runs go here; `scripts.experiments.WORK_DIR` stands in its place.
    """
    told: dict[str, Any] = {}
    if TEACHERS in provenance:
        told[TEACHERS] = {name: _portable(one, source, work_dir) for name, one in provenance[TEACHERS].items()}
    if provenance.get(START):
        told[START] = _portable(provenance[START], source, work_dir)
    return told


def _portable(described: Mapping[str, Any], source: str, work_dir: Path) -> dict[str, Any]:
    """Return the description of one weights file, as `scripts.teachers.weights.describe` makes it."""
    trained = described["trained"]
    if isinstance(trained, Mapping):
        own = portable_sources(trained, source, work_dir)
        trained = {**trained, **own, "command": as_anywhere(trained["command"], source, work_dir)}
    return {"file": str(as_anywhere_below(Path(described["file"]), work_dir)), "trained": trained}
