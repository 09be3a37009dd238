# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""End the processes that a command has started when the command itself ends in any way, ``kill -9`` included."""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "LIGHTBTSEG_PARENT"  # descriptor of a pipe that the parent never writes to, in the environment of children


class Lifeline:
    """A pipe whose other end closes with this process.

    Pass `descriptor` to children (``pass_fds``) and add `environment` to theirs; they call `end_with_parent`.
    """

    def __init__(self) -> None:
        self.descriptor, self._end = os.pipe()

    @property
    def environment(self) -> dict[str, str]:
        """The variable that tells children of the pipe."""
        return {VARIABLE: str(self.descriptor)}

    def close(self) -> None:
        """Close the pipe: children that are still running end."""
        os.close(self._end)
        os.close(self.descriptor)


def end_with_parent() -> None:
    """Make SIGTERM end this process when the parent that passed it a `Lifeline` has ended; else without effect."""
    descriptor = os.environ.pop(VARIABLE, None)
    if descriptor is not None:
        threading.Thread(target=_wait, args=(int(descriptor),), daemon=True).start()


def _wait(descriptor: int) -> None:
    try:
        os.read(descriptor, 1)  # returns when the pipe closes
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGTERM)
