# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check components that are typed as options, such as a network: that they exist and have their arguments."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import monai.networks.nets
from monai.bundle import ComponentLocator
from monai.utils.module import locate

from ..errors import InputError
from .option_types import MONAI_SYNTAX, NONE

TARGET = "_target_"


def check_components(options: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    """Raise on an option that is no component where the config has one, or that cannot be made.

    Args:
        options: text by option name, as typed; values of an ``--args_file`` keep their type.
        config: the config that the options are of.

    Raises:
        InputError: names the option, its value and what to do.
    """
    # Here, since MONAI needs it only to read a command line, and this module is imported by predictions as well.
    from fire.parser import DefaultParseValue  # type: ignore[import-untyped]

    for name, text in options.items():
        value = DefaultParseValue(text) if isinstance(text, str) else text  # as MONAI reads it
        part = config.get(name)
        is_text = isinstance(value, str) and not value.startswith(MONAI_SYNTAX) and value.lower() not in NONE
        if is_text and isinstance(part, dict) and TARGET in part:
            raise InputError(
                f"--{name} {value}: must define a component with its arguments, such as "
                f"\"{{'{TARGET}': '{part[TARGET]}', ...}}\""
            )
        has_more = any(each.startswith((f"{name}#", f"{name}::")) for each in options)  # of its arguments
        for component in _components(value):
            _check(name, component, has_more)


def _components(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield all components in a value."""
    if isinstance(value, Mapping):
        if isinstance(value.get(TARGET), str) and not value[TARGET].startswith(MONAI_SYNTAX):
            yield value
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _components(each)


def _check(option: str, component: Mapping[str, Any], has_more: bool) -> None:
    target = component[TARGET]
    modules = ComponentLocator().get_component_module_name(target)
    module = modules[0] if isinstance(modules, list) else modules
    made = locate(f"{module}.{target}" if module else target)
    if made is None:
        close = difflib.get_close_matches(target, dir(monai.networks.nets), n=1)
        hint = f"; did you mean {close[0]}?" if close else ", others than MONAI's with their module, a.b.Name"
        raise InputError(f"--{option} {target}: there is no such class or function{hint}")
    missing = [] if has_more or "_mode_" in component else _missing(made, component)
    if missing:
        raise InputError(
            f"--{option} {target}: needs {', '.join(missing)} as well; add \"'{missing[0]}': VALUE\" to the definition"
        )


def _missing(made: Any, component: Mapping[str, Any]) -> list[str]:
    """Return the arguments without a default that a component does not give."""
    try:
        parameters = inspect.signature(made).parameters.values()
    except (TypeError, ValueError):  # not callable, or one of C's
        return []
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    needed = [each.name for each in parameters if each.kind in kinds and each.default is each.empty]
    return [name for name in needed if name not in component]
