# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Damaged files through a reader, in processes that may end."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import random
import resource
import signal
import tempfile
import time
import traceback
import warnings
from contextlib import redirect_stderr
from pathlib import Path

from scripts.errors import InputError
from tests.fuzz.mutations import mutate
from tests.fuzz.readers import Finding, Reader, readers

SECONDS = 30  # the most for one file
MEMORY = 6 * 2**30  # bytes of addresses
OUTCOMES = ("result", "refused", "wrong", "error", "crash", "hang")


def damaged(reader: Reader, number: int) -> bytes:
    """The input of a number, always the same."""
    chance = random.Random(f"{reader.name} {number}")
    others = [seed for each in readers() for seed in each.seeds]
    return mutate(chance.choice(reader.seeds), chance.choice((reader.seeds, others)), chance)


def outcome(reader: Reader, content: bytes) -> tuple[str, str]:
    """What a reader makes of a content, one of `OUTCOMES`, and its message."""
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(open(os.devnull, "w")):
        path = Path(folder) / reader.file
        path.write_bytes(content)
        try:
            reader.read(path)
        except InputError as error:
            return ("refused", str(error)) if "\n" not in str(error) else ("wrong", f"several lines: {error}")
        except Finding as error:
            return "wrong", str(error)
        except BaseException:
            return "error", traceback.format_exc()
        return "result", ""


def _work(reader: Reader, numbers: range, answers) -> None:
    """In a process of its own: one answer for each number."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what decoders in C print
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, in decoders too
    warnings.simplefilter("ignore")
    for number in numbers:
        signal.alarm(SECONDS)
        answers.send(outcome(reader, damaged(reader, number)))
        signal.alarm(0)


def fuzz(reader: Reader, numbers: range) -> tuple[dict[str, int], list[dict]]:
    """The counts of the outcomes, and what was found, with its input."""
    counts = dict.fromkeys(OUTCOMES, 0)
    findings = []
    done = 0
    while done < len(numbers):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=_work, args=(reader, numbers[done:], sender))
        process.start()
        sender.close()
        while done < len(numbers):
            try:
                kind, message = receiver.recv()
            except EOFError:
                process.join()
                kind = "hang" if process.exitcode == -signal.SIGALRM else "crash"
                message = f"exit status {process.exitcode}"
            counts[kind] += 1
            if kind not in ("result", "refused"):
                content = base64.b64encode(damaged(reader, numbers[done])).decode()
                findings.append({"number": numbers[done], "outcome": kind, "message": message, "input": content})
            done += 1
            if kind in ("hang", "crash"):
                break
        process.join()
    return counts, findings


def run(inputs: int, output: Path, findings: Path) -> None:
    """Fuzz all readers with `inputs` files in total; write the counts, and what was found."""
    share = -(-inputs // len(readers()))
    start = time.monotonic()
    table, found = {}, {}
    for reader in readers():
        table[reader.name], found[reader.name] = fuzz(reader, range(share))
        print(reader.name, table[reader.name], flush=True)
    content = {"minutes": round((time.monotonic() - start) / 60, 1), "readers": table}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(content, indent=2) + "\n")
    findings.parent.mkdir(parents=True, exist_ok=True)
    findings.write_text(json.dumps(found, indent=2) + "\n")
