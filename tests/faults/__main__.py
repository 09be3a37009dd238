# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`make test-faults`: the number of kills; with further words only what has one of them in its name.

All of them together write their counts to docs/results/robustness/faults.json.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import changes, clock, kills, places, processes
from tests.faults.setting import prepare
from tests.paths import ROOT

RESULTS = ROOT / "docs/results/robustness/faults.json"


def main(number: int, parts: list[str]) -> int:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        setting = prepare(Path(folder))
        ended, found = {}, {}
        for name, killed in kills.cases(setting).items():
            if not parts or any(part in name for part in parts):
                ended[name] = kills.run(name, killed, round(number * killed.share), setting.place())
        for name, case in {**places.CASES, **processes.CASES, **changes.CASES, **clock.CASES}.items():
            if not parts or any(part in name for part in parts):
                found[name] = case(setting.place())
                print(name, found[name], flush=True)
    if not parts:
        content = {"minutes": round((time.monotonic() - begun) / 60, 1), "commands": ended, "places": found}
        RESULTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return not all(found.values()) or any(counts["same"] != counts["kills"] for counts in ended.values())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
