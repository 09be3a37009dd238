# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.prediction.result_names import result_names


@pytest.mark.parametrize(
    ("names", "kept", "expected"),
    [
        (["a.png", "b/a.jpg"], {}, ["a", "b/a"]),
        (["a.png", "a.jpg", "b.nii.gz"], {}, ["a.png", "a.jpg", "b"]),
        (["1.2.3", "1.2.3.dcm"], {}, ["1.2.3", "1.2.3.dcm"]),
        (["a.png", "a.jpg"], {"a.jpg": "a"}, ["a.png", "a"]),
        (["a.png", "a.jpg"], {"a.png": "a.png", "a.jpg": "a.jpg"}, ["a.png", "a.jpg"]),
        (["a.png"], {"a.bmp": "a"}, ["a.png"]),
        (["a.png", "a.jpg", "a.png.png"], {}, ["a.png_", "a.jpg", "a.png"]),
    ],
)
def test_no_two_files_share_a_name(names, kept, expected):
    chosen = result_names(names, kept)
    assert [chosen[name] for name in names] == expected
    assert len(set(chosen.values())) == len(chosen)
