# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import contextlib
import shutil
from types import SimpleNamespace

import pytest
import torch
from ignite.engine import Engine, Events
from monai.data import DataLoader, Dataset
from monai.engines import SupervisedEvaluator, SupervisedTrainer
from monai.handlers import LrScheduleHandler, MeanDice, ValidationHandler, from_engine
from monai.transforms import AsDiscreted, Compose, RandGaussianNoised
from monai.utils import set_determinism

from scripts.errors import InputError
from scripts.handlers import EpochSeed, LossMonitor, LossTermError, TrainingCheckpoint
from scripts.losses import WeightBalanceLoss
from scripts.networks import StuNet
from scripts.runs.folder import is_complete


def items():
    generator = torch.Generator().manual_seed(3)
    return [
        {
            "image": (image := torch.rand(1, 16, 16, generator=generator)),
            "label": (image > 0.5).float(),
        }
        for _ in range(6)
    ]


def step(optimizer, epochs):
    return torch.optim.lr_scheduler.StepLR(optimizer, 2)


def build(folder, max_epochs, resume=False, num_workers=0, interval=1, make_schedule=step):
    set_determinism(0, use_deterministic_algorithms=None)
    network = StuNet(features=(4, 8))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    schedule = make_schedule(optimizer, max_epochs)
    post = Compose([AsDiscreted(["pred", "label"], argmax=[True, False], to_onehot=2)])
    evaluator = SupervisedEvaluator(
        device="cpu",
        val_data_loader=DataLoader(Dataset(items()), batch_size=3),
        network=network,
        postprocessing=post,
        key_val_metric={
            "lesion_dice": MeanDice(include_background=False, output_transform=from_engine(["pred", "label"]))
        },
    )
    loader = DataLoader(
        Dataset(items(), RandGaussianNoised("image", prob=0.9)), batch_size=2, shuffle=True, num_workers=num_workers
    )
    checkpoint = TrainingCheckpoint(
        folder, network, {"optimizer": optimizer, "schedule": schedule}, evaluator, interval=interval, resume=resume
    )
    trainer = SupervisedTrainer(
        device="cpu",
        max_epochs=max_epochs,
        train_data_loader=loader,
        network=network,
        optimizer=optimizer,
        loss_function=WeightBalanceLoss(),
        decollate=False,
        train_handlers=[
            LossMonitor(),
            ValidationHandler(interval=1, validator=evaluator),
            LrScheduleHandler(schedule),
            EpochSeed(5, loader),
            checkpoint,
        ],
    )
    return trainer, checkpoint


def run(*args, **kwargs):
    trainer, checkpoint = build(*args, **kwargs)
    trainer.run()
    return trainer, checkpoint


@pytest.mark.parametrize("num_workers", [0, 1])
def test_a_resumed_run_ends_like_an_uninterrupted_one(tmp_path, num_workers):
    run(tmp_path / "whole", 4, num_workers=num_workers)
    run(tmp_path / "parts", 2, num_workers=num_workers)
    torch.rand(100)  # whatever else happened in between
    trainer, _ = run(tmp_path / "parts", 4, resume=True, num_workers=num_workers)
    assert trainer.state.epoch == 4
    for name in ("model.pt", "last.pt"):
        whole, parts = (torch.load(tmp_path / folder / name) for folder in ("whole", "parts"))
        for key, value in whole.items():
            assert torch.equal(value, parts[key]), (name, key)


def test_weights_files_are_plain_state_dicts_of_the_network(tmp_path):
    run(tmp_path, 1)
    for name in ("model.pt", "last.pt"):
        assert set(torch.load(tmp_path / name)) == set(StuNet(features=(4, 8)).state_dict())


def test_model_is_the_best_epoch_and_last_is_the_last(tmp_path):
    trainer, checkpoint = build(tmp_path, 3)
    scores = iter([0.2, 0.9, 0.4])
    saved = {}
    trainer.add_event_handler(
        Events.EPOCH_COMPLETED,
        lambda e: saved.update({e.state.epoch: trainer.network.state_dict()["head.conv.bias"].clone()}),
    )
    checkpoint.evaluator.add_event_handler(
        Events.EPOCH_COMPLETED, lambda e: e.state.metrics.update(lesion_dice=next(scores))
    )
    # The scores are set before the evaluator compares them.
    handlers = checkpoint.evaluator._event_handlers[Events.EPOCH_COMPLETED]
    handlers.insert(len(handlers) - 2, handlers.pop())
    trainer.run()
    assert checkpoint.evaluator.state.best_metric_epoch == 2
    assert torch.equal(torch.load(tmp_path / "model.pt")["head.conv.bias"], saved[2])
    assert torch.equal(torch.load(tmp_path / "last.pt")["head.conv.bias"], saved[3])


