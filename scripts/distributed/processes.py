# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Start and end the connection of the processes of a run, and choose the GPU of each."""

from __future__ import annotations

import os
import time

import ignite.distributed as idist
import torch

from ..bundle.interruption import report_interruption
from ..bundle.process import prepare_process
from ..bundle.quiet import silence_monai
from ..errors import InputError, report_input_errors
from .failures import report_first_failure, silence_other_processes

THREAD_SECONDS = 0.5  # time for the threads of the connection to end


def own_device() -> torch.device:
    """Return the GPU of this process, or the CPU if there is no GPU.

    Raises:
        InputError: this machine has more processes than GPUs.
    """
    if not torch.cuda.is_available():
        return torch.device("cpu")
    processes, gpus = int(os.environ.get("LOCAL_WORLD_SIZE", 1)), torch.cuda.device_count()
    if processes > gpus:
        raise InputError(
            f"--nproc_per_node {processes}: must be at most the number of GPUs of this machine, {gpus}; start fewer "
            "processes, or set CUDA_VISIBLE_DEVICES to an empty string to use the CPU"
        )
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))


def join_processes(device: str | torch.device) -> None:
    """Connect the processes that `torchrun` has started.

    The multi-GPU overlays call this instead of `prepare_process`, which it includes. Only the first process writes to
    the log, and only the process that fails first reports its error. Without `torchrun` the run is a single process, as
    without the overlay. Another call, by a training within a training, changes nothing.

    Args:
        device: device of this process, must be `own_device`.

    Raises:
        InputError: `device` is another device.
    """
    if _started() > 1 and idist.get_world_size() == 1:
        silence_monai()
        report_input_errors()
        report_first_failure()
        report_interruption()
        if torch.device(device) != own_device():
            raise InputError(
                f"--device {device}: this process must use {own_device()}; omit the option, and set "
                "CUDA_VISIBLE_DEVICES to an empty string to use the CPU"
            )
        idist.initialize("nccl" if own_device().type == "cuda" else "gloo")
    elif _started() == 1:
        prepare_process()
    silence_other_processes()


def leave_processes() -> None:
    """End the connection of the processes at the end of a run."""
    if idist.get_world_size() > 1:
        idist.barrier()
        idist.finalize()
        # If Python ended before the threads of the connection, it would crash with "terminate called without an active
        # exception".
        time.sleep(THREAD_SECONDS)


def check_joined() -> None:
    """Check that the processes started by `torchrun` are connected.

    Raises:
        InputError: they are not, so each would do the whole run in the same folder.
    """
    if _started() > idist.get_world_size():
        raise InputError(
            f"torchrun has started {_started()} processes, but the config is for a single process; add "
            "'configs/multi_gpu_train.json' or 'configs/multi_gpu_evaluate.json' as the last of --config_file"
        )


def _started() -> int:
    return int(os.environ["WORLD_SIZE"]) if "TORCHELASTIC_RUN_ID" in os.environ else 1
