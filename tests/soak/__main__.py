# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`make test-soak`: images through one prediction and epochs of one distillation, whose state must stay flat.

Writes docs/results/robustness/soak_prediction.json and soak_distillation.json. The words are a name and a number, such
as ``prediction 20000``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.robustness.page import RESULTS
from tests.soak import distillation, prediction
from tests.soak.state import is_flat

RUNS = {"prediction": prediction.soak, "distillation": distillation.soak}

if __name__ == "__main__":
    name, number = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        parts = RUNS[name](number, Path(folder))
    content = json.dumps({"number": number, "parts": parts}, indent=2) + "\n"
    (RESULTS / f"soak_{name}.json").write_text(content, encoding="utf-8")
    sys.exit(not is_flat(parts))
