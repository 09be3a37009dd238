# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle in a MONAI Label server, from inference to training and back: ``make test-label``."""

from __future__ import annotations

import io
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import nibabel
import numpy as np
import pytest
import torch
from PIL import Image

from scripts.bundle.archive import NAME
from scripts.data import make_phantoms
from tests.e2e.bundle import copy_bundle, run

pytest.importorskip("monailabel", reason="needs the environment of `make test-label`")
import requests  # noqa: E402

MONAILABEL = (sys.executable, "-m", "monailabel.main")  # the script of that name takes whatever python comes first
EPOCHS = 2
MINUTES = 10  # that the server may take for what it does in the background


class Server:
    """A MONAI Label server on the loopback interface."""

    def __init__(self, app, studies, log, *conf):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        words = ["start_server", "--app", app, "--studies", studies, "--host", "127.0.0.1", "--port", self.port]
        for name, value in {"models": NAME, "zoo_source": "local", "sam2": "false", **dict(conf)}.items():
            words += ["--conf", name, value]
        self.process = subprocess.Popen(
            [*MONAILABEL, *map(str, words)],
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def __call__(self, method, path, **kwargs):
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", timeout=120, **kwargs)

    def wait(self, path, ready):
        end = time.monotonic() + 60 * MINUTES
        while time.monotonic() < end and self.process.poll() is None:
            try:
                answer = self("GET", path)
                if ready(answer):
                    return answer
            except requests.ConnectionError:
                pass
            time.sleep(1)
        raise AssertionError(self.log.read_text()[-5000:])

    def infer(self, image, **kwargs):
        """The mask of an image of the datastore, or of an uploaded file, as an array (width, height)."""
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


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The monaibundle app with this bundle dropped into it, and a second weights file."""
    folder = tmp_path_factory.mktemp("apps")
    subprocess.run(
        [
            *MONAILABEL, "apps", "--download", "--name", "monaibundle", "--output", folder,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    copy_bundle(folder / "monaibundle" / "model" / NAME)
    return folder / "monaibundle"


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    return make_phantoms(tmp_path_factory.mktemp("phantoms") / "p", benign=6, malignant=6, normal=1, size=(180, 256))


@pytest.fixture(scope="module")
def studies(phantoms, tmp_path_factory):
    """A datastore of grey and colour PNG and of NIfTI, none of them square."""
    folder = tmp_path_factory.mktemp("studies")
    for kind in ("benign", "malignant"):
        for number in range(1, 7):
            shutil.copy2(phantoms / kind / f"{kind} ({number}).png", folder / f"{kind}{number}.png")
    Image.open(folder / "benign1.png").convert("RGB").save(folder / "colour.png")
    pixels = np.asarray(Image.open(folder / "benign1.png").convert("L")).T
    nibabel.save(nibabel.Nifti1Image(pixels, np.diag([0.2, 0.1, 1, 1])), folder / "volume.nii.gz")
    return folder


@pytest.fixture(scope="module")
def server(app, studies, tmp_path_factory):
    running = Server(app, studies, tmp_path_factory.mktemp("log") / "server.log", ("epistemic_model", NAME))
    try:
        running.wait("/info/", lambda answer: answer.status_code == 200)
        yield running
    finally:
        running.process.terminate()
        try:
            running.process.wait(20)
        except subprocess.TimeoutExpired:
            running.process.kill()


def expected(folder, name):
    """What the bundle's own inference gives, shape (width, height)."""
    return np.asarray(Image.open(folder / f"{name}_mask.png")).T > 0


@pytest.fixture(scope="module")
def own_masks(app, studies, tmp_path_factory):
    pictures = tmp_path_factory.mktemp("pictures")
    for path in studies.glob("*.png"):
        shutil.copy2(path, pictures)
    masks = tmp_path_factory.mktemp("masks")
    result = run("inference.json", cwd=app / "model" / NAME, dataset_dir=pictures, output_dir=masks)
    assert result.returncode == 0, result.stderr[-3000:]
    return masks


def test_the_server_offers_the_bundle(server):
    info = server("GET", "/info/").json()
    assert info["models"][NAME]["labels"] == {"lesion": 1}
    assert info["models"][NAME]["dimension"] == 2
    assert NAME in info["trainers"]


@pytest.mark.parametrize("image", ["benign1", "malignant2", "colour", "volume"])
def test_inference_on_the_datastore(image, server, own_masks):
    mask = server.infer(image)
    assert mask.shape == (256, 180)
    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) <= {0, 1}
    own = expected(own_masks, "benign1" if image == "volume" else image)
    assert own.any()
    assert (own != (mask > 0)).mean() < 1e-3


