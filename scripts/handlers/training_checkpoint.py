# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Save the best and the last weights of a training, and checkpoints to resume it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ignite.distributed as idist
from ignite.engine import Engine, Events
from monai.engines import Evaluator
from torch import nn
from torch.optim.optimizer import Optimizer

from ..distributed import rank_zero_only
from ..errors import InputError
from ..files.folders import make_folder
from ..networks.weights import read_checkpoint, write_checkpoint
from ..runs.file_names import BEST, FINAL, LAST, RESUME, TEACHER

logger = logging.getLogger(__name__)

# What PyTorch's schedules call the steps or epochs that they were made for.
LENGTHS = ("total_steps", "total_iters", "T_max")


class TrainingCheckpoint:
    """Save the weights and a checkpoint at the end of epochs, and resume a training from its checkpoint.

    Files in `save_dir`: ``model.pt``, the network's state dict in the epoch with the best validation; ``last.pt``, its
    state dict after the last epoch; and, until the run is complete, ``checkpoint.pt``, to resume from. All are written
    atomically. At the end of the training ``engine.state.training_seconds`` is its wall time, including that before it
    was resumed, ``engine.state.seconds_before``.

    MONAI's `CheckpointSaver` writes in place, so a kill while it saves destroys the only checkpoint. Ignite's
    `DiskSaver` writes to a temporary file first, but a kill leaves gigabytes under a random name that no later run can
    find and delete. This handler must be the last of the trainer's handlers, after validation and learning rate
    schedule. With several processes only the first writes, and all resume.

    Args:
        save_dir: folder of the files.
        network: network whose weights are saved, in a distillation the student; not wrapped for several processes.
        state: other objects with a ``state_dict`` that the training changes, by name: optimizers, schedules.
        evaluator: evaluator of the validation, whose key metric determines the best epoch.
        teachers: teachers that are fine-tuned, by name; their last weights are saved as ``teacher_<name>.pt``.
        settings: settings that determine the result. A run can only be resumed with the same settings, except
            ``epochs``.
        interval: epochs between checkpoints; the first, the last and each best epoch so far always have one. A
            checkpoint includes the optimizers, some gigabytes for large teachers.
        resume: whether to continue from ``checkpoint.pt``.
        teacher_optimizers: optimizers of `teachers`, by name.

    Raises:
        InputError: at the start of the training, if `resume` is set and the checkpoint is damaged or of another run, or
            has a learning rate schedule that was made for fewer steps; its files stay as they are.

    Example:
        >>> from pathlib import Path
        >>> import torch
        >>> from monai.data import DataLoader
        >>> from monai.engines import SupervisedEvaluator, SupervisedTrainer
        >>> from monai.handlers import MeanDice, ValidationHandler, from_engine
        >>> from monai.transforms import AsDiscreted
        >>> from scripts.handlers import TrainingCheckpoint
        >>> from scripts.losses import WeightBalanceLoss
        >>> from scripts.networks import StuNet
        >>> loader = DataLoader([{"image": torch.rand(1, 16, 16), "label": torch.ones(1, 16, 16)}])
        >>> network = StuNet(features=(4, 8))
        >>> optimizer = torch.optim.Adam(network.parameters())
        >>> evaluator = SupervisedEvaluator(
        ...     device="cpu",
        ...     val_data_loader=loader,
        ...     network=network,
        ...     postprocessing=AsDiscreted(["pred", "label"], argmax=[True, False], to_onehot=2),
        ...     key_val_metric={"dice": MeanDice(output_transform=from_engine(["pred", "label"]))},
        ... )
        >>> trainer = SupervisedTrainer(
        ...     device="cpu",
        ...     max_epochs=2,
        ...     train_data_loader=loader,
        ...     network=network,
        ...     optimizer=optimizer,
        ...     loss_function=WeightBalanceLoss(),
        ...     train_handlers=[
        ...         ValidationHandler(interval=1, validator=evaluator),
        ...         TrainingCheckpoint("run", network, {"optimizer": optimizer}, evaluator),
        ...     ],
        ... )
        >>> trainer.run()
        >>> sorted(path.name for path in Path("run").glob("*.pt"))
        ['checkpoint.pt', 'last.pt', 'model.pt']
    """

    def __init__(
        self,
        save_dir: str | Path,
        network: nn.Module,
        state: Mapping[str, Any],
        evaluator: Evaluator,
        teachers: Mapping[str, nn.Module] | None = None,
        settings: Mapping[str, Any] | None = None,
        interval: int = 1,
        resume: bool = False,
        teacher_optimizers: Mapping[str, Optimizer] | None = None,
    ) -> None:
        self.save_dir = Path(save_dir)
        self.network = network
        self.teachers = dict(teachers or {})
        self.state = {
            **state,
            **{f"teacher_{name}": teacher for name, teacher in self.teachers.items()},
            **{f"teacher_optimizer_{name}": optimizer for name, optimizer in (teacher_optimizers or {}).items()},
        }
        self.settings = dict(settings or {})
        self.interval = interval
        self.evaluator = evaluator
        self.resume = resume
        self._seconds_before = 0.0
        self._started = time.monotonic()

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: a trainer.
        """
        engine.add_event_handler(Events.STARTED, self._start)
        engine.add_event_handler(Events.EPOCH_COMPLETED, self._save)
        engine.add_event_handler(Events.COMPLETED, self._complete)

    def _start(self, engine: Engine) -> None:
        self._started = time.monotonic()
        make_folder(self.save_dir)
        if not self.resume:
            return
        path = self.save_dir / RESUME
        if not path.exists() and (self.save_dir / FINAL).exists():  # a complete run that is extended by more epochs
            path = self.save_dir / FINAL
        if not path.exists():
            logger.info(f"No checkpoint in {self.save_dir}: training starts from the beginning.")
            return
        checkpoint = read_checkpoint(path, "checkpoint")
        self._compare_settings(path, checkpoint.get("settings", {}))
        lengths = {name: _length(part) for name, part in self.state.items()}
        try:
            self.network.load_state_dict(checkpoint["network"])
            for name, part in self.state.items():
                part.load_state_dict(checkpoint["state"][name])
            progress = checkpoint["progress"]
        except (KeyError, RuntimeError, ValueError) as error:
            raise InputError(
                f"checkpoint '{path}' does not fit this run ({str(error).splitlines()[0]}); resume with the options of "
                "its first start, or choose another --output_dir"
            ) from None
        for name, part in self.state.items():
            if lengths[name] > _length(part):
                raise InputError(
                    f"--epochs {engine.state.max_epochs}: the learning rate schedule of '{path}' was made for "
                    f"{checkpoint.get('settings', {}).get('epochs', progress['epoch'])} epochs; a longer training "
                    "starts anew, in another --output_dir or with --overwrite true"
                )
        state: Any = engine.state  # Ignite allows any attribute
        state.first_loss = progress.get("first_loss", 0.0)  # none in checkpoints before version 0.11
        state.seconds_before = self._seconds_before = progress["seconds"]
        engine.state.epoch = progress["epoch"]
        engine.state.iteration = progress["iteration"]
        self.evaluator.state.best_metric = progress["best_metric"]
        self.evaluator.state.best_metric_epoch = progress["best_metric_epoch"]
        if path.name == FINAL and engine.state.epoch < (engine.state.max_epochs or 0):
            idist.barrier()  # all processes have read it
            self._mark_unfinished()
        if progress["best_metric_epoch"] == progress["epoch"]:  # the run may have been killed before writing this
            self._write(self.network.state_dict(), BEST)
        logger.info(f"Resumed from {path}: {progress['epoch']} of {engine.state.max_epochs} epochs are complete.")

    @rank_zero_only
    def _mark_unfinished(self) -> None:
        """Make the checkpoint of a complete run that of an unfinished one, which it is from now on."""
        (self.save_dir / FINAL).replace(self.save_dir / RESUME)

    def _save(self, engine: Engine) -> None:
        weights = self.network.state_dict()
        best = self.evaluator.state
        progress = {
            "epoch": engine.state.epoch,
            "iteration": engine.state.iteration,
            "best_metric": float(best.best_metric),
            "best_metric_epoch": best.best_metric_epoch,
            "seconds": self.seconds,
            "first_loss": getattr(engine.state, "first_loss", 0.0),
        }
        is_best = best.best_metric_epoch == engine.state.epoch
        # The checkpoint first, because weights without a checkpoint mean a complete run. One with each best epoch,
        # because on a GPU a resumed run may not come by that epoch again: its weights would be of no epoch of the run.
        if is_best or engine.state.epoch in (1, engine.state.max_epochs) or engine.state.epoch % self.interval == 0:
            state = {name: part.state_dict() for name, part in self.state.items()}
            checkpoint = {"network": weights, "state": state, "progress": progress, "settings": self.settings}
            self._write(checkpoint, RESUME)
        if is_best:
            self._write(weights, BEST)

    def _complete(self, engine: Engine) -> None:
        state: Any = engine.state  # Ignite allows any attribute
        state.training_seconds = self.seconds
        self._write(self.network.state_dict(), LAST)
        for name, teacher in self.teachers.items():
            self._write(teacher.state_dict(), TEACHER.format(name))

    def _compare_settings(self, path: Path, before: Mapping[str, Any]) -> None:
        for name in sorted(before.keys() & self.settings.keys() - {"epochs"}):
            if before[name] != self.settings[name]:
                raise InputError(
                    f"--resume true: '{path}' was started with {name} {before[name]}, not {self.settings[name]}; "
                    "resume with the same options"
                )

    @rank_zero_only
    def _write(self, content: Mapping[str, Any], name: str) -> None:
        if not self.save_dir.is_dir():
            raise InputError(f"--output_dir {self.save_dir}: was removed during the training; start it again")
        write_checkpoint(content, self.save_dir / name)

    @property
    def seconds(self) -> float:
        """Wall time of the training so far, including the time before it was resumed."""
        return self._seconds_before + time.monotonic() - self._started


def _length(part: Any) -> float:
    """Return the steps or epochs that a schedule was made for; 0 for one that goes on, and for what is no schedule."""
    parts = getattr(part, "_schedulers", ())  # of PyTorch's `SequentialLR` and `ChainedScheduler`
    return max(*(getattr(part, name, 0) for name in LENGTHS), *map(_length, parts))
