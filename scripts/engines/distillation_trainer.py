# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI trainer for knowledge distillation from any number of teachers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ignite.distributed as idist
import torch
from monai.engines import SupervisedTrainer
from monai.inferers import Inferer
from monai.utils import CommonKeys, convert_to_tensor
from torch import nn
from torch.optim.optimizer import Optimizer

from ..distributed import average_gradients, scale_gradient_by_images
from ..errors import InputError
from ..handlers.loss_monitor import LossMonitor
from ..inferers.outputs import are_probabilities, full_resolution
from ..losses import JointDistillationLoss, WeightBalanceLoss

FINETUNE, FROZEN = "finetune", "frozen"
FIXED, BY_CLASS = "fixed", "class"


class DistillationTrainer(SupervisedTrainer):
    """A `SupervisedTrainer` for knowledge distillation: the student also learns from the predictions of teachers.

    In every iteration each teacher predicts the batch, and the student learns from the ground truth and from these
    predictions. In mode ``"finetune"`` (as in the paper) each teacher also learns from the ground truth of the images
    of its classes, with a separate optimizer and loss. In mode ``"frozen"`` teachers do not learn.

    Teachers are always in evaluation mode. In mode ``"finetune"`` this keeps their batch normalisation statistics,
    because a batch often has only one or two images of a class, too few to estimate them; all weights still learn.

    With several processes, pass the student as returned by `scripts.distributed.data_parallel`, and the teachers
    unwrapped. Each teacher is updated as in one process with the whole batch, by the mean over the images of its
    classes in all processes.

    All loss terms are in ``engine.state.loss_terms``, and their means over an epoch in ``engine.state.metrics``:
    ``loss``, ``hard``, ``soft_<teacher>`` and, in mode ``"finetune"``, ``teacher_<teacher>``. See `LossMonitor` for the
    conditions that stop the training.

    Args:
        device: device of student and teachers.
        max_epochs: number of epochs.
        train_data_loader: batches of images and labels, with the classes if `teacher_classes` is set.
        network: the student. If it or a teacher returns several outputs, the one that `full_resolution` of
            `scripts.inferers.outputs` selects is used.
        optimizer: optimizer of the student.
        loss_function: the joint loss; its weights have the names of the teachers.
        teachers: networks by name, of any architecture, with as many output channels as the student.
        teacher_mode: ``"finetune"`` or ``"frozen"``.
        teacher_optimizers: optimizer of each teacher by name; required in mode ``"finetune"``, else not allowed.
        teacher_loss_function: loss of a teacher's logits and the ground truth; default `WeightBalanceLoss`.
        teacher_classes: classes of the images that each teacher learns from, by name; default all classes.
        teacher_routing: ``"fixed"`` (as in the paper): each teacher has its weight in `loss_function` for every image.
            ``"class"``: for each image the sum of these weights is divided, in proportion, among the teachers whose
            `teacher_classes` include the class of the image. Images of other classes have the fixed weights.
        class_key: key of the class names in a batch.
        unlabelled_class: class of images without a ground truth. They have no part in the hard loss and in the
            fine-tuning of teachers; each batch needs an image of another class.
        teacher_inferer: runs the teachers; default is the `inferer` of the student.
        train_handlers: see `SupervisedTrainer`; a `LossMonitor` for all terms is put before them.
        kwargs: other arguments of `SupervisedTrainer`.

    Raises:
        ValueError: an unknown mode or routing; names of teachers that do not match; optimizers in mode ``"frozen"`` or
            missing optimizers in mode ``"finetune"``, or optimizers of other networks' parameters; mode ``"finetune"``
            with gradient accumulation.
        InputError: during the training, if a network returns no logits of the images' size.

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
        unlabelled_class: str = "unlabelled",
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
                f"teachers {sorted(teachers)} do not match the weights of the loss "
                f"{sorted(loss_function.teacher_weights)}."
            )
        expected_optimizers = set(teachers) if teacher_mode == FINETUNE else set()
        if set(teacher_optimizers) != expected_optimizers:
            raise ValueError(
                f"teacher_mode '{teacher_mode}' needs optimizers for the teachers {sorted(expected_optimizers)}, "
                f"got {sorted(teacher_optimizers)}."
            )
        if not _parameters(optimizer) & set(network.parameters()):
            raise ValueError("optimizer: holds no parameter of network; make it of network.parameters().")
        for name, teacher_optimizer in teacher_optimizers.items():
            if not _parameters(teacher_optimizer) <= set(teachers[name].parameters()):
                raise ValueError(
                    f"teacher_optimizers['{name}']: holds parameters that are not of teachers['{name}']; "
                    f"make it of teachers['{name}'].parameters()."
                )
        if set(teacher_classes) - set(teachers):
            raise ValueError(f"teacher_classes has {sorted(teacher_classes)}, but the teachers are {sorted(teachers)}.")
        if teacher_mode == FINETUNE and kwargs.get("accumulation_steps", 1) > 1:
            raise ValueError("teacher_mode 'finetune' has no gradient accumulation; accumulation_steps must be 1.")

        self.teachers = dict(teachers)
        self.teacher_mode = teacher_mode
        self.teacher_optimizers = teacher_optimizers
        self.teacher_loss_function = WeightBalanceLoss() if teacher_loss_function is None else teacher_loss_function
        self.teacher_classes = teacher_classes
        self.teacher_routing = teacher_routing
        self.class_key = class_key
        self.unlabelled_class = unlabelled_class
        self.distillation_loss = loss_function
        self._predictions: dict[str, torch.Tensor] = {}
        self._image_weights: dict[str, torch.Tensor] | None = None
        self._labelled = torch.tensor([], dtype=torch.bool)
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
        self.teacher_inferer = _LogitsInferer(self.inferer if teacher_inferer is None else teacher_inferer)
        self.inferer = _LogitsInferer(self.inferer)

    def _iteration(self, engine: SupervisedTrainer, batchdata: dict[str, Any]) -> dict:
        """Run the teachers (and fine-tune them), then the iteration of `SupervisedTrainer` with the joint loss.

        Args:
            engine: this trainer.
            batchdata: a batch of the data loader.

        Returns:
            Image, label, prediction and loss, see `SupervisedTrainer`.
        """
        engine.state.loss_terms, engine.state.term_images = {}, {}
        self._prepared = self._prepare(batchdata, engine.state.device, engine.non_blocking, **engine.to_kwargs)
        inputs, targets, *_ = self._prepared  # other arguments are for the student only
        # Metadata would only slow down indexing and losses.
        inputs, targets = (convert_to_tensor(value, track_meta=False) for value in (inputs, targets))
        self._labelled = self._find_labelled(batchdata, len(inputs))
        self._image_weights = self._route(batchdata) if self.teacher_routing == BY_CLASS else None
        with torch.autocast("cuda", enabled=bool(engine.amp and engine.scaler is not None), **engine.amp_kwargs):
            self._predictions = {
                name: self._predict_and_learn(name, inputs, targets, batchdata) for name in self.teachers
            }
        return super()._iteration(engine, batchdata)

    def _predict_and_learn(
        self, name: str, inputs: torch.Tensor, targets: torch.Tensor, batchdata: Mapping[str, Any]
    ) -> torch.Tensor:
        """Return the logits of a teacher for the batch, and update it afterwards in mode ``"finetune"``."""
        learned = self._learned_images(name, batchdata)
        images = int(learned.sum())
        if name in self._learners and idist.all_reduce(images) > 0 and images == 0:
            learned[0] = True  # every process must take part in a step: this image gets weight 0
        learned = learned.to(inputs.device)
        parts = []
        if not learned.all():
            with torch.no_grad():
                parts.append((~learned, self.teacher_inferer(inputs[~learned], self.teachers[name])))
        if learned.any():
            logits = self.teacher_inferer(inputs[learned], self._learners[name])
            parts.append((learned, logits.detach()))
            loss = self.teacher_loss_function(scale_gradient_by_images(logits, images), targets[learned])
            self._step(self.teacher_optimizers[name], loss)  # after all predictions of this teacher
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
            of_class = {name: fixed[name] for name in fixed if value in self.teacher_classes.get(name, (value,))}
            factor = sum(fixed.values()) / sum(of_class.values()) if sum(of_class.values()) > 0 else 0.0
            for name, column in columns.items():
                column.append(of_class.get(name, 0.0) * factor if factor else fixed[name])
        return {name: torch.tensor(column) for name, column in columns.items()}

    def _classes(self, batchdata: Mapping[str, Any]) -> Sequence[str]:
        if self.class_key not in batchdata:
            raise ValueError(
                f"teacher_classes {dict(self.teacher_classes)} need the classes of images, but a batch has no key "
                f"'{self.class_key}'."
            )
        return batchdata[self.class_key]

    def _find_labelled(self, batchdata: Mapping[str, Any], batch_size: int) -> torch.Tensor:
        """Return the mask of the images in the batch that have a ground truth, bool, shape (B,)."""
        classes = batchdata.get(self.class_key, [None] * batch_size)
        return torch.tensor([value != self.unlabelled_class for value in classes])

    def _learned_images(self, name: str, batchdata: Mapping[str, Any]) -> torch.Tensor:
        """Return the mask of the images in the batch that the teacher learns from, bool, shape (B,)."""
        if self.teacher_mode == FROZEN:
            return torch.zeros_like(self._labelled)
        if name not in self.teacher_classes:
            return self._labelled.clone()
        return torch.tensor([value in self.teacher_classes[name] for value in self._classes(batchdata)])

    def _step(self, optimizer: Optimizer, loss: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        if self.amp and self.scaler is not None:  # the scaler is updated in the step of the student
            self.scaler.scale(loss).backward()
            self.scaler.step(optimizer)
        else:
            loss.backward()
            optimizer.step()

    def _student_loss(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        if self.state.iteration == 1:
            for name, logits in {"network": prediction, **self._predictions}.items():
                if are_probabilities(logits):
                    what = name if name == "network" else f"teachers['{name}']"
                    raise InputError(f"{what}: returns probabilities, not logits: leave out its softmax")
        terms = self.distillation_loss(prediction, target, self._predictions, self._image_weights, self._labelled)
        self.state.term_images["hard"] = int(self._labelled.sum())
        self.state.loss_terms.update({name: term.detach() for name, term in terms.items()})
        return terms[CommonKeys.LOSS]


class _LogitsInferer(Inferer):
    """The inferer that was given, for networks that return several outputs as well; see `full_resolution`."""

    def __init__(self, inferer: Inferer) -> None:
        super().__init__()
        self.inferer = inferer

    def __call__(self, inputs: torch.Tensor, network: Callable[..., Any], *args: Any, **kwargs: Any) -> torch.Tensor:
        return full_resolution(self.inferer(inputs, network, *args, **kwargs), inputs)


def _parameters(optimizer: Optimizer) -> set[torch.Tensor]:
    """Return the parameters that an optimizer changes; tensors are compared by identity."""
    return {parameter for group in optimizer.param_groups for parameter in group["params"]}
