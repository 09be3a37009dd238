# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Train a student with any number of teachers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ignite.distributed as idist
import torch
from monai.engines import SupervisedTrainer
from monai.inferers import Inferer
from monai.utils import CommonKeys, convert_to_tensor
from torch import nn
from torch.optim.optimizer import Optimizer

from ..distributed import average_gradients, weigh_by_images
from ..handlers.loss_monitor import LossMonitor
from ..losses import JointDistillationLoss, WeightBalanceLoss

FINETUNE, FROZEN = "finetune", "frozen"
FIXED, BY_CLASS = "fixed", "class"


class DistillationTrainer(SupervisedTrainer):
    """A `SupervisedTrainer` whose network, the student, also learns from the predictions of teachers.

    In every iteration each teacher predicts the batch; the student learns from the annotation and from these
    predictions. In mode ``"finetune"`` (the paper's) each teacher also goes on learning from the annotations of the
    images of its own classes, with its own optimizer and loss, and never from the student. In mode ``"frozen"`` it
    computes no gradient and has no optimizer.

    Teachers are always in evaluation mode. While they are fine-tuned this keeps their batch normalisation statistics,
    since a batch often holds one or two images of a class, too few to estimate them from; all weights still learn.

    In several processes give the student as `scripts.distributed.data_parallel` returns it, and the teachers as they
    are: each takes the steps that it would take in one process with the whole batch, on the mean over the images of
    its classes, whichever processes have them.

    All terms are kept in ``engine.state.loss_terms`` and, averaged over an epoch, in ``engine.state.metrics`` as
    ``loss``, ``hard``, ``soft_<teacher>`` and, while fine-tuning, ``teacher_<teacher>``; see `LossMonitor` for
    when they stop the run. Everything else (precision, accumulation, handlers, metrics) is `SupervisedTrainer`'s.

    Args:
        device: where the student is trained and where the teachers already are.
        max_epochs: epochs to train.
        train_data_loader: batches of images and labels; in mode finetune with `teacher_classes` also the classes.
        network: the student.
        optimizer: the student's.
        loss_function: the joint loss; the names of its weights are the names of the teachers.
        teachers: networks by name, of any architecture, with as many output channels as the student.
        teacher_mode: ``"finetune"`` or ``"frozen"``.
        teacher_optimizers: one for each teacher, by name; only and always in mode finetune.
        teacher_loss_function: compares a teacher's logits with the annotation; default `WeightBalanceLoss`.
        teacher_classes: for each teacher the classes whose images it learns from; a teacher not named here learns
            from all.
        teacher_routing: ``"fixed"`` (the paper's) gives each teacher its weight of `loss_function` for every image;
            ``"class"`` shares the sum of these weights, image by image, among the teachers whose `teacher_classes`
            have the image's class, in proportion to their weights. An image whose class no teacher has keeps the
            fixed weights.
        class_key: where a batch holds the class name of each image.
        teacher_inferer: runs the teachers; default is the student's `inferer`.
        train_handlers: as in `SupervisedTrainer`; a `LossMonitor` for all terms goes before them.
        kwargs: further arguments of `SupervisedTrainer`.

    Raises:
        ValueError: an unknown mode or routing, names that do not belong together, optimizers in mode frozen or missing
            in mode finetune, fine-tuning with gradient accumulation.

    Example:
        >>> import torch
        >>> from monai.data import DataLoader
        >>> from scripts.engines import DistillationTrainer
        >>> from scripts.losses import JointDistillationLoss
        >>> from scripts.networks import StuNet
        >>> student, teacher = StuNet(features=(4, 8)), StuNet(features=(8, 16))
        >>> images = [{"image": torch.rand(1, 16, 16), "label": torch.ones(1, 16, 16)} for _ in range(4)]
        >>> trainer = DistillationTrainer(
        ...     device="cpu",
        ...     max_epochs=1,
        ...     train_data_loader=DataLoader(images, batch_size=2),
        ...     network=student,
        ...     optimizer=torch.optim.Adam(student.parameters()),
        ...     loss_function=JointDistillationLoss({"benign": 0.7}),
        ...     teachers={"benign": teacher},
        ...     teacher_mode="frozen",
        ... )
        >>> trainer.run()
        >>> sorted(trainer.state.metrics)
        ['hard', 'loss', 'soft_benign']
    """

    def __init__(
        self,
        device: str | torch.device,
        max_epochs: int,
        train_data_loader: Iterable,
        network: nn.Module,
        optimizer: Optimizer,
        loss_function: JointDistillationLoss,
        teachers: Mapping[str, nn.Module],
        teacher_mode: str = FINETUNE,
        teacher_optimizers: Mapping[str, Optimizer] | None = None,
        teacher_loss_function: nn.Module | None = None,
        teacher_classes: Mapping[str, Sequence[str]] | None = None,
        teacher_routing: str = FIXED,
        class_key: str = "class",
        teacher_inferer: Inferer | None = None,
        train_handlers: Sequence | None = None,
        **kwargs: Any,
    ) -> None:
        teacher_optimizers = dict(teacher_optimizers or {})
        teacher_classes = dict(teacher_classes or {})
        if teacher_mode not in (FINETUNE, FROZEN):
            raise ValueError(f"teacher_mode must be '{FINETUNE}' or '{FROZEN}', got '{teacher_mode}'.")
        if teacher_routing not in (FIXED, BY_CLASS):
            raise ValueError(f"teacher_routing must be '{FIXED}' or '{BY_CLASS}', got '{teacher_routing}'.")
        if set(teachers) != set(loss_function.teacher_weights):
            raise ValueError(
                f"the teachers {sorted(teachers)} are not those of the loss {sorted(loss_function.teacher_weights)}."
            )
        wanted = set(teachers) if teacher_mode == FINETUNE else set()
        if set(teacher_optimizers) != wanted:
            raise ValueError(
                f"teacher_mode '{teacher_mode}' needs optimizers for the teachers {sorted(wanted)}, "
                f"got {sorted(teacher_optimizers)}."
            )
        if set(teacher_classes) - set(teachers):
            raise ValueError(f"teacher_classes names {sorted(teacher_classes)}, the teachers are {sorted(teachers)}.")
        if teacher_mode == FINETUNE and kwargs.get("accumulation_steps", 1) > 1:
            raise ValueError("teacher_mode 'finetune' steps in every iteration: accumulation_steps must be 1.")

        self.teachers = dict(teachers)
        self.teacher_mode = teacher_mode
        self.teacher_optimizers = teacher_optimizers
        self.teacher_loss_function = WeightBalanceLoss() if teacher_loss_function is None else teacher_loss_function
        self.teacher_classes = teacher_classes
        self.teacher_routing = teacher_routing
        self.class_key = class_key
        self.distillation_loss = loss_function
        self._predictions: dict[str, torch.Tensor] = {}
        self._image_weights: dict[str, torch.Tensor] | None = None
        for teacher in self.teachers.values():
            teacher.eval().requires_grad_(teacher_mode == FINETUNE)
        self._learners = {name: average_gradients(self.teachers[name]) for name in teacher_optimizers}
        expected = [*loss_function.term_names, *(f"teacher_{name}" for name in teacher_optimizers)]
        super().__init__(
            device=device,
            max_epochs=max_epochs,
            train_data_loader=train_data_loader,
            network=network,
            optimizer=optimizer,
            loss_function=self._student_loss,
            train_handlers=[LossMonitor(expected), *(train_handlers or [])],
            **kwargs,
        )
        # A batch is prepared once, for the teachers here and for the student in `SupervisedTrainer`.
        self._prepare, self.prepare_batch = self.prepare_batch, lambda *args, **kwargs: self._prepared
        self.teacher_inferer = self.inferer if teacher_inferer is None else teacher_inferer

    def _iteration(self, engine: SupervisedTrainer, batchdata: dict[str, Any]) -> dict:
        """Let the teachers predict (and learn), then do `SupervisedTrainer`'s iteration with the joint loss.

        Args:
            engine: this trainer.
            batchdata: a batch, as `SupervisedTrainer` takes it.

        Returns:
            Image, label, prediction and loss, as `SupervisedTrainer`.
        """
        engine.state.loss_terms, engine.state.term_images = {}, {}
        self._prepared = self._prepare(batchdata, engine.state.device, engine.non_blocking, **engine.to_kwargs)
        inputs, targets, *_ = self._prepared  # what else there is goes to the student alone
        # Indexing and losses have no use for MONAI's metadata.
        inputs, targets = (convert_to_tensor(value, track_meta=False) for value in (inputs, targets))
        self._image_weights = self._route(batchdata) if self.teacher_routing == BY_CLASS else None
        with torch.autocast("cuda", enabled=bool(engine.amp and engine.scaler is not None), **engine.amp_kwargs):
            self._predictions = {
                name: self._predict_and_learn(name, inputs, targets, batchdata) for name in self.teachers
            }
        return super()._iteration(engine, batchdata)

    def _predict_and_learn(
        self, name: str, inputs: torch.Tensor, targets: torch.Tensor, batchdata: Mapping[str, Any]
    ) -> torch.Tensor:
        """Return the logits of one teacher for the batch, computed before this iteration's step changes it."""
        own = self._own_images(name, len(inputs), batchdata)
        images = int(own.sum())
        if name in self._learners and idist.all_reduce(images) > 0 and images == 0:
            own[0] = True  # every process takes part in a step: here with an image that has no say
        own = own.to(inputs.device)
        parts = []
        if not own.all():
            with torch.no_grad():
                parts.append((~own, self.teacher_inferer(inputs[~own], self.teachers[name])))
        if own.any():
            logits = self.teacher_inferer(inputs[own], self._learners[name])
            parts.append((own, logits.detach()))
            loss = self.teacher_loss_function(weigh_by_images(logits, images), targets[own])
            self._step(self.teacher_optimizers[name], loss)  # after all of the teacher's predictions
            if images:
                self.state.loss_terms[f"teacher_{name}"] = loss.detach()
                self.state.term_images[f"teacher_{name}"] = images
        predictions = parts[0][1].new_empty(len(inputs), *parts[0][1].shape[1:])
        for where, logits in parts:
            predictions[where] = logits
        return predictions

    def _route(self, batchdata: Mapping[str, Any]) -> dict[str, torch.Tensor]:
        """Return the weight of each teacher for each image of the batch, by name, shape (B,)."""
        fixed = self.distillation_loss.teacher_weights
        columns: dict[str, list[float]] = {name: [] for name in fixed}
        for value in self._classes(batchdata):
            own = {name: fixed[name] for name in fixed if value in self.teacher_classes.get(name, (value,))}
            share = sum(fixed.values()) / sum(own.values()) if sum(own.values()) > 0 else 0.0
            for name, column in columns.items():
                column.append(own.get(name, 0.0) * share if share else fixed[name])
        return {name: torch.tensor(column) for name, column in columns.items()}

    def _classes(self, batchdata: Mapping[str, Any]) -> Sequence[str]:
        if self.class_key not in batchdata:
            raise ValueError(
                f"teachers learn from classes {dict(self.teacher_classes)}, but a batch has no '{self.class_key}'."
            )
        return batchdata[self.class_key]

    def _own_images(self, name: str, batch_size: int, batchdata: Mapping[str, Any]) -> torch.Tensor:
        """Which images of the batch the teacher learns from, shape (B,), bool."""
        if self.teacher_mode == FROZEN:
            return torch.zeros(batch_size, dtype=torch.bool)
        if name not in self.teacher_classes:
            return torch.ones(batch_size, dtype=torch.bool)
        return torch.tensor([value in self.teacher_classes[name] for value in self._classes(batchdata)])

    def _step(self, optimizer: Optimizer, loss: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        if self.amp and self.scaler is not None:  # the student's step, which comes after, updates the scaler
            self.scaler.scale(loss).backward()
            self.scaler.step(optimizer)
        else:
            loss.backward()
            optimizer.step()

    def _student_loss(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        terms = self.distillation_loss(prediction, target, self._predictions, self._image_weights)
        self.state.loss_terms.update({name: term.detach() for name, term in terms.items()})
        return terms[CommonKeys.LOSS]