def test_inference_on_an_upload(server, studies, own_masks, tmp_path):
    upload = tmp_path / "from a colleague.png"
    shutil.copy2(studies / "malignant3.png", upload)
    mask = server.infer(upload)
    assert mask.shape == (256, 180)
    assert (expected(own_masks, "malignant3") != (mask > 0)).mean() < 1e-3


@pytest.mark.parametrize("strategy", ["first", "random"])
def test_active_learning(strategy, server):
    answer = server("POST", f"/activelearning/{strategy}")
    assert answer.status_code == 200
    assert answer.json()["id"]


def test_scoring(server, studies):
    """Epistemic, which asks the network for dropout, and which the app starts by itself."""
    images = {path.name.split(".")[0] for path in (*studies.glob("*.png"), *studies.glob("*.nii.gz"))}

    def scores(answer):
        objects = answer.json()["objects"]
        return {name: item["image"]["info"].get("epistemic_entropy") for name, item in objects.items()}

    answer = server.wait("/datastore/?output=all", lambda answer: None not in scores(answer).values())
    found = scores(answer)
    assert found.keys() == images
    assert all(score > 0 for score in found.values())
    assert len(set(found.values())) > 1


def test_batch_inference(server):
    answer = server(
        "POST", f"/batch/infer/{NAME}", params={"images": "unlabeled", "run_sync": True},
        json={"device": "cpu", "multi_gpu": False, "save_label": True, "label_tag": "original", "max_workers": 1,
              "max_batch_size": 2},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    stored = server("GET", "/datastore/", params={"output": "all"}).json()
    assert sum("original" in item["labels"] for item in stored["objects"].values()) == 2


def test_training_on_annotations_then_inference_with_the_new_weights(server, app, phantoms, own_masks):
    models = app / "model" / NAME / "models"
    before = {path.name: path.read_bytes() for path in models.glob("*.pt")}
    annotated = [f"{kind}{number}" for kind in ("benign", "malignant") for number in range(1, 7)]
    for name in annotated:
        kind, number = name[:-1], name[-1]
        mask = np.asarray(Image.open(phantoms / kind / f"{kind} ({number})_mask.png").convert("L")) > 0
        label = io.BytesIO()
        Image.fromarray(mask.astype(np.uint8)).save(label, format="PNG")  # label ids, as an annotation tool saves them
        answer = server(
            "PUT", "/datastore/label", params={"image": name}, files={"label": ("label.png", label.getvalue())}
        )
        assert answer.status_code == 200, answer.text
    old = server.infer("benign1")

    answer = server("POST", f"/train/{NAME}", json={"max_epochs": EPOCHS, "device": "cpu", "val_split": 0.25})
    assert answer.status_code == 200, answer.text
    ended = server.wait("/train/", lambda answer: answer.json().get("status") in ("DONE", "ERROR"))
    assert ended.json()["status"] == "DONE", server.log.read_text()[-5000:]

    after = {path.name: path.read_bytes() for path in models.glob("*.pt")}
    assert after.keys() == before.keys()
    assert after["teacher_benign.pt"] == before["teacher_benign.pt"]
    assert after["model.pt"] != before["model.pt"]
    assert not (models / "datalist.json").exists(), "the new weights may have seen other images than it says"
    weights = torch.load(models / "model.pt", weights_only=True)
    assert weights.keys() == torch.load(io.BytesIO(before["model.pt"]), weights_only=True).keys()

    new = server.infer("benign1")
    assert (new != old).any()
    truth = np.asarray(Image.open(phantoms / "benign" / "benign (1)_mask.png").convert("L")).T > 0
    overlap = 2 * ((new > 0) & truth).sum() / ((new > 0).sum() + truth.sum())
    assert overlap > 0.5


def test_without_weights_the_server_says_so(app, studies, tmp_path):
    broken = tmp_path / "monaibundle"
    shutil.copytree(app, broken, ignore=shutil.ignore_patterns("model.pt", "eval"))
    running = Server(broken, studies, tmp_path / "server.log", ("skip_trainers", "true"))
    try:
        running.wait("/info/", lambda answer: "model.pt" in running.log.read_text())
        assert "neither model.pt nor model.ts exists" in running.log.read_text()
    finally:
        running.process.kill()
        running.process.wait(20)