def test_a_resumed_run_does_not_replace_a_better_model_by_a_worse(tmp_path):
    run(tmp_path, 1)
    checkpoint = torch.load(tmp_path / "checkpoint.pt")
    checkpoint["progress"]["best_metric"] = 2.0  # better than any Dice
    torch.save(checkpoint, tmp_path / "checkpoint.pt")
    before = (tmp_path / "model.pt").read_bytes()
    run(tmp_path, 3, resume=True)
    assert (tmp_path / "model.pt").read_bytes() == before


def test_a_complete_run_that_is_extended_and_killed_is_not_complete(tmp_path):
    """Between two checkpoints, when the weights are newer than the results of the test."""
    run(tmp_path, 2)
    (tmp_path / "checkpoint.pt").rename(tmp_path / "final_checkpoint.pt")  # as the end of a run does
    (tmp_path / "metrics.json").write_text("{}")
    assert is_complete(tmp_path)
    trainer, checkpoint = build(tmp_path, 9, resume=True, interval=5)
    checkpoint.evaluator.add_event_handler(Events.COMPLETED, lambda e: vars(e.state).update(best_metric_epoch=1))
    trainer.add_event_handler(Events.EPOCH_COMPLETED(once=3), trainer.terminate)
    trainer.run()
    assert not is_complete(tmp_path)
    assert torch.load(tmp_path / "checkpoint.pt")["progress"]["epoch"] == 2
    assert not (tmp_path / "final_checkpoint.pt").exists()


def one_cycle(optimizer, epochs):
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=epochs)


def warm_up_and_cosine(optimizer, epochs):
    schedules = torch.optim.lr_scheduler
    parts = [schedules.LinearLR(optimizer, total_iters=1), schedules.CosineAnnealingLR(optimizer, T_max=epochs - 1)]
    return schedules.SequentialLR(optimizer, parts, milestones=[1])


@pytest.mark.parametrize("make_schedule", [one_cycle, warm_up_and_cosine])
def test_a_schedule_of_a_fixed_length_is_not_extended(tmp_path, make_schedule):
    run(tmp_path, 2, make_schedule=make_schedule)
    (tmp_path / "checkpoint.pt").rename(tmp_path / "final_checkpoint.pt")  # as the end of a run does
    (tmp_path / "metrics.json").write_text("{}")
    with pytest.raises(InputError, match=r"^--epochs 4: .*final_checkpoint.pt' was made for 2 epochs; .* anew"):
        run(tmp_path, 4, resume=True, make_schedule=make_schedule)
    assert is_complete(tmp_path)


@pytest.mark.parametrize("make_schedule", [one_cycle, warm_up_and_cosine])
def test_a_schedule_of_a_fixed_length_is_resumed(tmp_path, make_schedule):
    trainer, _ = build(tmp_path, 3, make_schedule=make_schedule)
    trainer.add_event_handler(Events.EPOCH_STARTED(once=2), lambda: trainer.terminate(skip_completed=True))
    trainer.run()
    trainer, _ = run(tmp_path, 3, resume=True, make_schedule=make_schedule)
    assert trainer.state.epoch == 3


def scored(folder, scores, killed_in=None, resume=False, interval=4):
    """A training with these scores of its epochs, whose weight is the number of the epoch, a half more if resumed."""
    network = torch.nn.Linear(1, 1, bias=False)
    evaluator = SimpleNamespace(state=SimpleNamespace(best_metric=-1.0, best_metric_epoch=-1))

    def train(engine, batch):
        torch.nn.init.constant_(network.weight, engine.state.epoch + 0.5 * resume)

    def validate(engine):
        if (score := scores[engine.state.epoch - 1]) > evaluator.state.best_metric:
            vars(evaluator.state).update(best_metric=score, best_metric_epoch=engine.state.epoch)

    def kill(engine):
        if engine.state.epoch == killed_in:
            raise KeyboardInterrupt

    trainer = Engine(train)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, validate)
    TrainingCheckpoint(folder, network, {}, evaluator, interval=interval, resume=resume).attach(trainer)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, kill)
    with contextlib.suppress(KeyboardInterrupt):
        trainer.run([0], max_epochs=len(scores))
    return evaluator.state


