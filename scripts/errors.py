# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors of the user, reported in one line."""

from __future__ import annotations

import errno
import logging
import re
import sys
import threading
import warnings
from types import TracebackType
from typing import Any

LONGEST = 1000  # characters of a message
NOT_FINITE = (
    "the network's output is not finite (NaN or infinity): its weights are damaged, or it does not suit such an image"
)
# MONAI's message for a component of a config that fails, and Python's for an unknown argument.
NOT_MADE = re.compile(r"Failed to instantiate component '([\w.]+)'")
# What the system refuses to write: no space, quota, read-only, too large a file; too many open files.
SYSTEM_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EMFILE}
DENIED = {errno.EACCES, errno.EPERM}
# What PyTorch and OpenCV say where there is no memory, and PyTorch of a process that reads images.
NO_MEMORY = re.compile(r"can't allocate memory|out of memory|Insufficient memory|bad_alloc", re.IGNORECASE)
READER_KILLED = re.compile(r"DataLoader worker \(pid")
# Whose messages hold the stack trace of another error: PyTorch of such a process, MONAI's SaveImage.
WITH_TRACE = re.compile(r"Original Traceback|^SaveImage cannot find a suitable writer")
IN_TRACE = re.compile(r"^(?:\w+\.)*InputError: (.+)$", re.MULTILINE)
MISSING_ARGUMENT = re.compile(r"(\w+?)(?:\.__init__)?\(\) missing \d+ required .*?arguments?: (.+)")
NOT_FOUND = re.compile(r"Cannot locate class or function path: '(.+)'")
UNKNOWN_ARGUMENT = re.compile(r"(\w+?)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'")


def printable(text: str) -> str:
    """Return a text as one line without control, escape and bidirectional characters, which names and tags can hold."""
    if text.isprintable():  # a report asks for long texts, such as its pictures
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


class InputError(ValueError):
    """A mistake of the user: the message names the file or option, its value, and what to do.

    It is one line of at most `LONGEST` characters that is safe to print; see `printable`.
    """

    def __init__(self, message: object = "") -> None:
        text = printable(str(message))
        super().__init__(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def find_input_error(error: BaseException | None) -> InputError | None:
    """Return the `InputError` behind `error`, through whatever wrapped it (MONAI wraps what a config raises).

    A component in a config that does not exist, lacks an argument or has an unknown one also counts as one, a disk that
    is full or read-only, a file or folder that the user may not read or write, too little memory, and a process that
    reads images and is killed.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        text = str(error)
        if WITH_TRACE.search(text) and (told := IN_TRACE.search(text)):
            return InputError(told[1])
        if isinstance(error, InputError):
            return error
        if isinstance(error, OSError) and error.errno in SYSTEM_ERRORS:
            return InputError(f"{error.filename or 'a file'}: cannot be written: {error.strerror}")
        if isinstance(error, OSError) and error.errno in DENIED and error.filename:
            return InputError(f"{error.filename}: {error.strerror}; change its permissions or give another")
        if isinstance(error, MemoryError) or (isinstance(error, Exception) and NO_MEMORY.search(text)):
            return InputError("not enough memory; smaller images, a smaller batch or a smaller network take less")
        if isinstance(error, RuntimeError) and READER_KILLED.search(text):
            return InputError(
                "a process that reads images was killed, which happens where memory is short; fewer --num_workers "
                "take less"
            )
        seen.add(id(error))
        cause = error.__cause__ or error.__context__
        made, unknown = NOT_MADE.match(text), UNKNOWN_ARGUMENT.match(str(cause))
        if made and unknown and made[1].rpartition(".")[2] == unknown[1]:
            return InputError(
                f"{unknown[1]} has no argument '{unknown[2]}': leave out the config file or option that gives it one"
            )
        if made and (missing := MISSING_ARGUMENT.match(str(cause))) and made[1].rpartition(".")[2] == missing[1]:
            return InputError(f"{missing[1]} needs {missing[2]} as well: add them in the config file that defines it")
        if isinstance(error, ModuleNotFoundError) and (sought := NOT_FOUND.match(text)):
            return InputError(
                f"_target_ {sought[1]}: there is no such class or function; correct the config file that names it"
            )
        error = cause
    return None


def report_input_errors() -> None:
    """Print an `InputError` that ends this process as one line instead of a stack trace; the exit status stays 1.

    Every config calls it first, because ``python -m monai.bundle run`` has no other hook. Also as `print_safely`.
    """
    print_safely()
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        mistake = find_input_error(error)
        if mistake is None:
            previous(kind, error, trace)
        else:
            print(f"error: {mistake}", file=sys.stderr)

    sys.excepthook = hook
    in_threads = threading.excepthook

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if mistake := find_input_error(args.exc_value):
            print(f"error: {mistake}", file=sys.stderr)
        else:
            in_threads(args)

    threading.excepthook = thread_hook


def print_safely() -> None:
    """Make logs of this package and warnings of all `printable`, whatever names and tags they repeat.

    Once more changes nothing: each call would add a function to those that every record goes through.
    """
    if warnings.formatwarning is _describe:
        return
    package = __name__.partition(".")[0]
    make = logging.getLogRecordFactory()

    def make_printable(*args: Any, **options: Any) -> logging.LogRecord:
        record = make(*args, **options)
        if record.name.partition(".")[0] == package:
            record.msg, record.args = printable(record.getMessage()), ()
        return record

    logging.setLogRecordFactory(make_printable)
    warnings.formatwarning = _describe


def _describe(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    return f"{filename}:{lineno}: {category.__name__}: {printable(str(message))[:LONGEST]}\n"
