# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Communication of processes: gather values of all, and run a function only in the first process (rank 0)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import ignite.distributed as idist

from ..errors import InputError


def gather(value: Any) -> list[Any]:
    """Return the values of all processes, in the order of their ranks. Every process must call this.

    Args:
        value: anything that can be pickled.
    """
    values: Any = idist.all_gather([value])  # in a list, because Ignite treats numbers and tensors differently
    return [value for (value,) in values]


def rank_zero_only(function: Callable[..., None]) -> Callable[..., None]:
    """Decorate a function so that only the first process (rank 0) runs it, for example to write files.

    Every process must call it. The others wait, and an `InputError` of the first is raised in all.

    Args:
        function: a function that returns nothing.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> None:
        mistake = None
        if idist.get_rank() == 0:
            try:
                function(*args, **kwargs)
            except InputError as error:
                mistake = error
        if (mistake := gather(mistake)[0]) is not None:
            raise mistake

    return call