@pytest.mark.parametrize("again", [[0.1, 0.7, 0.1], [0.1, 0.95, 0.1]])
def test_the_best_weights_are_of_the_best_epoch_where_a_resumed_run_scores_otherwise(tmp_path, again):
    """As it does on a GPU: the best epoch, 6, was after the last regular checkpoint, and does not come again."""
    scored(tmp_path, [0.1, 0.2, 0.8, 0.3, 0.4, 0.9, 0.1, 0.1], killed_in=7)
    best = scored(tmp_path, [0.1, 0.2, 0.8, 0.3, 0.4, *again], resume=True)
    weight = torch.load(tmp_path / "model.pt")["weight"].item()
    assert (best.best_metric, int(weight)) == (max(0.9, *again), best.best_metric_epoch)


def test_a_resumed_run_diverges_where_an_uninterrupted_one_does(tmp_path):
    """Against the loss of the untrained network, not of the first step after the resumption."""

    def train(losses, resume):
        trainer = Engine(lambda engine, batch: {"image": [0], "loss": losses[engine.state.epoch - 1]})
        LossMonitor().attach(trainer)
        evaluator = SimpleNamespace(state=SimpleNamespace(best_metric=0.5, best_metric_epoch=1))
        TrainingCheckpoint(tmp_path, torch.nn.Linear(1, 1), {}, evaluator, resume=resume).attach(trainer)
        trainer.run([0], max_epochs=len(losses))

    train([5.0], resume=False)
    train([5.0, 400.0], resume=True)
    with pytest.raises(LossTermError, match="diverges"):
        train([5.0, 400.0, 600.0], resume=True)


def test_wall_time_adds_up_over_resumptions(tmp_path):
    _, first = run(tmp_path, 1)
    seconds = torch.load(tmp_path / "checkpoint.pt")["progress"]["seconds"]
    _, second = run(tmp_path, 2, resume=True)
    assert second.seconds > seconds > 0


def test_a_run_that_was_ended_before_its_first_epoch_starts_anew(tmp_path):
    trainer, _ = run(tmp_path, 1, resume=True)
    assert trainer.state.epoch == 1


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    torch.save({"network": torch.nn.Linear(1, 1).state_dict(), "state": {}, "progress": {}}, tmp_path / "checkpoint.pt")
    with pytest.raises(InputError, match="does not fit this run"):
        run(tmp_path, 2, resume=True)
    (tmp_path / "checkpoint.pt").write_bytes(b"damaged")
    with pytest.raises(InputError, match="cannot be read"):
        run(tmp_path, 2, resume=True)


def test_checkpoints_far_apart(tmp_path):
    """Killed after epoch 5 with the last checkpoint at epoch 4, it does epoch 5 again and ends the same."""
    run(tmp_path / "whole", 6)
    trainer, checkpoint = build(tmp_path / "parts", 6, interval=4)
    checkpoint.evaluator.add_event_handler(Events.COMPLETED, lambda e: vars(e.state).update(best_metric_epoch=1))
    trainer.add_event_handler(Events.EPOCH_STARTED(once=6), lambda: trainer.terminate(skip_completed=True))
    trainer.run()
    assert torch.load(tmp_path / "parts" / "checkpoint.pt")["progress"]["epoch"] == 4
    run(tmp_path / "parts", 6, interval=4, resume=True)
    for name in ("model.pt", "last.pt"):
        whole, parts = (torch.load(tmp_path / folder / name) for folder in ("whole", "parts"))
        assert all(torch.equal(whole[key], parts[key]) for key in whole)


def test_a_full_disk_is_one_line_and_keeps_the_former_files(tmp_path, monkeypatch):
    trainer, _ = build(tmp_path, 2)

    def full(content, path):
        path.write_bytes(b"half")
        raise RuntimeError("basic_ios::clear: iostream error")  # of PyTorch's writer

    @trainer.on(Events.EPOCH_STARTED(once=2))
    def fill():
        monkeypatch.setattr(torch, "save", full)

    with pytest.raises(InputError, match=r"checkpoint.pt: cannot be written, \d+ MB are free .* --resume true"):
        trainer.run()
    monkeypatch.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "model.pt"]
    assert build(tmp_path, 2, resume=True)[0].run() is None  # goes on


def test_a_folder_that_was_removed_ends_the_training(tmp_path):
    trainer, _ = build(tmp_path / "run", 2)
    trainer.add_event_handler(Events.EPOCH_STARTED(once=2), lambda: shutil.rmtree(tmp_path / "run"))
    with pytest.raises(InputError, match="run: was removed during the training"):
        trainer.run()
    assert not (tmp_path / "run").exists()
