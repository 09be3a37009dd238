# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A warm process is to a test what an ordinary one is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.warm_python import warm_python

PYTHONS = pytest.mark.parametrize("python", [lambda: sys.executable, warm_python], ids=["ordinary", "warm"])


@PYTHONS
@pytest.mark.parametrize(
    ("program", "status", "error"),
    [
        ("", 0, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('why')", 1, "why\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("import sys; sys.excepthook = lambda *error: print('told', file=sys.stderr); 1 / 0", 1, "told\n"),
        ("raise KeyboardInterrupt", -signal.SIGINT, "KeyboardInterrupt\n"),
        ("import os; os.abort()", -signal.SIGABRT, ""),
        ("import atexit, sys; atexit.register(lambda: print('end', file=sys.stderr))", 0, "end\n"),
    ],
)
def test_how_it_ends(python, program, status, error):
    result = subprocess.run([python(), "-c", program], capture_output=True, text=True)
    assert result.returncode == status
    assert result.stderr.endswith(error) and bool(result.stderr) == bool(error)


@PYTHONS
def test_what_it_is_given(python, tmp_path):
    program = (
        "import os, sys; print(sys.argv, sys.path[0], sys.path[1], os.getcwd(), os.environ['A'], sys.stdin.read())"
    )
    (tmp_path / "module.py").write_text(program)
    environment = {"A": "given", "PYTHONPATH": "/added"}
    for words, argv, first in (
        (["-c", program, "b c"], ["-c", "b c"], ""),
        (["-m", "module", "b c"], [f"{tmp_path}/module.py", "b c"], str(tmp_path)),
        (["module.py", "b c"], ["module.py", "b c"], str(tmp_path)),
    ):
        result = subprocess.run(
            [python(), *words], cwd=tmp_path, env=environment, input="text", capture_output=True, text=True
        )
        assert result.stdout == f"{argv} {first} /added {tmp_path} given text\n", result.stderr


@PYTHONS
def test_files_that_it_inherits_and_what_it_starts(python, tmp_path):
    inner = "import os; os.write({0}, b'inner')"
    program = (
        "import os, subprocess, sys; number = int(sys.argv[1]); os.write(number, b'outer ');"
        f"subprocess.run([sys.executable, '-c', {inner!r}.format(number)], pass_fds=[number], check=True)"
    )
    with (tmp_path / "file").open("wb") as file:
        number = file.fileno()
        subprocess.run([python(), "-c", program, str(number)], pass_fds=[number], check=True)
    assert (tmp_path / "file").read_bytes() == b"outer inner"


@PYTHONS
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_ends_it(python, sent):
    # In the background of a shell, tests and all that they start ignore Ctrl-C.
    heeds = "import os, signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heeds}; print(os.getpid(), flush=True); time.sleep(600)"
    words = [python(), "-c", program]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        pid = int(process.stdout.readline())
        process.send_signal(sent)
        assert process.wait(60) == -sent
    end = time.monotonic() + 60
    while os.path.exists(f"/proc/{pid}"):
        assert time.monotonic() < end
        time.sleep(0.01)


@PYTHONS
def test_it_can_start_once_more(python):
    program = "import os, sys; len(sys.argv) > 2 or os.execv(sys.executable, [*sys.orig_argv, 'more']); print(sys.argv)"
    result = subprocess.run([python(), "-c", program, "first"], capture_output=True, text=True)
    assert result.stdout == "['-c', 'first', 'more']\n", result.stderr
