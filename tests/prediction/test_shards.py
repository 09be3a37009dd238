# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Shards of a prediction, one after the other, give what one prediction gives."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.prediction.journal import FILE
from scripts.prediction.predict import merge
from scripts.prediction.result_folder import CSV, JSON, LESIONS, REPORT, TABLES
from scripts.prediction.shards import Shard
from tests.files.other_process import locked_elsewhere
from tests.prediction.batches import ellipse, files_below, scene

COUNT = 3


@pytest.fixture
def images(tmp_path):
    """A dozen images in folders, a clip, a mask, a note and a damaged file."""
    folder = tmp_path / "in"
    for number in range(12):
        path = folder / ("", "a", "a/b", "z")[number % 4] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scene(ellipse((40, 50), (20, 25), (6 + number % 5, 9)), number)).save(path)
    frames = [Image.fromarray(scene(ellipse((40, 50), (20, 25), (6, 9)), seed)) for seed in (20, 21, 22)]
    frames[0].save(folder / "clip.tif", save_all=True, append_images=frames[1:])
    Image.fromarray(np.zeros((40, 50), np.uint8)).save(folder / "0_mask.png")
    (folder / "notes.md").write_text("notes")
    (folder / "damaged.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


@pytest.fixture
def predict_shards(predict, images):
    """A function that predicts some shards."""

    def run(*numbers, **options):
        return [predict(images, shard=Shard(number, COUNT), **options) for number in numbers or range(1, COUNT + 1)]

    return run


def table(folder, name):
    """The rows of a table, without times."""
    with (folder / name).open(newline="", encoding="utf-8") as lines:
        return [{**row, "seconds": ""} for row in csv.DictReader(lines)]


def without_times(folder):
    """What ``results.json`` says, without times."""
    results = json.loads((folder / JSON).read_text())
    for row in results["images"]:
        row.pop("seconds")
    for name in ("time", "date", "finished", "started", "command"):
        results["provenance"].pop(name, None)
    return results


def test_merged_shards_equal_one_prediction(predict, predict_shards, images, tmp_path):
    whole = predict(images)
    (tmp_path / "out").rename(tmp_path / "whole")
    parts = predict_shards()
    assert not (tmp_path / "out" / CSV).exists()
    merged = merge(tmp_path / "out")
    assert sum(part["images"] for part in parts) == whole["images"] == merged["images"] == 15
    assert sum(part["images"] > 0 for part in parts) > 1
    assert {**merged, "failed": set(merged["failed"])} == {**whole, "failed": {"damaged.png"}}
    assert files_below(tmp_path / "out") == files_below(tmp_path / "whole")
    for name in (CSV, LESIONS):
        assert table(tmp_path / "out", name) == table(tmp_path / "whole", name)
    assert without_times(tmp_path / "out") == without_times(tmp_path / "whole")
    assert "damaged.png" in (tmp_path / "out" / REPORT).read_text()


def test_each_file_belongs_to_one_shard():
    names = [f"patient {number}/é.png" for number in range(1000)]
    shards = [Shard(number, 7) for number in range(1, 8)]
    assert all(sum(shard.has(name) for shard in shards) == 1 for name in names)
    assert min(sum(shard.has(name) for name in names) for shard in shards) > 100


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "-1/4", "1/0", "1/4/2", ""])
def test_a_shard_out_of_range_is_refused(text):
    with pytest.raises(InputError, match=f"^--shard {text}: must be i/n with i from 1 to n, such as 2/4$"):
        Shard.parse(text)
    assert str(Shard.parse("4/4")) == "4/4"


def test_a_missing_shard_is_named(predict_shards, tmp_path):
    predict_shards(1, 3)
    with pytest.raises(InputError, match="shard 2/3 is missing; run predict with --shard 2/3"):
        merge(tmp_path / "out")


def test_an_interrupted_shard_is_continued(predict_shards, predict, tmp_path):
    predict_shards(1, 2)

    def fail(_):
        raise KeyboardInterrupt

    good, predict.segmenter = predict.segmenter, fail
    with pytest.raises(KeyboardInterrupt):
        predict_shards(3)
    with pytest.raises(InputError, match="shard 3/3 is not finished; continue it with --shard 3/3 --resume"):
        merge(tmp_path / "out")
    predict.segmenter = good
    predict_shards(3, resume=True)
    assert merge(tmp_path / "out")["images"] == 15


