# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""List what a config would import and run, without running it: configs are programs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from .configs import load_config

# What the bundle's configs use. Anything else is worth a look.
MODULES = ("torch", "monai", "ignite", "scripts", "sys")  # that may be imported
PARTS = (  # of them that may be used, by the start of their names
    "idist.get_",
    "ignite.handlers",
    "ignite.metrics",
    "monai.data",
    "monai.engines",
    "monai.handlers",
    "monai.inferers",
    "monai.losses",
    "monai.metrics",
    "monai.networks",
    "monai.transforms",
    "monai.utils.set_determinism",
    "scripts.",
    "sys.path.insert",
    "torch.channels_last",
    "torch.contiguous_format",
    "torch.cuda.is_available",
    "torch.device",
    "torch.float",
    "torch.nn.",
    "torch.ones",
    "torch.optim.",
    "torch.tensor",
    "torch.uint8",
    "torch.utils.data.",
    "torch.zeros",
)
BUILT_IN = "bool dict float int isinstance len list max min range round set sorted str sum tuple type".split()
NAMES = {*BUILT_IN, "__local_refs"}  # the second is MONAI's, for references


@dataclass(frozen=True)
class Use:
    """Something that a config would do.

    Attributes:
        key: where it stands in the config, such as ``train#trainer``.
        kind: ``import``, ``expression``, ``component`` or ``file``.
        text: what would be imported, evaluated, called or read.
        is_usual: whether the bundle's configs do alike.
    """

    key: str
    kind: str
    text: str
    is_usual: bool


def review(files: Sequence[str | Path]) -> list[Use]:
    """Return everything that configs and overlays would import, evaluate, call or read, in their order.

    This is a help for reading, no sandbox: `is_usual` judges names, not what they do.

    Raises:
        InputError: a file is missing or not a config.
    """
    for file in files:
        if not Path(file).is_file():
            raise InputError(f"{file}: no such file")
    found: list[Use] = []
    for file in files:
        try:
            config = load_config(file)
        except InputError:
            raise
        except Exception as error:  # parsers raise errors of many types
            raise InputError(f"{file}: cannot be read as a config: {' '.join(str(error).split())}") from None
        found += _uses(config, "")
    return found


def _uses(part: Any, key: str) -> Iterator[Use]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "_target_":
                yield Use(key, "component", str(value), _is_usual_component(value))
            else:
                yield from _uses(value, f"{key}#{name}" if key else str(name))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _uses(value, f"{key}#{index}")
    elif isinstance(part, str) and part.startswith("$"):
        kind = "import" if part[1:].lstrip().startswith(("import ", "from ")) else "expression"
        yield Use(key, kind, part[1:].strip(), _is_usual_expression(part[1:]))
    elif isinstance(part, str) and part.startswith("%"):
        yield Use(key, "file", part[1:], False)


def _is_usual_component(target: Any) -> bool:
    if not isinstance(target, str) or target.startswith(("$", "@")):
        return False
    return _is_usual_name(target) if "." in target else target[:1].isupper()


def _is_usual_name(dotted: str) -> bool:
    """Return whether a dotted name is of `PARTS`, without a module of Python's that another module has imported."""
    return dotted.startswith(PARTS) and sys.stdlib_module_names.isdisjoint(dotted.split(".")[1:-1])


def _is_usual_expression(text: str) -> bool:
    # References (@key) are not Python: the config's names, which start with an underscore here.
    try:
        tree = ast.parse("".join("_" if c in "@#" else c for c in text).strip())
    except (SyntaxError, ValueError, RecursionError):
        return False
    nodes = list(ast.walk(tree))
    known = NAMES | {node.arg for node in nodes if isinstance(node, ast.arg)}
    known |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    if not all(module.split(".")[0] in MODULES for module in modules):
        return False
    if any(isinstance(node, ast.Attribute) and node.attr.startswith("__") for node in nodes if not _is_name(node)):
        return False
    within = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}  # parts of longer dotted names
    for node in nodes:
        if id(node) in within or not isinstance(node, (ast.Attribute, ast.Name)):
            continue
        root, dotted = _dotted(node)
        is_reference = root.startswith("_") and not root.startswith("__")
        if not (root in known or is_reference or root == "" or _is_usual_name(dotted) or _is_own_import(node, tree)):
            return False
    return True


def _is_name(node: ast.AST) -> bool:
    """Return whether a node reads the name of a class, ``type(x).__name__``."""
    return isinstance(node, ast.Attribute) and node.attr == "__name__"


def _dotted(node: ast.expr) -> tuple[str, str]:
    """Return the first name of a dotted name and the whole; the first is empty where it follows a call or an index."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    root = node.id if isinstance(node, ast.Name) else ""
    return root, ".".join([root, *parts])


def _is_own_import(node: ast.expr, tree: ast.AST) -> bool:
    """Return whether a name is MONAI's ``optional_import``, called with a module of the bundle."""
    if _dotted(node)[1] != "monai.utils.optional_import":
        return False
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and call.func is node]
    return bool(calls) and all(
        call.args and isinstance(call.args[0], ast.Constant) and str(call.args[0].value).startswith("scripts.")
        for call in calls
    )
