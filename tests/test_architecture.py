# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""docs/architecture.md is a map of the tree as it is, and imports go down it."""

from __future__ import annotations

import ast
import importlib
import re

from tests.paths import ROOT

SCRIPTS = ROOT / "scripts"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FOLDERS = re.findall(r"^\| `([\w/]+)` \| .+ \|$", PAGE, flags=re.MULTILINE)


def test_every_folder_has_its_line():
    packages = [path.parent.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("__init__.py")]
    assert sorted(FOLDERS) == sorted(set(packages) - {"."})


def test_few_modules_lie_loose():
    assert {path.name for path in SCRIPTS.glob("*.py")} == {"__init__.py", "__main__.py", "errors.py", "progress.py"}


def test_imports_are_relative():
    absolute = [
        f"{path}: {node.lineno}"
        for path, node in imports()
        if "scripts" in {name.split(".")[0] for name in imported(node)} and not getattr(node, "level", 0)
    ]
    assert absolute == []


def test_imports_go_down_the_table():
    upwards = []
    for path, node in imports():
        package = path.parent.parts
        if package and getattr(node, "level", 0):
            above = package[: len(package) + 1 - node.level]
            target = (*above, *(node.module or node.names[0].name).split("."))[0]
            if target in FOLDERS and FOLDERS.index(target) < FOLDERS.index(package[0]):
                upwards.append(f"{path}: {node.lineno}: {target}")
    assert upwards == []


def imports():
    for path in SCRIPTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield path.relative_to(SCRIPTS), node


def imported(node):
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_the_names_of_the_walks_are_there():
    walks = PAGE[PAGE.index("## From a dataset folder") :]
    names = [name for name in re.findall(r"`([a-z_]+\.[\w.]+)`", walks) if name.split(".")[0] in FOLDERS]
    names = [name for name in names if not name.endswith((".csv", ".json"))]
    assert len(names) > 20
    for name in names:
        *package, last = name.split(".")
        try:
            importlib.import_module(f"scripts.{name}")
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(".".join(["scripts", *package])), last), name