def test_a_merge_that_was_killed_while_it_cleaned_up_goes_on(predict_shards, tmp_path):
    predict_shards()
    kept = tmp_path / Shard(2, COUNT).journal
    shutil.copy(tmp_path / "out" / kept.name, kept)
    whole = merge(tmp_path / "out")
    tables = {name: (tmp_path / "out" / name).read_bytes() for name in TABLES}
    kept.rename(tmp_path / "out" / kept.name)
    assert merge(tmp_path / "out") == whole
    assert {name: (tmp_path / "out" / name).read_bytes() for name in TABLES} == tables
    assert not list((tmp_path / "out").glob("progress.*_of_*"))


def test_an_edited_shard_is_not_merged(predict_shards, tmp_path):
    predict_shards()
    path = tmp_path / "out" / Shard(2, COUNT).journal
    path.write_text(path.read_text().replace('"lesion_found": true', '"lesion_found": false', 1))
    with pytest.raises(InputError, match=r"2_of_3.jsonl: line \d+ is damaged .* continue it with --shard 2/3 --resume"):
        merge(tmp_path / "out")
    predict_shards(2, resume=True)
    assert merge(tmp_path / "out")["images"] == 15


def test_a_merged_prediction_is_resumed_as_a_whole(predict, predict_shards, images, tmp_path):
    predict_shards()
    merge(tmp_path / "out")
    with pytest.raises(InputError, match="not shards; there is nothing to merge"):
        merge(tmp_path / "out")
    with pytest.raises(InputError, match="no shards to merge; make them with"):
        merge(images)
    (images / "damaged.png").unlink()
    Image.fromarray(scene(ellipse((40, 50), (20, 25), (6, 9)), 30)).save(images / "new.png")
    outcome = predict(images, resume=True)
    assert (outcome["images"], outcome["failed"]) == (16, {})


def test_shards_of_other_settings_or_files_are_not_mixed(predict, predict_shards, images, tmp_path):
    predict_shards(1, 2)
    predict_shards(3, spacing=(0.1, 0.1))
    with pytest.raises(InputError, match=r"shard 3/3 was predicted with spacing \[0.1, 0.1\], shard 1/3 with None"):
        merge(tmp_path / "out")
    Image.fromarray(scene(ellipse((40, 50), (20, 25), (6, 9)), 30)).save(images / "new.png")
    predict_shards(3, overwrite=True)
    with pytest.raises(InputError, match="saw different input files; run all shards again with --resume"):
        merge(tmp_path / "out")
    predict_shards(resume=True)
    assert merge(tmp_path / "out")["images"] == 16


def test_a_folder_holds_shards_or_a_whole_prediction(predict, predict_shards, images, tmp_path):
    predict_shards(1)
    with pytest.raises(InputError, match="holds shard 1/3 of a prediction; join the shards with merge"):
        predict(images, overwrite=True)
    with pytest.raises(InputError, match="holds a prediction; continue it with --resume"):
        predict_shards(1)
    predict(images, shard=Shard(1, 2))
    predict_shards(2, 3)
    with pytest.raises(InputError, match=r"holds shard 1/2 and shards of 3; remove progress.1_of_2.jsonl"):
        merge(tmp_path / "out")
    (tmp_path / "out" / "progress.1_of_2.jsonl").unlink()
    merge(tmp_path / "out")
    assert (tmp_path / "out" / FILE).exists()
    with pytest.raises(InputError, match="holds a whole prediction; choose another folder for its shards"):
        predict_shards(1)


def test_a_second_command_on_the_folder_is_refused_and_harms_nothing(predict, predict_shards, images, tmp_path):
    out = tmp_path / "out"
    predict_shards(1)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with locked_elsewhere(out):
        for options in ({"shard": Shard(2, COUNT)}, {"shard": Shard(1, COUNT), "overwrite": True}):
            with pytest.raises(InputError, match="out: another command is writing to this folder"):
                predict(images, **options)
        with pytest.raises(InputError, match="another command is writing to this folder"):
            merge(out)
    with locked_elsewhere(out / Shard(1, COUNT).journal):
        for option in ("overwrite", "resume"):
            with pytest.raises(InputError, match="--shard 1/3: another command is predicting this shard"):
                predict_shards(1, **{option: True})
        predict_shards(2)  # at the same time
    assert {path: path.read_bytes() for path in before} == before
