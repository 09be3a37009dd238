# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a user did wrong, told in one line."""

from __future__ import annotations

import sys
from types import TracebackType


class InputError(ValueError):
    """A mistake that its user can mend: the message names the file or option, its value, and what to do."""


def find_input_error(error: BaseException | None) -> InputError | None:
    """Return the `InputError` behind `error`, through whatever wrapped it (MONAI wraps what a config raises)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, InputError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


def report_input_errors() -> None:
    """Print an `InputError` that ends this process as one line instead of a stack trace; the exit status stays 1.

    Every config calls it first, since ``python -m monai.bundle run`` leaves no other place to.
    """
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        mistake = find_input_error(error)
        if mistake is None:
            previous(kind, error, trace)
        else:
            print(f"error: {mistake}", file=sys.stderr)

    sys.excepthook = hook


def printable(message: str) -> str:
    """Return a message as one line that can be written in any encoding and in which no name steers the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in message)
