# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The processes of a run: how they find each other, and how they end."""

from __future__ import annotations

import os
import time

import ignite.distributed as idist
import torch

from ..bundle.interruption import report_interruption
from ..bundle.process import prepare_process
from ..bundle.quiet import silence_monai
from ..errors import InputError, report_input_errors
from .failures import report_first_failure, silence_others

SECONDS_OF_THREADS = 0.5


def own_device() -> torch.device:
    """Return the GPU of this process, or the CPU where there is none.

    Raises:
        InputError: there are more processes on this machine than GPUs.
    """
    if not torch.cuda.is_available():
        return torch.device("cpu")
    processes, gpus = int(os.environ.get("LOCAL_WORLD_SIZE", 1)), torch.cuda.device_count()
    if processes > gpus:
        raise InputError(
            f"--nproc_per_node {processes}: this machine has {gpus} GPU{'s' if gpus > 1 else ''}, and each process "
            "takes one; start fewer, or set CUDA_VISIBLE_DEVICES to nothing to compute on the CPU"
        )
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))


def join_processes(device: str | torch.device) -> None:
    """Take part in the run of all processes that `torchrun` has started, and let what ends one of them end all.

    The multi-GPU overlays call it in place of `prepare_process`, whose work it does too. The first process alone writes
    to the log; a failure is reported once, by the process that failed first. Started without `torchrun`, a run is one
    process, as without the overlay. Called again, for a training inside a training, it changes nothing.

    Args:
        device: where this process computes, `own_device`.

    Raises:
        InputError: another device.
    """
    if _started() > 1 and idist.get_world_size() == 1:
        silence_monai()
        report_input_errors()
        report_first_failure()
        report_interruption()
        if torch.device(device) != own_device():
            raise InputError(
                f"--device {device}: among several processes each has its own, here {own_device()}; leave the option "
                "out, and set CUDA_VISIBLE_DEVICES to nothing to compute on the CPU"
            )
        idist.initialize("nccl" if own_device().type == "cuda" else "gloo")
    elif _started() == 1:
        prepare_process()
    silence_others()


def leave_processes() -> None:
    """End the connection of the processes, at the end of a run."""
    if idist.get_world_size() > 1:
        idist.barrier()
        idist.finalize()
        # Threads of the connection let go of what they sent a moment after the last message. Should Python end before,
        # they end it with "terminate called without an active exception".
        time.sleep(SECONDS_OF_THREADS)


def check_joined() -> None:
    """Make sure that processes that `torchrun` has started know of each other.

    Raises:
        InputError: each would do the whole run, all in one folder.
    """
    if _started() > idist.get_world_size():
        raise InputError(
            f"torchrun has started {_started()} processes for configs of a single one; add "
            "'configs/multi_gpu_train.json' or 'configs/multi_gpu_evaluate.json' as the last of --config_file"
        )


def _started() -> int:
    return int(os.environ["WORLD_SIZE"]) if "TORCHELASTIC_RUN_ID" in os.environ else 1
