# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Import torch and MONAI, then fork for each command that a client sends, until the input is closed."""

from __future__ import annotations

import atexit
import fcntl
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import sys
import threading
import types
from contextlib import suppress

MAX_FILES = 64  # that a command can inherit


def serve(address: str) -> dict:
    """Answer clients for ever; return in each fork, with the request that it is for."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that `watch`
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            shutil.rmtree(os.path.dirname(address), ignore_errors=True)
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            return watch(connection)
        connection.close()


def watch(connection: socket.socket) -> dict:
    """Fork, return in the fork, and tell the client how it ended; a client that is gone ends it."""
    length, files, _, _ = socket.recv_fds(connection, 8, MAX_FILES)
    with connection.makefile("rb") as stream:
        content = stream.read(int.from_bytes(length, "big"))
    if not content:  # the client was killed before it sent anything
        os._exit(0)
    request = json.loads(content)
    pid = os.fork()
    if pid == 0:
        connection.close()
        inherit(files, request["numbers"])
        return request
    for file in [*files, 0, 1, 2]:
        os.close(file)
    ended = os.pidfd_open(pid)
    with suppress(OSError):  # the client is gone
        connection.sendall(b"%d\n" % pid)
    ready, _, _ = select.select([ended, connection], [], [])
    if ended not in ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    with suppress(OSError):
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def inherit(files: list[int], numbers: list[int]) -> None:
    """Give the client's files the numbers that they have there, in place of the server's own."""
    above = max([*numbers, *files], default=2) + 1
    moved = [fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, above) for file in files]
    for file in [*files, 0, 1, 2]:
        os.close(file)
    for file, number in zip(moved, numbers):
        os.dup2(file, number)
        os.close(file)


def become(request: dict, program: str) -> None:
    """Go on as ``python`` with the words of a request."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    words = request["words"]
    sys.executable, sys.orig_argv = program, [program, *words]
    if words[0] == "-u":
        words = words[1:]
        sys.stdout.reconfigure(write_through=True)
    added = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    if words[0] == "-m":
        sys.path[:0] = [os.getcwd(), *added]
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.path[:0] = ["", *added]
        sys.argv = ["-c", *words[2:]]
        sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(words[1], "<string>", "exec"), vars(sys.modules["__main__"]))
    elif words[0].startswith("-"):
        raise SystemExit(f"{program}: {words[0]} is not known here; use sys.executable")
    else:
        sys.path[:0] = [os.path.dirname(os.path.abspath(words[0])), *added]
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def end(status: int) -> None:
    """End as Python does, but without taking all modules apart, which costs a fork more than its start."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    # What every run imports; the compiler is imported by torch's optimizers.
    import fire  # noqa: F401
    import monai.bundle  # noqa: F401
    import pydantic  # noqa: F401
    import torch._dynamo  # noqa: F401

    gc.freeze()  # the imports, so that no fork looks through them
    request = serve(sys.argv[1])
    try:
        become(request, sys.argv[2])
    except SystemExit as error:
        if not isinstance(error.code, int | None):
            raise
        end(error.code or 0)
    end(0)
