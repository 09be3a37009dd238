# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Every package that the bundle runs with is pinned, and its licence lets everyone use it."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from tests.paths import ROOT
from tests.supply.packages import LISTS, PAGE, licence, lines, packages, page

# Of use, change and distribution without conditions for the program that uses them. MPL-2.0 is one of files.
FREE = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0", "MIT-CMU", "0BSD", "Zlib", "CC0-1.0", "BSL-1.0",
        "MPL-2.0", "Apache-2.0 WITH LLVM-exception"}  # fmt: skip


def pins(name):
    """The pinned versions of a file that hold for this machine."""
    held = [each for each in lines(name) if each.marker is None or each.marker.evaluate()]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in held}


def test_all_that_is_needed_is_pinned():
    pinned = pins("constraints.txt")
    assert sorted(packages().keys() - pinned.keys()) == []
    for part in LISTS:
        for name, version in pins(f"requirements{part}.txt").items():
            assert pinned[name] == version, f"{name}: run `make lock`"


def test_what_predicts_without_pytorch_has_checksums():
    text = (ROOT / "requirements-runtime-hashes.txt").read_text()
    blocks = re.split(r"\n(?=\S)", text.partition("make lock\n")[2])
    assert len(blocks) > 15
    assert [block for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []
    pinned, hashed = pins("constraints.txt"), pins("requirements-runtime-hashes.txt")
    assert pins("requirements-runtime.txt").items() <= hashed.items() <= pinned.items()


def test_no_file_says_where_to_install_from():
    for path in (*ROOT.glob("requirements*.txt"), ROOT / "constraints.txt"):
        assert not re.search(r"://|^-i|^--(index|extra|find|trusted)", path.read_text(), flags=re.MULTILINE), path


def test_licences_let_everyone_use_them():
    for name, package in packages().items():
        terms = set(re.split(r" AND | OR ", licence(package).replace("(", "").replace(")", "")))
        assert terms <= FREE, f"{name}: {licence(package)}"


def test_the_page_of_licences_names_all_packages():
    """Versions and packages depend on the machine; what is pinned and named does not."""
    shown = dict(re.findall(r"^\| ([\w-]+) \| (\S+) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    pinned = pins("constraints.txt")
    assert packages().keys() <= shown.keys() - {"package"}
    assert {name: pinned[name] for name in shown.keys() - {"package"}} == {
        name: version for name, version in shown.items() if name != "package"
    }
    assert page().partition("| package")[0] == PAGE.read_text(encoding="utf-8").partition("| package")[0]
