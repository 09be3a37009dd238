# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Python processes that start with torch and MONAI imported, which takes an ordinary one four seconds.

`server.py` imports them once and forks for each command; `client.py` is the program that tests start with `subprocess`
and that ends as its fork ends. The fork imports this package itself, from the folder where it is started.
"""

from __future__ import annotations

import atexit
import functools
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


@functools.cache
def warm_python() -> str:
    """Return the path of a program to use like `sys.executable`, with ``-m``, ``-c`` or a file.

    Working directory, environment, open files, signals and exit status are those of an ordinary process, and
    `sys.executable` inside is this program again. Two things differ: limits and ``OMP_NUM_THREADS`` are those of the
    tests, and what MONAI imports is there without an import. So each entry point has a test with `sys.executable`, too.
    """
    if not hasattr(os, "pidfd_open"):  # not Linux
        return sys.executable
    folder = Path(tempfile.mkdtemp(prefix="warm"))  # not pytest's: the address of a socket must be short
    program, address = folder / "python", folder / "socket"
    client = shlex.join([sys.executable, "-IS", str(HERE / "client.py"), str(address)])
    program.write_text(f'#!/bin/sh\nexec {client} "$@"\n')
    program.chmod(0o700)
    server = subprocess.Popen(
        [sys.executable, HERE / "server.py", address, program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the clients, which hand it on
    )
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.communicate)  # closes its input, with which it ends
    return str(program)
