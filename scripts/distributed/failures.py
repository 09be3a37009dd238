# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One message when a run of several processes fails, whichever process it was."""

from __future__ import annotations

import functools
import logging
import os
import sys
from contextlib import redirect_stderr
from datetime import timedelta
from types import TracebackType

import torch.distributed as dist
from monai.utils.dist import RankFilter

from ..errors import find_input_error

FAILURES, TOLD = "failures", "told"
PATIENCE = timedelta(seconds=10)


class _Board:
    """Where processes note that they have failed: in the store of `torchrun`, which outlives them.

    It is only looked for when there is something to note. Where it cannot be reached, every process speaks.
    """

    @functools.cached_property
    def store(self) -> dist.Store | None:
        address, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
        try:
            store = dist.TCPStore(address, port, is_master=False, wait_for_workers=False, timeout=PATIENCE)
        except RuntimeError:
            return None
        return dist.PrefixStore(f"attempt {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)

    def claim(self) -> bool:
        """Note a failure; True for the first."""
        return self.store is None or self.store.add(FAILURES, 1) == 1

    def holds_failure(self) -> bool:
        return self.store is not None and self.store.check([FAILURES])

    def mark_told(self) -> None:
        if self.store is not None:
            self.store.set(TOLD, "")

    def wait_until_told(self) -> None:
        if self.store is not None:
            self.store.wait([TOLD], PATIENCE)


_board: _Board | None = None


def report_first_failure() -> None:
    """Let the process that fails first report its error; those that fail because of it say nothing.

    Which would be, with a stack trace each, that a connection was closed, or the same mistake once more.
    """
    global _board
    _board = board = _Board()
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if board.claim():
            with redirect_stderr(sys.__stderr__):  # at once: PyTorch would hold it back until this function ends
                if find_input_error(error) is None:
                    print(f"Process {os.environ['RANK']} of {os.environ['WORLD_SIZE']} failed:", file=sys.stderr)
                previous(kind, error, trace)
                sys.stderr.flush()
            board.mark_told()
        else:  # torchrun ends all as soon as one is gone: not before the message is out
            board.wait_until_told()

    sys.excepthook = hook


def silence_others() -> None:
    """Keep all but the first process out of the log, and out of the first's what only follows another's failure."""
    if _board is None:
        return
    for handler in logging.getLogger().handlers:
        handler.addFilter(RankFilter())
        handler.addFilter(lambda record: record.levelno < logging.ERROR or not _board.holds_failure())
