# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading

from scripts.experiments.schedule import Schedule
from tests.experiments.results import cell

TAUGHT, STUDENT, SPECIALIST, GENERALIST = map(cell, ("taught", "student", "specialist", "generalist"))
NEEDS = {TAUGHT: [SPECIALIST], STUDENT: [], SPECIALIST: [GENERALIST], GENERALIST: []}


def schedule(needs=NEEDS, is_over=lambda: False):
    noted = []
    made = Schedule(needs, is_over, lambda: noted.append(list(made.running)))
    return made, noted


def test_the_most_worthy_that_can_be_done_comes_first():
    made, noted = schedule()
    order = []
    while (taken := made.take()) is not None:
        order.append(taken)
        made.finish(taken)
    assert order == [STUDENT, GENERALIST, SPECIALIST, TAUGHT]
    assert noted == [[STUDENT], [], [GENERALIST], [], [SPECIALIST], [], [TAUGHT], []]
    assert made.failed == {}


def test_what_needs_a_cell_that_failed_fails_too_and_all_else_is_done():
    made, _ = schedule()
    assert made.take() == STUDENT
    assert made.take() == GENERALIST
    made.finish(GENERALIST, "exit status 1")
    made.finish(STUDENT)
    assert made.take() is None
    assert made.failed == {
        GENERALIST: "exit status 1",
        SPECIALIST: "it needs the weights of generalist, which failed",
        TAUGHT: "it needs the weights of specialist, which failed",
    }


def test_nothing_is_begun_once_it_is_over():
    over = []
    made, _ = schedule(is_over=lambda: bool(over))
    first = made.take()
    over.append(True)
    made.finish(first)
    assert made.take() is None


def test_workers_wait_for_each_other():
    made, _ = schedule({TAUGHT: [GENERALIST], GENERALIST: []})
    done, begun = [], threading.Event()

    def work():
        while (taken := made.take()) is not None:
            begun.set()
            done.append(taken)
            made.finish(taken)

    first = made.take()
    worker = threading.Thread(target=work)
    worker.start()
    assert first == GENERALIST
    assert not begun.wait(0.2)  # what is left needs the one that is being done
    done.append(first)
    made.finish(first)
    worker.join(30)
    assert done == [GENERALIST, TAUGHT]
