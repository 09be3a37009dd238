# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`make test-faults`: writes its counts to docs/results/robustness/faults.json."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import kills, places
from tests.paths import ROOT

RESULTS = ROOT / "docs/results/robustness/faults.json"

if __name__ == "__main__":
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        commands = kills.run(int(sys.argv[1]), Path(folder) / "kills")
        found = places.run(Path(folder) / "places")
    content = {"minutes": round((time.monotonic() - begun) / 60, 1), "commands": commands, "places": found}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    sys.exit(not all(found.values()) or any(counts["same"] != counts["kills"] for counts in commands.values()))
