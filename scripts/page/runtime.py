# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Get the files of ONNX Runtime Web, which runs networks in browsers, from npm's package onnxruntime-web."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path

from ..errors import InputError

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"
OPTION = "--onnxruntime_web"
SCRIPT, MODULE, WASM = "ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"
# SHA-256 of the files in the package's folder dist.
CHECKSUMS = {
    SCRIPT: "faece07e84faa9001f5104bbe4e5c70861d06cb2376a0dea1fa0ad33a67adc81",
    MODULE: "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
    WASM: "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
LARGEST = 2**26  # bytes of a file; they have 13 MB at most
DOWNLOAD = ("pack", f"{PACKAGE}@{VERSION}", "--silent", "--prefer-offline", "--ignore-scripts", "--fetch-retries=1")


def runtime_files(package: Path | None) -> dict[str, bytes]:
    """Return the content of the files in `CHECKSUMS` by name.

    Args:
        package: folder or ``.tgz`` file of the npm package; None to download it with npm, which keeps it in its cache.

    Raises:
        InputError: it cannot be downloaded or read, or is another version.
    """
    if package is not None:
        return _read(package)
    npm = shutil.which("npm")
    if npm is None:
        raise InputError(
            f"{OPTION}: not given, and npm, which would download {PACKAGE} {VERSION}, is not installed; install npm, "
            "or give the package's folder or .tgz file"
        )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([npm, *DOWNLOAD, "--pack-destination", folder], capture_output=True, text=True)
        packed = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or packed is None:
            raise InputError(
                f"{OPTION}: not given, and npm could not download {PACKAGE} {VERSION}; is there a network? If not, "
                "give the package's folder or .tgz file"
            )
        return _read(packed)


def _read(package: Path) -> dict[str, bytes]:
    try:
        files = _unpacked(package) if package.is_file() else _in_folder(package)
    except (OSError, KeyError, ValueError, tarfile.TarError, EOFError, zlib.error) as error:
        raise InputError(f"{OPTION} {package}: not the package {PACKAGE} {VERSION}: {_reason(error)}") from None
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
            raise InputError(f"{OPTION} {package}: dist/{name} is not that of {PACKAGE} {VERSION}")
    return files


def _in_folder(package: Path) -> dict[str, bytes]:
    return {name: (package / "dist" / name).read_bytes() for name in CHECKSUMS}


def _unpacked(package: Path) -> dict[str, bytes]:
    files = {}
    with tarfile.open(package) as archive:
        for name in CHECKSUMS:
            file = archive.extractfile(f"package/dist/{name}")
            if file is None:
                raise KeyError(f"dist/{name} is no file")
            files[name] = file.read(LARGEST)
    return files


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).replace("'", "").split())
