# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The runtimes and their precisions. Imports none of them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

from ..bundle.paths import install_command
from ..errors import InputError

AUTO = "auto"
OPENVINO, ONNXRUNTIME, TORCH, TORCHSCRIPT = "openvino", "onnxruntime", "torch", "torchscript"
FLOAT32, BFLOAT16, INT8 = "float32", "bfloat16", "int8"
# In the order in which they are taken without a result of the gate. TorchScript is faster than PyTorch, but not every
# network can be compiled by it.
PRECISIONS = {
    OPENVINO: (FLOAT32, BFLOAT16, INT8),
    ONNXRUNTIME: (FLOAT32, INT8),
    TORCH: (FLOAT32, BFLOAT16),
    TORCHSCRIPT: (FLOAT32,),
}
FROM_WEIGHTS = (TORCH, TORCHSCRIPT)  # the others compute exported models
PACKAGES = {TORCHSCRIPT: TORCH}  # where the package has another name
# Share of the convolutions, from the first on, that compute in more bits than the others. Rounding in the first layers
# changes masks most; see docs/speed.md.
KEPT_SHARE = {BFLOAT16: 0.07, INT8: 0.8}
EXTRAS = {OPENVINO: "openvino", ONNXRUNTIME: "onnx", TORCH: "train", TORCHSCRIPT: "train"}  # that install them


class Choice(NamedTuple):
    """A runtime and a precision."""

    runtime: str
    precision: str

    def __str__(self) -> str:
        return f"{self.runtime} {self.precision}"


REFERENCE = Choice(TORCH, FLOAT32)
ALL = tuple(Choice(runtime, precision) for runtime, precisions in PRECISIONS.items() for precision in precisions)


def is_installed(runtime: str) -> bool:
    """Return whether a runtime can be imported."""
    return find_spec(PACKAGES.get(runtime, runtime)) is not None


def check_options(runtime: str, precision: str | None) -> None:
    """Check the options of the user.

    Raises:
        InputError: there is no such runtime or precision, the runtime lacks the precision, or is not installed.
    """
    if runtime not in (AUTO, *PRECISIONS):
        raise InputError(f"--runtime {runtime}: must be one of {', '.join((AUTO, *PRECISIONS))}")
    precisions = list(dict.fromkeys(choice.precision for choice in ALL if runtime in (AUTO, choice.runtime)))
    if precision not in (None, *precisions):
        start = "must be one of" if runtime == AUTO else f"{runtime} only has"
        raise InputError(f"--precision {precision}: {start} {', '.join(precisions)}")
    if runtime != AUTO and not is_installed(runtime):
        raise InputError(f"--runtime {runtime}: is not installed; {install_command(EXTRAS[runtime])}")
