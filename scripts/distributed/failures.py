# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Report the failure of a run with several processes once, by the process that failed first."""

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

FAILURES, REPORTED = "failures", "reported"  # keys in the store
TIMEOUT = timedelta(seconds=10)


class _FailureStore:
    """Records failures of processes in the key-value store of `torchrun`, which outlives them.

    It is connected at first use. If it cannot be reached, every process reports its error.
    """

    @functools.cached_property
    def store(self) -> dist.Store | None:
        address, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
        try:
            store = dist.TCPStore(address, port, is_master=False, wait_for_workers=False, timeout=TIMEOUT)
        except RuntimeError:
            return None
        return dist.PrefixStore(f"attempt {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)

    def add_failure(self) -> bool:
        """Record a failure; return whether it is the first."""
        return self.store is None or self.store.add(FAILURES, 1) == 1

    def has_failure(self) -> bool:
        return self.store is not None and self.store.check([FAILURES])

    def set_reported(self) -> None:
        if self.store is not None:
            self.store.set(REPORTED, "")

    def wait_until_reported(self) -> None:
        if self.store is not None:
            self.store.wait([REPORTED], TIMEOUT)


_failures: _FailureStore | None = None


def report_first_failure() -> None:
    """Print only the error of the process that fails first.

    The others fail because of it, and would print the same error or that a connection was closed.
    """
    global _failures
    _failures = failures = _FailureStore()
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if failures.add_failure():
            with redirect_stderr(sys.__stderr__):  # PyTorch's stream would be written only after this function
                if find_input_error(error) is None:
                    print(f"Process {os.environ['RANK']} of {os.environ['WORLD_SIZE']} failed:", file=sys.stderr)
                previous(kind, error, trace)
                sys.stderr.flush()
            failures.set_reported()
        else:  # torchrun kills all processes when one has ended, so wait for the message
            failures.wait_until_reported()

    sys.excepthook = hook


def silence_other_processes() -> None:
    """Log only in the first process, and no errors there after another process has failed."""
    if _failures is None:
        return
    for handler in logging.getLogger().handlers:
        handler.addFilter(RankFilter())
        handler.addFilter(lambda record: record.levelno < logging.ERROR or not _failures.has_failure())
