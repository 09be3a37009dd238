# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle as a zip archive for the MONAI model zoo."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import InputError
from ..files.atomic import atomic_write
from .metadata import read_metadata
from .paths import ROOT

NAME = "breast_ultrasound_segmentation"  # name of the bundle in the zoo, and of the folder in the archive
WEIGHTS = "models/model.pt"
LARGEST = 25 * 1000**2  # bytes; the zoo's limit for a file


def build_archive(output_dir: str | Path) -> Path:
    """Write ``<name>_v<version>.zip`` from the last commit, without the files that `.gitattributes` excludes.

    The same commit gives the same bytes. ``python -m monai.bundle download --url file://<path>`` can unpack it.

    Args:
        output_dir: folder for the archive, created if missing.

    Returns:
        The archive's path.

    Raises:
        InputError: this is not a git checkout, it has uncommitted changes, its version is not in the changelog, the
            weights are missing, a file is too large for the zoo, or an archive of this version with different content
            exists.
    """
    metadata = read_metadata()
    version = metadata["version"]
    if version not in metadata["changelog"]:
        raise InputError(f"configs/metadata.json: version {version} is not in the changelog; add an entry for it")
    if _git("rev-parse", "--show-toplevel").decode().strip() != str(ROOT):
        raise InputError(f"{ROOT}: not a git checkout of this bundle; the archive is made from a commit")
    if changes := _git("status", "--porcelain").decode().splitlines():
        raise InputError(
            f"{len(changes)} files differ from the last commit, such as {changes[0][3:]}: commit or remove them; the "
            "archive is made from the last commit"
        )
    files = [line.split(maxsplit=4) for line in _git("ls-tree", "-r", "--long", "HEAD").decode().splitlines()]
    sizes = {name: int(size) for _, _, _, size, name in files}
    if WEIGHTS not in sizes:
        raise InputError(f"{WEIGHTS} is not committed: the bundle needs its weights")
    if large := [name for name, size in sizes.items() if size > LARGEST]:
        raise InputError(f"{large[0]}: {sizes[large[0]] / 1e6:.0f} MB; the zoo accepts at most {LARGEST / 1e6:.0f} MB")
    content = _git("archive", "--format=zip", f"--prefix={NAME}/", "HEAD")
    path = Path(output_dir) / f"{NAME}_v{version}.zip"
    if path.exists() and path.read_bytes() != content:
        raise InputError(f"{path}: exists with different content; raise the bundle's version, or remove the file")
    with atomic_write(path) as partial:
        partial.write_bytes(content)
    return path


def _git(*words: str) -> bytes:
    """Return the output of a git command; archives get UTC times, independent of the machine's time zone."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, env={**os.environ, "TZ": "UTC"}, capture_output=True)
    except FileNotFoundError:
        raise InputError("git is not installed; the archive is made from a commit") from None
    if done.returncode:
        raise InputError(f"git {words[0]} in {ROOT}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
