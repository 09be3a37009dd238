# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's app in MONAI Label, from inference to training and back: ``make test-label``.

The tests follow each other as a user's work does: the first have no annotations yet.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys

import nibabel
import numpy as np
import pytest
import torch
from PIL import Image

from scripts.bundle.archive import NAME
from scripts.data.lesion_mask import read_mask

pytest.importorskip("monailabel", reason="needs the environment of `make test-label`")
import nrrd  # noqa: E402
from monailabel.client import MONAILabelClient  # noqa: E402

from tests.label.server import MONAILABEL, PUBLISHED, Server, dice  # noqa: E402


@pytest.fixture(scope="module")
def server(bundle, studies, tmp_path_factory):
    with Server(bundle / "label", studies, tmp_path_factory.mktemp("log") / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def models(bundle):
    return bundle / "models"


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def own_masks(bundle, studies, tmp_path_factory):
    """What the bundle's own inference gives, by image, bool, shape (width, height)."""
    pictures, masks = tmp_path_factory.mktemp("pictures"), tmp_path_factory.mktemp("masks")
    for path in studies.glob("*.png"):
        shutil.copy2(path, pictures)
    words = ["--config_file", "configs/inference.json", "--dataset_dir", pictures, "--output_dir", masks]
    done = subprocess.run(
        [sys.executable, "-m", "monai.bundle", "run", *map(str, words)], cwd=bundle, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {path.name.removesuffix("_mask.png"): np.asarray(Image.open(path)).T > 0 for path in masks.glob("*.png")}


def test_the_server_offers_the_bundle(server):
    info = server.info()
    assert info["models"][NAME]["labels"] == {"lesion": 1}
    assert info["models"][NAME]["dimension"] == 2
    assert info["trainers"][NAME]["config"]["publish_if_worse"] is False
    assert set(info["strategies"]) == {"epistemic", "first", "random"}


@pytest.mark.parametrize("image", ["benign1", "malignant2", "colour", "volume"])
def test_inference_on_the_datastore(image, server, own_masks):
    mask = server.infer(image)
    assert mask.shape == (256, 180)
    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) <= {0, 1}
    own = own_masks["benign1" if image == "volume" else image]
    assert own.any()
    assert (own != (mask > 0)).mean() < 1e-3


def test_inference_on_an_upload(server, studies, own_masks, tmp_path):
    upload = tmp_path / "from a colleague.png"
    shutil.copy2(studies / "malignant3.png", upload)
    mask = server.infer(upload)
    assert mask.shape == (256, 180)
    assert (own_masks["malignant3"] != (mask > 0)).mean() < 1e-3


@pytest.mark.parametrize("strategy", ["first", "random"])
def test_next_sample(strategy, server):
    answer = server("POST", f"/activelearning/{strategy}")
    assert answer.status_code == 200
    assert answer.json()["id"]


def test_scores_choose_the_next_sample(server, studies):
    """Each image is shown once, the most uncertain first."""

    def scores(answer):
        objects = answer.json()["objects"]
        return {name: item["image"]["info"].get("epistemic_entropy") for name, item in objects.items()}

    def idle(answer):
        return answer.json().get("status") == "DONE"

    server.wait("/scoring/", idle)  # it starts by itself
    answer = server("POST", f"/scoring/{NAME}")
    assert answer.status_code == 200, answer.text
    server.wait("/scoring/", idle)
    found = scores(server("GET", "/datastore/?output=all"))
    assert found.keys() == {path.name.split(".")[0] for path in (*studies.glob("*.png"), *studies.glob("*.nii.gz"))}
    assert None not in found.values()
    assert all(score > 0 for score in found.values())
    ranked = sorted(found, key=found.get, reverse=True)
    assert found[ranked[0]] > found[ranked[-1]]
    assert [server("POST", "/activelearning/epistemic").json()["id"] for _ in range(2)] == ranked[:2]


def test_batch_inference(server):
    answer = server(
        "POST", f"/batch/infer/{NAME}", params={"images": "unlabeled", "run_sync": True},
        json={"device": "cpu", "multi_gpu": False, "save_label": True, "label_tag": "original", "max_workers": 1,
              "max_batch_size": 2},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    stored = server("GET", "/datastore/", params={"output": "all"}).json()
    assert sum("original" in item["labels"] for item in stored["objects"].values()) == 2


def test_a_label_as_volume(server, studies, truth, tmp_path):
    """As 3D Slicer saves the segmentation of a picture: one slice, and the axes of ITK."""
    path = tmp_path / "label.nii.gz"
    nibabel.save(nibabel.Nifti1Image(truth("benign1").astype(np.uint8)[..., None], np.diag([-1, -1, 1, 1])), path)
    MONAILabelClient(server.url).save_label("benign1", str(path))
    stored = studies / "labels" / "final" / "benign1.nii.gz"
    assert (read_mask(stored, studies / "benign1.png", (180, 256)).T == truth("benign1")).all()


def test_a_label_as_segmentation(server, studies, truth, tmp_path):
    """As 3D Slicer writes ``.seg.nrrd``: cropped to the lesion, with its place in the header."""
    lesion = truth("benign2")
    left, top = (np.flatnonzero(lesion.any(axis))[0] for axis in (1, 0))
    right, bottom = (np.flatnonzero(lesion.any(axis))[-1] + 1 for axis in (1, 0))
    header = {
        "space": "left-posterior-superior",
        "space directions": np.eye(3),
        "space origin": [float(left), float(top), 0.0],
        "kinds": ["domain"] * 3,
        "Segment0_ID": "Segment_1",
        "Segment0_Name": "lesion",
        "Segment0_LabelValue": "1",
        "Segment0_Layer": "0",
        "Segment0_Extent": f"0 {right - left - 1} 0 {bottom - top - 1} 0 0",
        "Segmentation_ReferenceImageExtentOffset": f"{left} {top} 0",
        "Segmentation_MasterRepresentation": "Binary labelmap",
    }
    path = tmp_path / "label.seg.nrrd"
    nrrd.write(str(path), lesion[left:right, top:bottom, None].astype(np.uint8), header)
    MONAILabelClient(server.url).save_label("benign2", str(path))
    (stored,) = (studies / "labels" / "final").glob("benign2*.nrrd")
    assert (read_mask(stored, studies / "benign2.png", (180, 256)).T == lesion).all()


def test_too_few_annotations_are_one_line_and_change_nothing(server, models):
    before = files(models)
    answer, log = server.train("ERROR", max_epochs=1)
    message = "error: there are no images for validation"
    assert sum(message in line for line in log.splitlines()) == 1
    assert any(message in line for line in answer["details"])
    assert "Traceback" not in log
    assert files(models) == before


def test_training_on_annotations(server, models, studies, truth):
    """In which the progress is shown, and new weights replace the former ones that are kept."""
    for name in (f"{kind}{number}" for kind in ("benign", "malignant") for number in range(1, 7)):
        if name in ("benign1", "benign2"):  # have labels already
            continue
        label = io.BytesIO()
        Image.fromarray(truth(name).T.astype(np.uint8)).save(label, format="PNG")  # label ids, as a viewer saves them
        answer = server("PUT", "/datastore/label", params={"image": name}, files={"label": ("l.png", label.getvalue())})
        assert answer.status_code == 200, answer.text
    old, before = server.infer("benign1"), files(models)

    answer = server(
        "POST", f"/train/{NAME}", json={"max_epochs": 3, "device": "cpu", "val_split": 0.25, "publish_if_worse": True}
    )
    assert answer.status_code == 200, answer.text
    seen = []

    def done(answer):
        seen.append(server.info()["train_stats"][NAME])
        return answer.json()["status"] in ("DONE", "ERROR")

    ended = server.wait("/train/", done, interval=0.2).json()
    log = server.log.read_text()
    assert ended["status"] == "DONE", log[-5000:]
    assert "Total Records in Dataset: 12" in log

    epochs = [stats["epoch"] for stats in seen if stats]
    assert epochs == sorted(epochs) and len(set(epochs)) >= 3
    assert {stats["total_epochs"] for stats in seen if stats} == {3}
    assert ["total_time" in stats for stats in seen if stats] == [epoch == 3 for epoch in epochs]
    new, former = map(float, PUBLISHED.search(log).groups())
    assert seen[-1]["best_metric"] == pytest.approx(new, abs=1e-3)

    after = files(models)
    # The weights and what belongs to them; not other networks, such as the paper's student.
    kept = {name: content for name, content in before.items() if "/" not in name and name != "teacher_benign.pt"}
    assert {name: after[f"former/1/{name}"] for name in kept} == kept
    figures = json.loads(after["former/1/kept.json"])["figures"]
    assert figures["validation_lesion_dice"] == pytest.approx(former, abs=1e-4)
    assert after["model.pt"] != before["model.pt"]
    assert after["teacher_benign.pt"] == before["teacher_benign.pt"]
    assert "datalist.json" not in after, "the new weights may have seen other images than it says"

    mask = server.infer("benign1")
    assert (mask != old).any()
    assert dice(mask, truth("benign1")) > 0.5


def test_training_from_scratch(server, models, bundle):
    """Nothing is loaded, and what is worse than the weights that are there replaces nothing."""
    before = files(models)
    _, log = server.train("DONE", max_epochs=1, pretrained=False)
    new, former = map(float, PUBLISHED.search(log).groups())
    assert new < former
    assert "The new ones are worse" in log
    assert files(models) == before
    scratch, weights = (
        torch.load(path, weights_only=True) for path in (bundle / "eval/student/model.pt", models / "model.pt")
    )
    name = next(name for name in weights if name.endswith("conv.weight"))
    assert (scratch[name] - weights[name]).abs().max() > 0.01


def test_back_to_the_former_weights(server, bundle, models, own_masks):
    before = files(models)
    done = subprocess.run([sys.executable, "-m", "scripts", "restore"], cwd=bundle, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(files(models)[name] == before[f"former/1/{name}"] for name in ("model.pt", "datalist.json"))
    assert files(models)["former/2/model.pt"] == before["model.pt"]
    assert (own_masks["malignant2"] != (server.infer("malignant2") > 0)).mean() < 1e-3, "the server uses them at once"


def test_monai_labels_own_app_serves_the_bundle(bundle, studies, truth, tmp_path):
    words = ["apps", "--download", "--name", "monaibundle", "--output", str(tmp_path)]
    subprocess.run([*MONAILABEL, *words], check=True, capture_output=True)
    app = tmp_path / "monaibundle"
    shutil.copytree(bundle, app / "model" / NAME, ignore=shutil.ignore_patterns("eval"))
    conf = {"models": NAME, "zoo_source": "local", "sam2": "false"}.items()
    with Server(app, studies, tmp_path / "server.log", *conf) as running:
        assert NAME in running.info()["trainers"]
        assert dice(running.infer("benign1"), truth("benign1")) > 0.5


def test_without_weights_the_server_says_so(bundle, studies, tmp_path):
    broken = tmp_path / "bundle"
    shutil.copytree(bundle, broken, ignore=shutil.ignore_patterns("model.pt", "eval", "former"))
    with Server(broken / "label", studies, tmp_path / "server.log") as running:
        assert running.info()["models"] == {}
        assert "neither model.pt nor model.ts exists" in running.log.read_text()
