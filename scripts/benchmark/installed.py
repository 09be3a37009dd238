# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The size of installed packages with all that they need."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..bundle.paths import ROOT


def installed_megabytes(*requirements: str) -> float | None:
    """Return the size of the packages of requirements files and of what they need, None if one is not installed.

    Args:
        requirements: names of files in the bundle's folder; their lines ``-r`` are not followed.
    """
    try:
        wanted = [name for file in requirements for name in _names(ROOT / file)]
        pending, found = list(wanted), {}
        while pending:
            name = pending.pop()
            if name in found:
                continue
            try:
                found[name] = distribution(name)
            except PackageNotFoundError:
                if name in wanted:
                    raise
                continue  # of a package that was installed without what it needs
            pending += _needs(found[name])
    except (PackageNotFoundError, OSError):
        return None
    return round(sum(map(_bytes, found.values())) / 1e6, 1)


def _names(path: Path) -> Iterable[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if (wanted := line.partition("#")[0].strip()) and not wanted.startswith("-"):
            yield canonicalize_name(Requirement(wanted).name)


def _needs(package: Distribution) -> Iterable[str]:
    for requirement in map(Requirement, package.requires or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


def _bytes(package: Distribution) -> int:
    paths = {os.path.normpath(str(package.locate_file(file))) for file in package.files or ()}
    return sum(os.path.getsize(path) for path in paths if os.path.isfile(path))
