# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from types import SimpleNamespace

import torch
from ignite.engine import Engine, Events

from scripts.handlers import TrainingCheckpoint, TrainingStats, training_checkpoint, training_stats


def test_a_resumed_training_counts_its_epochs_and_time_from_its_first_start(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(training_stats.time, "time", lambda: now[0])
    monkeypatch.setattr(training_checkpoint.time, "monotonic", lambda: now[0])
    path, written = tmp_path / "stats.json", []

    def train(epochs, resume):
        trainer = Engine(lambda engine, batch: now.__setitem__(0, now[0] + 60))
        state = SimpleNamespace(best_metric=0.5, best_metric_epoch=1, metrics={}, key_metric_name="dice")
        evaluator = SimpleNamespace(state=state)
        TrainingStats(path, evaluator).attach(trainer)
        TrainingCheckpoint(tmp_path, torch.nn.Linear(1, 1), {}, evaluator, resume=resume).attach(trainer)
        # As a viewer sees them while the epoch goes on, and after it.
        for event in (Events.EPOCH_STARTED, Events.EPOCH_COMPLETED):
            trainer.add_event_handler(event, lambda: written.append(json.loads(path.read_text())))
        trainer.run([0], max_epochs=epochs)

    train(1, resume=False)
    now[0] += 1000  # interrupted
    train(3, resume=True)
    times = [(each["epoch"], each.get("current_time"), each.get("total_time")) for each in written]
    assert times == [
        (0, "0:00:00", None),
        (1, None, "0:01:00"),
        (1, "0:01:00", None),
        (2, "0:02:00", None),
        (2, "0:02:00", None),
        (3, None, "0:03:00"),
    ]
