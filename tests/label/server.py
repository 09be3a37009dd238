# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A MONAI Label server on the loopback interface."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import nibabel
import numpy as np
import requests
from PIL import Image

from scripts.bundle.archive import NAME

MONAILABEL = (sys.executable, "-m", "monailabel.main")  # the script of that name takes whatever python comes first
MINUTES = 10  # that the server may take for what it does in the background


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, app, studies, log, *conf, **environment):
        self.port, self.log = free_port(), log
        words = ["start_server", "--app", app, "--studies", studies, "--host", "127.0.0.1", "--port", self.port]
        for name, value in conf:
            words += ["--conf", name, value]
        self.process = subprocess.Popen(
            [*MONAILABEL, *map(str, words)],
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        try:
            self.wait("/info/", lambda answer: answer.status_code == 200)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)

    def __call__(self, method, path, **kwargs):
        return requests.request(method, self.url + path, timeout=120, **kwargs)

    def wait(self, path, ready, interval=1.0):
        """The answer to GET `path`, once `ready(answer)` is true."""
        end = time.monotonic() + 60 * MINUTES
        while time.monotonic() < end and self.process.poll() is None:
            try:
                answer = self("GET", path)
                if ready(answer):
                    return answer
            except requests.ConnectionError:
                pass
            time.sleep(interval)
        raise AssertionError(self.log.read_text()[-5000:])

    def info(self):
        return self("GET", "/info/").json()

    def infer(self, image, **kwargs):
        """The mask of an image of the datastore, or of an uploaded file, as an array (width, height, …)."""
        where = {"image": image} if isinstance(image, str) else {}
        files = {} if where else {"file": (image.name, image.read_bytes())}
        answer = self(
            "POST", f"/infer/{NAME}", params={**where, "output": "image"}, files=files or None,
            data={"params": json.dumps({"device": "cpu", **kwargs})},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text + self.log.read_text()[-3000:]
        if answer.content[:4] == b"\x89PNG":
            return np.asarray(Image.open(io.BytesIO(answer.content))).T
        with tempfile.NamedTemporaryFile(suffix=".nii.gz") as file:
            file.write(answer.content)
            file.flush()
            return np.asarray(nibabel.load(file.name).dataobj)

    def train(self, status, **request):
        """Train to the end with this status; the answer of GET /train/ and what the server logged meanwhile."""
        logged = len(self.log.read_text())
        answer = self("POST", f"/train/{NAME}", json={"device": "cpu", **request})
        assert answer.status_code == 200, answer.text
        ended = self.wait("/train/", lambda answer: answer.json().get("status") in ("DONE", "ERROR")).json()
        log = self.log.read_text()[logged:]
        assert ended["status"] == status, log[-5000:]
        return ended, log


def dice(mask, truth):
    return 2 * ((mask > 0) & (truth > 0)).sum() / ((mask > 0).sum() + (truth > 0).sum())


PUBLISHED = re.compile(r"new weights (\d\.\d+), former weights (\d\.\d+)")
