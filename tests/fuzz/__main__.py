# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The long run, `make test-fuzz`: writes the counts, and what was found into eval/fuzz/findings.json."""

from __future__ import annotations

import sys

from tests.fuzz.run import run
from tests.paths import ROOT

if __name__ == "__main__":
    run(int(sys.argv[1]), ROOT / "docs/results/robustness/fuzz.json", ROOT / "eval/fuzz/findings.json")
