# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the folder of the page, which needs no server and no network connection.

Browsers let a page that is opened from disk load script files and nothing else, so that network and WebAssembly are
base64 texts inside of scripts.
"""

from __future__ import annotations

import base64
import gzip
import json
import tempfile
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from ..bundle.metadata import read_metadata
from ..bundle.paths import INSTALLED, PACKAGE, ROOT
from ..errors import InputError
from ..files.atomic import atomic_write, write_text
from ..prediction.chosen_network import EXPORTED, ChosenNetwork
from ..prediction.onnx_segmenter import OnnxSegmenter
from ..prediction.result_tables import COLUMNS
from ..report.page import FOLDER as REPORT
from ..report.page import STYLE
from ..runtimes.choice import FLOAT32, ONNXRUNTIME
from .runtime import MODULE, SCRIPT, VERSION, WASM, runtime_files

STATIC = Path(__file__).parent / "static"
RUNTIME = "onnxruntime-web"  # folder of ONNX Runtime Web's files


def write_page(chosen: ChosenNetwork, output: Path, runtime: Path | None = None, overwrite: bool = False) -> Path:
    """Write the page with a network.

    Args:
        chosen: the network; one that is not exported yet is exported first.
        output: folder to write.
        runtime: npm package of ONNX Runtime Web, see `runtime_files`.
        overwrite: write into a folder that has files already.

    Returns:
        The page, ``index.html``.

    Raises:
        InputError: the folder has files or cannot be written, the network cannot be exported, or errors of
            `runtime_files`.
    """
    if output.exists() and not output.is_dir():
        raise InputError(f"--output {output}: is not a folder")
    if output.is_dir() and any(output.iterdir()) and not overwrite:
        raise InputError(f"--output {output}: has files; give --overwrite to write into it")
    files = runtime_files(runtime)  # before the export, which takes longer
    network = _network(chosen)
    write_text(output / "report.css", (REPORT / STYLE).read_text(encoding="utf-8"))
    for path in sorted(STATIC.rglob("*.*")):
        write_text(output / path.relative_to(STATIC), path.read_text(encoding="utf-8"))
    _write_script(output / "network.js", "network", network)
    with atomic_write(output / RUNTIME / SCRIPT) as partial:
        partial.write_bytes(files[SCRIPT])
    _write_script(
        output / RUNTIME / "runtime.js", "runtime", {"module": _packed(files[MODULE]), "wasm": _packed(files[WASM])}
    )
    _write_licences(output)
    return output / "index.html"


def _network(chosen: ChosenNetwork) -> dict[str, Any]:
    """Return what the page needs to know of the network."""
    if chosen.exported():
        network = replace(chosen, runtime=ONNXRUNTIME, precision=FLOAT32, device=None).load()
        assert isinstance(network.segmenter, OnnxSegmenter)
        segmenter = network.segmenter
        model = segmenter.path.read_bytes()
    else:
        from ..prediction.export import export_onnx  # imports PyTorch

        network = chosen.load_trained()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / EXPORTED
            export_onnx(network, path)
            segmenter, model = OnnxSegmenter(path), path.read_bytes()
    calibration = network.calibration().settings
    return {
        "model": _packed(model),
        "steps": segmenter.steps,
        "calibration": calibration,
        "columns": COLUMNS,
        "provenance": {
            **{_words(name): value for name, value in network.settings.items()},
            "calibration": ", ".join(f"{_words(name)} {value}" for name, value in calibration.items()),
            "bundle": read_metadata()["version"],
            "ONNX Runtime Web": VERSION,
        },
    }


def _words(name: str) -> str:
    return name.replace("_", " ")


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")


def _write_script(path: Path, name: str, value: Any) -> None:
    write_text(path, f"(globalThis.lightbtseg ??= {{}}).{name} = {json.dumps(value)};\n")


def _write_licences(output: Path) -> None:
    licences = "\n\n".join(_licence(name) for name in ("LICENSE", "docs/data_license.txt"))
    write_text(output / "LICENSE.txt", licences)
    import onnxruntime

    # The npm package has none; those of the Python package are of the same sources.
    for source, name in (("LICENSE", "LICENSE.txt"), ("ThirdPartyNotices.txt", "ThirdPartyNotices.txt")):
        text = (Path(onnxruntime.__file__).parent / source).read_text(encoding="utf-8")
        write_text(output / RUNTIME / name, text)


def _licence(name: str) -> str:
    if INSTALLED:
        return distribution(PACKAGE).read_text(f"licenses/{name}") or ""
    return (ROOT / name).read_text(encoding="utf-8")
