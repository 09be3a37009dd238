# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The packages that the bundle runs with, those that they need included, and their licences.

``python -m tests.supply.packages`` writes docs/licenses.md.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import ROOT

PAGE = ROOT / "docs" / "licenses.md"
LISTS = ("", "-runtime", "-predict", "-video", "-onnx", "-openvino")
GPU = ("nvidia-", "cuda-", "triton")
# The licences of classifiers and free text, by their SPDX names.
NAMES = {
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Python Software Foundation License": "PSF-2.0",
}


def lines(name: str) -> list[Requirement]:
    """The packages of a requirements file, without those of the files that it includes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    text = re.sub(r"\\\n|--hash=\S+", " ", text)
    return [Requirement(line) for line in text.splitlines() if line.strip() and line[0] not in "#- "]


def installed(name: str) -> Distribution | None:
    """The installed package, None if it is not."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def packages() -> dict[str, Distribution]:
    """All installed packages that the bundle runs with, by canonical name; without those of PyTorch's GPU builds."""
    found: dict[str, Distribution] = {}
    pending = [each for part in LISTS for each in lines(f"requirements{part}.txt")]
    while pending:
        needed = pending.pop()
        name = canonicalize_name(needed.name)
        extras = needed.extras or {""}
        applies = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        package = installed(name) if applies else None
        if package is None or name in found or name.startswith(GPU):
            continue
        found[name] = package
        for line in package.requires or ():
            further = Requirement(line)
            if further.marker is None or further.marker.evaluate({"extra": ""}):
                pending.append(further)
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """The licence that a package declares, as an SPDX expression where that can be told."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if "License ::" in line]
    named = [NAMES[name] for name in classifiers if name in NAMES]
    text = (metadata.get("License") or "").strip().split("\n")[0]
    return " OR ".join(named) or NAMES.get(text, text) or "unknown"


def page() -> str:
    """The content of docs/licenses.md."""
    rows = [f"| {name} | {each.version.split('+')[0]} | {licence(each)} |" for name, each in packages().items()]
    return "\n".join(
        [
            "# Licences of the packages it runs with",
            "",
            "All that the requirements files for prediction, training and export install, as the packages declare it.",
            "A test refuses licences that restrict use. The wheels of `av` and `opencv-python-headless` contain FFmpeg",
            "(LGPL-2.1), which their own licence does not name. PyTorch for GPUs brings NVIDIA's",
            "libraries, with NVIDIA's own terms. Encoder weights of `requirements-pretrained.txt` and",
            "tracking servers are not in this list. Written by `python -m tests.supply.packages`.",
            "",
            "| package | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
