# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import monai
import pytest

from scripts.bundle.metadata import read_metadata
from scripts.bundle.versions import check_versions
from scripts.errors import InputError


@pytest.mark.parametrize("version", ["0.9.0", "1.5.2", "1.6.0"])
def test_an_older_monai_is_named_with_what_to_do(version, monkeypatch):
    monkeypatch.setattr(monai, "__version__", version)
    with pytest.raises(InputError, match=rf"MONAI {version} is installed.*needs 1\.6\.1.*pip install"):
        check_versions()


@pytest.mark.parametrize("version", [read_metadata()["monai_version"], "1.10.0", "2.0.0rc1"])
def test_the_bundles_monai_and_newer_ones_pass(version, monkeypatch):
    monkeypatch.setattr(monai, "__version__", version)
    check_versions()
