# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Small trainings, to be done in one process or, as a program that is given a folder, in two that Gloo connects."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import ignite.distributed as idist
import torch
from ignite.engine import Events
from monai.data import DataLoader, Dataset
from monai.engines import SupervisedEvaluator, SupervisedTrainer
from monai.handlers import MeanDice, ValidationHandler, from_engine
from monai.networks.nets import BasicUNetPlusPlus
from monai.transforms import AsDiscreted, Compose, RandGaussianNoised, ToTensord
from torch.utils.data import RandomSampler

from scripts.distributed import BatchShare, data_parallel, gather, rank_zero_only
from scripts.engines import DistillationTrainer
from scripts.errors import InputError
from scripts.handlers import EpochSeed, LossMonitor, TrainingCheckpoint
from scripts.inferers import AutocastInferer
from scripts.losses import JointDistillationLoss, WeightBalanceLoss
from scripts.networks import StuNet

# One malignant image: in its step one process has none, in the other step none has.
CLASSES = ("benign", "benign", "malignant", "benign", "normal", "benign", "benign")


def items():
    generator = torch.Generator().manual_seed(1)
    return [
        {
            "image": torch.rand(1, 16, 16, generator=generator).double(),
            "label": (torch.rand(1, 16, 16, generator=generator) > 0.5).float(),
            "class": label_class,
            "number": number,
        }
        for number, label_class in enumerate(CLASSES)
    ]


def network(seed):
    """With batch normalisation; in double precision, since single has kinks where rounding decides."""
    torch.manual_seed(seed)
    return StuNet(features=(4, 8)).double()


def loader():
    data = Dataset(items())
    if idist.get_world_size() == 1:
        return DataLoader(data, batch_size=4, shuffle=True)
    return DataLoader(data, batch_sampler=BatchShare(RandomSampler(data), 4))


def finish(trainer, networks):
    """Run; return weights, statistics, terms and the images seen."""
    seen = []
    trainer.add_event_handler(
        Events.ITERATION_COMPLETED, lambda engine: seen.append(engine.state.batch["number"].tolist())
    )
    torch.manual_seed(3 + idist.get_rank())  # the order is the first's
    trainer.run()
    states = {name: copy.deepcopy(module.state_dict()) for name, module in networks.items()}
    return {
        "states": states,
        "metrics": {str(name): value for name, value in trainer.state.metrics.items()},
        "seen": seen,
    }


def several_outputs():
    """MONAI's UNet++, which returns a list."""
    torch.manual_seed(0)
    return BasicUNetPlusPlus(2, 1, 2, features=(4, 4, 4, 4, 4, 4), norm="batch", deep_supervision=True).double()


def supervised(student):
    trainer = SupervisedTrainer(
        device="cpu",
        max_epochs=2,
        train_data_loader=loader(),
        network=data_parallel(student),
        optimizer=torch.optim.SGD(student.parameters(), lr=0.01),
        loss_function=WeightBalanceLoss(),
        inferer=AutocastInferer(amp=False),
        train_handlers=[LossMonitor()],
        decollate=False,
    )
    return finish(trainer, {"student": student})


def distillation(mode, routing):
    student, teachers = network(0), {"benign": network(1), "malignant": network(2)}
    optimizers = {name: torch.optim.SGD(teacher.parameters(), lr=0.01) for name, teacher in teachers.items()}
    trainer = DistillationTrainer(
        device="cpu",
        max_epochs=2,
        train_data_loader=loader(),
        network=data_parallel(student),
        optimizer=torch.optim.SGD(student.parameters(), lr=0.01),
        loss_function=JointDistillationLoss({"benign": 0.5, "malignant": 0.2}),
        teachers=teachers,
        teacher_mode=mode,
        teacher_optimizers=optimizers if mode == "finetune" else None,
        teacher_classes={name: [name] for name in teachers},
        teacher_routing=routing,
        decollate=False,
    )
    return finish(trainer, {"student": student, **teachers})


def mistake():
    """What a user did wrong, found by the first process alone."""

    @rank_zero_only
    def fail():
        raise InputError(f"told by {idist.get_rank()}")

    try:
        fail()
    except InputError as error:
        return str(error)


def resumable(folder, max_epochs, resume=False):
    """A run with all that a config's has: augmentation, validation, schedule and checkpoints."""
    student = network(0)
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    noise = Compose([RandGaussianNoised("image", prob=0.9, dtype=None), ToTensord("image", track_meta=False)])
    data = Dataset(items(), noise)
    batches = DataLoader(data, batch_sampler=BatchShare(RandomSampler(data), 4))
    dice = MeanDice(include_background=False, output_transform=from_engine(["pred", "label"]))
    evaluator = SupervisedEvaluator(
        device="cpu",
        val_data_loader=DataLoader(Dataset(items()[idist.get_rank() :: idist.get_world_size()])),
        network=student,
        postprocessing=AsDiscreted(["pred", "label"], argmax=[True, False], to_onehot=2),
        key_val_metric={"lesion_dice": dice},
    )
    checkpoint = TrainingCheckpoint(
        folder, student, {"optimizer": optimizer, "schedule": schedule}, evaluator, resume=resume
    )
    handlers = [LossMonitor(), ValidationHandler(1, evaluator), EpochSeed(5, batches), checkpoint]
    SupervisedTrainer(
        device="cpu",
        max_epochs=max_epochs,
        train_data_loader=batches,
        network=data_parallel(student),
        optimizer=optimizer,
        loss_function=WeightBalanceLoss(),
        train_handlers=handlers,
        decollate=False,
    ).run()
    return evaluator.state.best_metric


def resumed(folder):
    """Whether a run of four epochs ends like one of two that is taken up again; and its score."""
    score = resumable(folder / "whole", 4)
    resumable(folder / "parts", 2)
    assert resumable(folder / "parts", 4, resume=True) == score
    for name in ("model.pt", "last.pt"):
        whole, parts = (torch.load(folder / run / name) for run in ("whole", "parts"))
        assert all(torch.equal(whole[key], parts[key]) for key in whole)
    return score


JOBS = {
    "supervised": lambda: supervised(network(0)),
    "deep_supervision": lambda: supervised(several_outputs()),
    "finetune": lambda: distillation("finetune", "fixed"),
    "frozen": lambda: distillation("frozen", "class"),
    "mistake": mistake,
    "ranks": lambda: gather(idist.get_rank()),
}


def work(_, folder):
    results = {name: job() for name, job in JOBS.items()}
    if idist.get_world_size() > 1:
        results["resumed"] = resumed(folder)
    torch.save(results, folder / f"{idist.get_rank()}_of_{idist.get_world_size()}.pt")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    store = f"file://{folder}/store"
    idist.spawn("gloo", work, (folder,), nproc_per_node=2, init_method=store, start_method="fork")
