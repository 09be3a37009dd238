# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The provenance of a cell's teachers and initial weights, without machine paths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .cell_command import portable_command, portable_path

TEACHERS, START = "teachers", "started_from"


def portable_sources(provenance: Mapping[str, Any], source: str, work_dir: Path) -> dict[str, Any]:
    """Return the teachers and initial weights of a provenance, recursively, without machine paths.

    Args:
        provenance: provenance of a run.
        source: name of the data set, replaces its folder.
        work_dir: folder of the runs on this machine, replaced by `scripts.experiments.WORK_DIR`.
    """
    sources: dict[str, Any] = {}
    if TEACHERS in provenance:
        sources[TEACHERS] = {name: _portable(one, source, work_dir) for name, one in provenance[TEACHERS].items()}
    if provenance.get(START):
        sources[START] = _portable(provenance[START], source, work_dir)
    return sources


def _portable(described: Mapping[str, Any], source: str, work_dir: Path) -> dict[str, Any]:
    """Return the description of a weights file from `scripts.teachers.weights.describe`, without machine paths."""
    trained = described["trained"]
    if isinstance(trained, Mapping):
        sources = portable_sources(trained, source, work_dir)
        trained = {**trained, **sources, "command": portable_command(trained["command"], source, work_dir)}
    return {"file": str(portable_path(Path(described["file"]), work_dir)), "trained": trained}
