# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Decode DICOM frames by GDCM in a subprocess, because some damaged frames make GDCM crash."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from pydicom.pixels import iter_pixels

from ..bundle.paths import PACKAGE_DIR


def decode_in_subprocess(path: Path, frames: int, syntax: str) -> Iterator[np.ndarray]:
    """Yield the frames of a DICOM file, decoded by GDCM, as `pydicom.pixels.iter_pixels` does.

    Args:
        path: the file.
        frames: number of frames.
        syntax: transfer syntax, which the file may lack.

    Raises:
        ValueError: a frame cannot be decoded.
    """
    words = [sys.executable, "-m", __name__, os.path.abspath(path), str(frames), syntax]
    with subprocess.Popen(
        words, cwd=PACKAGE_DIR.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        output = cast(IO[bytes], process.stdout)
        try:
            while header := output.readline():
                shape, dtype = json.loads(header)
                content = output.read(math.prod(shape) * np.dtype(dtype).itemsize)
                yield np.frombuffer(content, dtype=dtype).reshape(shape)
            if process.wait() != 0:
                raise ValueError("a frame is damaged or has an unsupported encoding")
        finally:
            process.kill()  # if the caller stops before the last frame


def _write_frames(path: str, frames: str, syntax: str) -> None:
    options: dict[str, Any] = {"number_of_frames": int(frames), "transfer_syntax_uid": syntax}
    for pixels in iter_pixels(path, decoding_plugin="gdcm", **options):
        sys.stdout.buffer.write(json.dumps([pixels.shape, pixels.dtype.str]).encode("ascii") + b"\n")
        sys.stdout.buffer.write(pixels.tobytes())


if __name__ == "__main__":
    _write_frames(*sys.argv[1:])
