# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging

import pytest
import torch
from ignite.engine import Engine, Events

from scripts.handlers import epoch_log
from scripts.handlers.epoch_log import TRAINING_EPOCH, EpochLog, duration


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only where a test adds them."""
    now = [100.0]
    monkeypatch.setattr(epoch_log.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records if record.name == epoch_log.__name__]


def engine(log, metrics, on_epoch=lambda: None):
    """Two iterations an epoch, at whose end the metrics are `metrics`."""
    made = Engine(lambda engine, batch: None)
    made.add_event_handler(Events.ITERATION_COMPLETED(every=2), on_epoch)
    made.add_event_handler(Events.EPOCH_COMPLETED, lambda engine: engine.state.metrics.update(metrics))
    log.attach(made)
    return made


def test_a_training_epoch(clock, lines):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.00025)
    log = EpochLog("benign teacher", "training", max_epochs=3, optimizer=optimizer)

    def half_a_minute():
        clock[0] += 30

    engine(log, {"loss": 1.23456, "hard": torch.tensor(2.0)}, half_a_minute).run([0, 0], max_epochs=3)
    common = "loss 1.2346, hard 2.0000, learning rate 0.00025"
    assert lines() == [
        f"benign teacher: training epoch 1/3, {common}, 60 s left",
        f"benign teacher: training epoch 2/3, {common}, 30 s left",
        f"benign teacher: training epoch 3/3, {common}",
    ]
    assert [TRAINING_EPOCH.search(line)[1] for line in lines()] == ["1", "2", "3"]


def test_a_resumed_training_counts_its_own_time_alone(clock, lines):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)

    def ten_minutes():
        clock[0] += 600

    trainer = engine(EpochLog("student", "training", 20, optimizer), {"loss": 1.0}, ten_minutes)

    @trainer.on(Events.STARTED)
    def resume():
        trainer.state.epoch, trainer.state.iteration = 17, 34

    trainer.run([0, 0], max_epochs=20)
    assert [line.rpartition(", ")[2] for line in lines()] == ["20 min left", "10 min left", "learning rate 0.1"]
    assert lines()[0].startswith("student: training epoch 18/20, ")


def test_a_validation_tells_the_best_epoch(lines):
    evaluator = engine(EpochLog("student", "validation", max_epochs=20), {"lesion_dice": 0.5, "lesion_iou": 0.4})
    state = evaluator.state
    state.key_metric_name, state.best_metric, state.best_metric_epoch = "lesion_dice", 0.5, 1
    evaluator.run([0, 0])
    state.best_metric, state.best_metric_epoch = 0.6, 7
    evaluator.run([0, 0])
    assert lines() == [
        "student: validation epoch 1/20, lesion_dice 0.5000 (the best so far), lesion_iou 0.4000",
        "student: validation epoch 1/20, lesion_dice 0.5000 (best: 0.6000 in epoch 7), lesion_iou 0.4000",
    ]
    assert not any(TRAINING_EPOCH.search(line) for line in lines())


def test_a_test_has_no_epoch(lines):
    engine(EpochLog("U-Net", "test"), {"lesion_dice": 0.5, "surface": {"images": 3}}).run([0, 0])
    assert lines() == ["U-Net: test, lesion_dice 0.5000"]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "1 s"), (119.4, "2 min"), (118, "118 s"), (7000, "117 min"), (7200, "2 h 0 min"), (90000, "25 h 0 min")],
)
def test_durations(seconds, expected):
    assert duration(seconds) == expected
