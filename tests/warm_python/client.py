# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Ask the server for a fork that does a command; hand signals on to it, and end as it ends."""

from __future__ import annotations

import signal

HANDED_ON = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, HANDED_ON)  # they wait until they can be handed on; none is lost

import json  # noqa: E402
import os  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402


def open_files() -> list[int]:
    """Return the numbers of the files that this process was started with."""
    numbers = []
    for number in map(int, os.listdir("/dev/fd")):
        try:
            os.fstat(number)
        except OSError:
            continue  # that of the listing itself
        numbers.append(number)
    return numbers


def main(address: str, words: list[str]) -> int:
    """Return the exit status of the fork; negative is the signal that ended it."""
    numbers = open_files()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    request = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ), "numbers": numbers}
    content = json.dumps(request).encode()
    socket.send_fds(connection, [len(content).to_bytes(8, "big")], numbers)
    connection.sendall(content)
    answers = connection.makefile()
    pid = int(answers.readline())
    for number in HANDED_ON:
        signal.signal(number, lambda number, _: os.kill(pid, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDED_ON)
    return int(answers.readline())


if __name__ == "__main__":
    status = main(sys.argv[1], sys.argv[2:])
    if status >= 0:
        sys.exit(status)
    if -status != signal.SIGKILL:
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
