# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What processes tell each other: values of all, and what one has done for all."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import ignite.distributed as idist

from ..errors import InputError


def gather(value: Any) -> list[Any]:
    """Return the value of every process, in their order. Every process must call this.

    Args:
        value: anything that can be pickled.
    """
    of_all: Any = idist.all_gather([value])  # in a list, for Ignite to take it as it is
    return [value for (value,) in of_all]


def by_first_process(function: Callable[..., None]) -> Callable[..., None]:
    """Let the first process alone do what writes files, while the others wait; a user's mistake is raised in all.

    Args:
        function: without a result. Every process must call it.
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
