# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle as one file, as a model zoo distributes it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import InputError
from ..files.atomic import written_whole
from .metadata import read_metadata
from .paths import ROOT

NAME = "breast_ultrasound_segmentation"  # of the bundle in a zoo: the folder that the archive unpacks to
WEIGHTS = "models/model.pt"
LARGEST = 25 * 1000**2  # bytes; the zoo's limit for one file


def build_archive(output_dir: str | Path) -> Path:
    """Write ``<name>_v<version>.zip`` of what is committed, without what `.gitattributes` leaves out.

    The same commit gives the same bytes. ``python -m monai.bundle download --url file://<path>`` takes it.

    Args:
        output_dir: folder of the archive, made if missing.

    Returns:
        The archive's path.

    Raises:
        InputError: this is no git checkout, it has changes that are not committed, its version is not in the changelog,
            the weights are missing, a file is too large for a zoo, or an archive of that version with another content
            is there.
    """
    metadata = read_metadata()
    version = metadata["version"]
    if version not in metadata["changelog"]:
        raise InputError(f"configs/metadata.json: version {version} is not in the changelog; say there what is new")
    if _git("rev-parse", "--show-toplevel").decode().strip() != str(ROOT):
        raise InputError(f"{ROOT} is not a git checkout of this bundle: an archive is made of a commit")
    if changes := _git("status", "--porcelain").decode().splitlines():
        raise InputError(
            f"{len(changes)} files differ from the last commit, the first {changes[0][3:]}: commit them, or take them "
            "away; an archive is made of a commit"
        )
    files = [line.split(maxsplit=4) for line in _git("ls-tree", "-r", "--long", "HEAD").decode().splitlines()]
    sizes = {name: int(size) for _, _, _, size, name in files}
    if WEIGHTS not in sizes:
        raise InputError(f"{WEIGHTS} is not in the commit: a bundle without weights is of no use")
    if large := [name for name, size in sizes.items() if size > LARGEST]:
        raise InputError(f"{large[0]} has {sizes[large[0]] / 1e6:.0f} MB; a zoo takes at most {LARGEST / 1e6:.0f}")
    content = _git("archive", "--format=zip", f"--prefix={NAME}/", "HEAD")
    path = Path(output_dir) / f"{NAME}_v{version}.zip"
    if path.exists() and path.read_bytes() != content:
        raise InputError(f"{path} exists and has another content: give this bundle a new version, or remove the file")
    with written_whole(path) as partial:
        partial.write_bytes(content)
    return path


def _git(*words: str) -> bytes:
    """Return what git prints, with the times of an archive in UTC, whatever the machine's zone."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, env={**os.environ, "TZ": "UTC"}, capture_output=True)
    except FileNotFoundError:
        raise InputError("git is not installed: an archive is made of a commit") from None
    if done.returncode:
        raise InputError(f"git {words[0]} in {ROOT}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
