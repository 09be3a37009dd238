# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings of public names run, and every public class has one."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

from tests.interfaces import public_names

PUBLIC = {name: getattr(importlib.import_module(module), name) for module, name in public_names()}
WITH_EXAMPLE = [name for name, each in PUBLIC.items() if ">>>" in (each.__doc__ or "")]


def test_every_public_class_has_an_example():
    classes = {name for name, each in PUBLIC.items() if inspect.isclass(each) and not issubclass(each, Exception)}
    assert classes - set(WITH_EXAMPLE) == set()


@pytest.mark.parametrize("name", WITH_EXAMPLE)
def test_the_example_runs(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(PUBLIC[name].__doc__, {}, name, None, None)
    assert test.examples
    results = doctest.DocTestRunner().run(test)
    assert results.failed == 0, capsys.readouterr().out
