# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Provenance of results: the settings, command, software and device that produced them."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

import ignite
import ignite.distributed as idist
import monai
import torch
from ignite.engine import Engine

from ..inferers.autocast import has_bfloat16
from .program import describe_program


class Provenance:
    """Describe a run for its result files: settings, command, software, device and time.

    Args:
        settings: the settings behind the results: data, split, fold, seed, image size, epochs ...
        device: device of the network.
        trainer: the trainer, with a `TrainingCheckpoint`; None if nothing was trained.
    """

    def __init__(self, settings: Mapping[str, Any], device: str | torch.device, trainer: Engine | None = None) -> None:
        self.settings = dict(settings)
        self.device = torch.device(device)
        self.trainer = trainer

    def __call__(self) -> dict[str, Any]:
        """Return the current description as a JSON-serialisable dict."""
        trained: Any = None if self.trainer is None else self.trainer.state  # Ignite's takes any attribute
        program = describe_program()
        return {
            **self.settings,
            "bundle": program["bundle"],
            "command": program["command"],
            "training_seconds": None if trained is None else round(trained.training_seconds, 1),
            "device": self._device_name(),
            "processes": idist.get_world_size(),
            "precision": "bfloat16" if self.settings.get("amp") and has_bfloat16(self.device) else "float32",
            "torch": torch.__version__,
            "monai": monai.__version__,
            "ignite": ignite.__version__,
            "python": program["python"],
            "date": program["date"],
        }

    def _device_name(self) -> str:
        if self.device.type == "cuda":
            return torch.cuda.get_device_name(self.device)
        return (
            f"{torch.cpu.get_capabilities().get('cpu_name', platform.processor())}, {torch.get_num_threads()} threads"
        )
