# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lesions of known size in many files, one after the other and after an interruption, in the memory of one image."""

from __future__ import annotations

import csv
import json
import os
import tracemalloc

import nibabel
import numpy as np
import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.postprocessing.calibration import Calibration
from scripts.prediction.journal import FILE
from scripts.prediction.result_folder import CLIPS, CSV, JSON, LESIONS, REPORT, TABLES
from scripts.prediction.result_tables import CLIP_COLUMNS, COLUMNS, LESION_COLUMNS
from tests.prediction.batches import bright, counting, ellipse, files_below, journal_lines, run_batch, scene

SHAPE = (61, 84)
SPACINGS = [(0.1, 0.1), (0.05, 0.2), (0.31, 0.07)]


def write_png(path, grey, spacing):
    Image.fromarray(grey).save(path)


def write_nifti(path, grey, spacing):
    image = nibabel.Nifti1Image(grey.T[..., None], np.diag([spacing[1], spacing[0], 1, 1]))
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)


def write_dicom(path, grey, spacing):
    pytest.importorskip("highdicom")
    from tests.images.dicom import instance, region, write

    rows, columns = grey.shape
    cut = region(0, 0, rows - 1, columns - 1, spacing[0] / 10, spacing[1] / 10)
    write(instance(grey, "MONOCHROME2", SequenceOfUltrasoundRegions=[cut]), path.parent, path.name)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("degrees, ratio", [(0, 1.5), (30, 2.5), (125, 4)])
@pytest.mark.parametrize(
    "name, write, given", [("a.png", write_png, True), ("a.nii.gz", write_nifti, False), ("a.dcm", write_dicom, False)]
)
def test_a_drawn_lesion_is_measured_to_a_pixel(batch, folder, name, write, given, degrees, ratio, spacing):
    height, width = spacing
    long = 50 * max(spacing)
    size = 2.4 * long
    lesion = ellipse(
        (int(size / height), int(size / width)), (size / 2, size / 2), (long, long / ratio), degrees, spacing
    )
    write(folder / name, scene(lesion), spacing)
    row = batch(spacing=spacing if given else None).row(name)
    pixel = np.hypot(height, width)
    assert row["unit"] == "mm"
    assert (row["spacing_row"], row["spacing_column"]) == pytest.approx(spacing)
    assert row["longest_diameter"] == pytest.approx(2 * long, abs=pixel)
    assert row["perpendicular_diameter"] == pytest.approx(2 * long / ratio, abs=pixel)
    assert row["area"] == pytest.approx(np.pi * long**2 / ratio, rel=0.02)
    assert (row["lesion_found"], row["components"]) == (True, 1)
    rows, columns = np.nonzero(lesion)
    box = (rows.min(), columns.min(), rows.max(), columns.max())
    assert tuple(row[name] for name in ("first_row", "first_column", "last_row", "last_column")) == box


def lesion(number):
    return ellipse(SHAPE, (30, 30 + number), (15, 8), 10 * number)


@pytest.fixture
def images(folder):
    """Four good files and one that is not."""
    for number in range(4):
        path = folder / ("day 1" if number % 2 else "day 2") / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(scene(lesion(number), number)).save(path)
    (folder / "bad.png").write_bytes(b"no picture")
    return folder


def content(outcome):
    """All that a batch left but its journal, and the rows without the time that each took."""
    files = {name: (outcome.folder / name).read_bytes() for name in files_below(outcome.folder) if name != FILE}
    rows = {name: [{**row, "seconds": 0} for row in rows] for name, rows in sorted(outcome.rows.items())}
    return files, rows, outcome.failed


def interrupting(calls):
    """As `bright`, but it ends the process's work at a call as a key does."""
    count = 0

    def segment(grey):
        nonlocal count
        count += 1
        if count > calls:
            raise KeyboardInterrupt
        return bright(grey)

    return segment


@pytest.mark.parametrize("calls", range(4))
def test_after_an_interruption_the_results_are_those_of_one_run(images, tmp_path, calls):
    whole = run_batch([images], tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run_batch([images], tmp_path / "out", segmenter=interrupting(calls))
    seen = []
    resumed = run_batch([images], tmp_path / "out", segmenter=counting(seen))
    assert content(resumed) == content(whole)
    assert len(seen) == 4 - calls
    assert list(whole.failed) == ["bad.png"]


def test_what_is_done_is_skipped_and_what_changed_or_failed_is_not(batch, images):
    first = batch()
    seen = []
    again = batch(segmenter=counting(seen))
    assert seen == []
    assert content(again) == content(first)
    Image.fromarray(scene(lesion(7))).save(images / "day 1" / "1.png")
    Image.fromarray(scene(lesion(8))).save(images / "bad.png")
    os.utime(images / "day 2" / "0.png", ns=(1, 1))  # touched, but the same
    again = batch(segmenter=counting(seen))
    assert len(seen) == 2
    assert not again.failed
    assert (again.mask("day 1/1.png") > 0).tolist() == lesion(7).tolist()
    assert (again.mask("bad.png") > 0).tolist() == lesion(8).tolist()


def test_another_image_of_the_same_size_and_time_is_segmented_anew(batch, folder):
    path = folder / "a.bmp"  # its size does not depend on what it shows
    Image.fromarray(scene(lesion(1))).save(path)
    before = path.stat()
    batch()
    Image.fromarray(scene(lesion(2))).save(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert (batch().mask("a.bmp") > 0).tolist() == lesion(2).tolist()


def test_a_mask_that_is_gone_is_made_again(batch, images):
    first = batch()
    (first.folder / first.row("day 1/1.png")["mask"]).unlink()
    seen = []
    assert content(batch(segmenter=counting(seen))) == content(first)
    assert len(seen) == 1


def test_after_an_edit_of_the_journal_the_results_are_those_of_one_run(predict, images, tmp_path):
    """Two files exchange their rows: the tables would tell of each the lesion of the other."""
    predict(images)
    before = [{**row, "seconds": ""} for row in rows_of(tmp_path / "out" / CSV)]
    path = tmp_path / "out" / FILE
    text = path.read_text().replace("day 1/1.png", "other").replace("day 2/0.png", "day 1/1.png")
    path.write_text(text.replace("other", "day 2/0.png"))
    predict(images, resume=True)
    assert [{**row, "seconds": ""} for row in rows_of(tmp_path / "out" / CSV)] == before


def test_a_file_that_fails_leaves_nothing(batch, folder):
    pages = [Image.fromarray(scene(lesion(number))) for number in range(3)]
    pages[2] = Image.new("L", (9, 9))
    pages[0].save(folder / "a.tif", save_all=True, append_images=pages[1:])
    outcome = batch()
    assert "page 3 has another size" in outcome.failed["a.tif"]
    assert outcome.rows == {}
    assert files_below(outcome.folder) == [FILE]
    assert not (outcome.folder / "a_overlay").exists()


def test_results_of_what_was_before_do_not_stay(batch, folder):
    pages = [Image.fromarray(scene(lesion(number))) for number in range(3)]
    pages[0].save(folder / "a.tif", save_all=True, append_images=pages[1:])
    batch()
    pages[0].save(folder / "a.tif")
    outcome = batch()
    assert files_below(outcome.folder) == ["a_mask.png", "a_overlay.jpg", FILE]
    (folder / "a.tif").write_bytes(b"damaged")
    outcome = batch()
    assert files_below(outcome.folder) == [FILE]
    assert list(outcome.failed) == ["a.tif"]


def test_a_failed_file_that_is_gone_is_no_failure_any_more(batch, images):
    assert list(batch().failed) == ["bad.png"]
    (images / "bad.png").unlink()
    assert batch().failed == {}


def test_files_that_differ_in_their_suffix_alone_keep_it_in_the_names_of_their_results(batch, folder):
    for number, name in enumerate(("a.bmp", "a.png", "b.png")):
        Image.fromarray(scene(lesion(number))).save(folder / name)
    for _ in range(2):
        outcome = batch()
        assert not outcome.failed
        for number, name in enumerate(("a.bmp", "a.png", "b.png")):
            assert (outcome.mask(name) > 0).tolist() == lesion(number).tolist()
        results = ["a.bmp_mask.png", "a.bmp_overlay.jpg", "a.png_mask.png", "a.png_overlay.jpg", "b_mask.png"]
        assert files_below(outcome.folder) == [*results, "b_overlay.jpg", FILE]


def test_a_newcomer_does_not_change_the_names_of_results_that_are_there(batch, folder):
    Image.fromarray(scene(lesion(1))).save(folder / "a.png")
    batch()
    Image.fromarray(scene(lesion(2))).save(folder / "a.bmp")  # comes first
    for _ in range(2):
        outcome = batch()
        assert (outcome.row("a.png")["mask"], outcome.row("a.bmp")["mask"]) == ("a_mask.png", "a.bmp_mask.png")
        assert (outcome.mask("a.bmp") > 0).tolist() == lesion(2).tolist()
        assert (outcome.mask("a.png") > 0).tolist() == lesion(1).tolist()
    Image.fromarray(scene(lesion(3))).save(folder / "a.png")
    outcome = batch()
    assert (outcome.mask("a.png") > 0).tolist() == lesion(3).tolist()
    assert (outcome.mask("a.bmp") > 0).tolist() == lesion(2).tolist()
    assert len(files_below(outcome.folder)) == 5


def test_the_calibration_decides(batch, folder):
    Image.fromarray(scene(lesion(1))).save(folder / "a.png")
    row = batch(calibration=Calibration(min_size=0.9)).row("a.png")
    assert (row["lesion_found"], row["area"], row["first_row"]) == (False, 0, None)


def test_whatever_the_network_raises_costs_one_file(batch, images, capsys):
    def segment(grey):
        if (grey == scene(lesion(2), 2)).all():
            raise RuntimeError("out of\nmemory")
        return bright(grey)

    outcome = batch(segmenter=segment)
    assert sorted(outcome.failed) == ["bad.png", "day 2/2.png"]
    assert len(outcome.rows) == 3
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert f"error: {images / 'day 2' / '2.png'}: cannot be segmented: RuntimeError: out of memory" in told


@pytest.mark.parametrize("name", ["clip.dcm", "stack.tif", "stack.nii.gz", "many"])
def test_long_clips_and_many_files_take_the_memory_of_a_few_images(folder, tmp_path, name):
    count = 150
    frame = scene(ellipse((200, 300), (100, 150), (80, 40)))
    if name == "clip.dcm":
        pytest.importorskip("highdicom")
        from tests.images.dicom import clip, instance, write

        write(clip([frame] * count, "MONOCHROME2"), folder, name)
        write(instance(frame, "MONOCHROME2"), folder, "one")
    elif name == "stack.tif":
        pages = [Image.fromarray(frame)] * count
        pages[0].save(folder / name, save_all=True, append_images=pages[1:])
    elif name == "many":
        (folder / name).mkdir()
        for number in range(count):
            Image.fromarray(frame).save(folder / name / f"{number}.png")
    else:
        stack = np.repeat(frame.T[..., None], count, axis=2)
        nibabel.save(nibabel.Nifti1Image(stack, np.eye(4)), folder / name)
    Image.fromarray(frame).save(folder / "two.png")
    run_batch([folder / "two.png", *folder.glob("one")], tmp_path / "first")  # what is loaded for the first of a kind
    tracemalloc.start()
    try:
        outcome = run_batch([folder / name], tmp_path / "out")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not outcome.failed and sum(map(len, outcome.rows.values())) == count
    assert peak < 6_500_000 < count * frame.nbytes


# The whole, with a stand-in for the network


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_tables_and_report_tell_the_same(predict, images, tmp_path):
    Image.fromarray(np.full(SHAPE, 9, np.uint8)).save(images / "black.png")
    (images / "day 1" / "notes.txt").write_text("of the day")
    outcome = predict(images, spacing=(0.1, 0.2))
    assert (outcome["files"], outcome["images"], outcome["lesions"]) == (6, 5, 4)
    assert list(outcome["failed"]) == ["bad.png"]
    table = rows_of(tmp_path / "out" / CSV)
    told = json.loads((tmp_path / "out" / JSON).read_text(), object_pairs_hook=lambda pairs: check_keys(pairs))
    assert list(table[0]) == list(COLUMNS)
    assert set(told["images"][0]) == {*COLUMNS, "lesions"}
    assert len(table) == len(told["images"]) == 5
    for line, row in zip(table, told["images"]):
        assert line == {name: "" if value is None else str(value) for name, value in row.items() if name in line}
    assert told["failed"] == outcome["failed"] == {"bad.png": outcome["failed"]["bad.png"]}
    assert told["skipped"] == outcome["skipped"] == {"day 1/notes.txt": "not an image"}
    assert all(row["seconds"] > 0 for row in told["images"])
    assert (told["files"], told["lesions"]) == (6, 4)
    assert told["provenance"]["network"] == "Bright"
    assert told["provenance"]["spacing"] == [0.1, 0.2]
    page = (tmp_path / "out" / REPORT).read_text(encoding="utf-8")
    for name in ("day 1/1.png", "day 2/0.png", "black.png", "bad.png", "all pixels are equal", "day 1/notes.txt"):
        assert name in page
    assert "its content is not in that format" in page
    assert page.index("day 2/0.png") < page.index("day 2/2.png")  # as certain as each other: in the files' order


def test_a_row_for_each_lesion(predict, folder, tmp_path):
    """Two rectangles of known size and place, in millimetres and in pixels."""
    both = np.zeros((60, 90), bool)
    both[10:20, 10:40] = True
    both[40:45, 60:70] = True
    Image.fromarray(scene(both)).save(folder / "a.png")
    Image.fromarray(np.full(both.shape, 9, np.uint8)).save(folder / "none.png")
    predict(folder, spacing=(0.1, 0.2))
    first, second = rows_of(tmp_path / "out" / LESIONS)
    assert list(first) == list(LESION_COLUMNS)
    assert [(row["file"], row["frame"], row["lesion"]) for row in (first, second)] == [
        ("a.png", "", "1"),
        ("a.png", "", "2"),
    ]
    assert (float(first["area_pixels"]), float(first["area_mm2"])) == (300, 6)
    assert (float(first["centre_row"]), float(first["centre_column"])) == (14.5, 24.5)
    assert (float(second["centre_row_mm"]), float(second["centre_column_mm"])) == (4.25, 13)
    assert float(second["longest_diameter_mm"]) == pytest.approx(np.hypot(0.4, 2), abs=0.11)
    assert float(second["longest_diameter_pixels"]) == pytest.approx(np.hypot(4, 10), abs=0.6)
    told = json.loads((tmp_path / "out" / JSON).read_text())["images"]
    assert [len(row["lesions"]) for row in told] == [2, 0]
    predict(folder, overwrite=True)
    for row in rows_of(tmp_path / "out" / LESIONS):
        assert [row[name] for name in row if name.endswith(("_mm", "_mm2"))] == [""] * 5


def test_a_summary_and_a_contact_sheet_for_each_clip(predict, folder, tmp_path):
    """Lesions that grow and shrink in the frames of a stack; one frame has none."""
    axes = [(12, 6), (14, 7), None, (18, 9), (16, 8)] + [(10, 5)] * 25
    pages = []
    for size in axes:
        shown = np.full(SHAPE, 9, np.uint8) if size is None else scene(ellipse(SHAPE, (30, 42), size))
        pages.append(Image.fromarray(shown))
    pages[0].save(folder / "stack.tif", save_all=True, append_images=pages[1:])
    pages[0].save(folder / "single.png")
    predict(folder, spacing=(0.5, 0.5))
    out = tmp_path / "out"
    told = json.loads((out / JSON).read_text())
    (line,), (clip,) = rows_of(out / CLIPS), told["clips"]
    assert line == {name: "" if value is None else str(value) for name, value in clip.items()}
    assert list(line) == list(CLIP_COLUMNS)
    assert (clip["file"], clip["frames"], clip["frames_with_lesion"], clip["largest_frame"]) == ("stack.tif", 30, 29, 4)
    assert clip["longest_diameter_min"] == pytest.approx(10, abs=0.5)
    assert clip["longest_diameter_max"] == pytest.approx(18, abs=0.5)
    assert clip["perpendicular_diameter"] == pytest.approx(9, abs=0.5)
    assert clip["unit"] == "mm"
    with Image.open(out / clip["sheet"]) as sheet:
        assert sheet.width == 4 * (320 + 6) + 6 and sheet.height > 3 * 320 * SHAPE[0] / SHAPE[1]
    assert "29 of 30 frames with a lesion" in (out / REPORT).read_text(encoding="utf-8")
    (folder / "stack.tif").unlink()
    predict(folder, overwrite=True)
    assert not (out / clip["sheet"]).exists() and not (out / "stack_overlay").exists()
    assert rows_of(out / CLIPS) == []


def check_keys(pairs):
    assert len(pairs) == len(dict(pairs)), "a key twice"
    return dict(pairs)


def test_names_that_would_run_in_a_spreadsheet_or_a_browser(predict, folder, tmp_path):
    names = ["=cmd()|' '!A0.png", "+1.png", "-1.png", "@a.png", "\tx.png", "\n=y.png", "<script>alert(1)<!--.png",
             os.fsdecode(b"\xff\xfe.png"), "a,b\"c';d.png", "\u202egnp.exe.png", "😀.png"]  # fmt: skip
    for name in names:
        Image.fromarray(scene(lesion(1))).save(folder / name, format="PNG")
    outcome = predict(folder)
    assert (outcome["images"], outcome["failed"]) == (len(names), {})
    table = rows_of(tmp_path / "out" / CSV)
    for line in table:
        for column in ("file", "mask", "overlay"):
            assert line[column][0] not in "=+-@\t\r\n"
    assert "'=cmd()|' '!A0.png" in [line["file"] for line in table]
    told = json.loads((tmp_path / "out" / JSON).read_text(encoding="utf-8"))
    assert sorted(row["file"] for row in told["images"]) == sorted(names)
    page = (tmp_path / "out" / REPORT).read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    for row in told["images"]:
        assert (tmp_path / "out" / row["mask"]).is_file() and (tmp_path / "out" / row["overlay"]).is_file()


def test_a_used_folder_is_refused(predict, images, tmp_path):
    predict(images)
    before = {name: (tmp_path / "out" / name).read_bytes() for name in files_below(tmp_path / "out")}
    with pytest.raises(
        InputError, match="--output_dir .*out: holds a prediction; continue it with --resume, replace it with"
    ):
        predict(images)
    with pytest.raises(InputError, match="--resume --overwrite"):
        predict(images, resume=True, overwrite=True)
    predict.settings["network"] = "Other"
    with pytest.raises(InputError, match="--resume: .*network Bright, not Other"):
        predict(images, resume=True)
    predict.settings["network"] = "Bright"
    with pytest.raises(InputError, match=r"--resume: .*spacing None, not \(1.0, 1.0\)"):
        predict(images, resume=True, spacing=(1.0, 1.0))
    assert before == {name: (tmp_path / "out" / name).read_bytes() for name in files_below(tmp_path / "out")}


@pytest.mark.parametrize("name", [CSV, LESIONS, CLIPS, JSON, REPORT])
@pytest.mark.parametrize("resume", [False, True])
def test_a_table_of_something_else_is_not_lost(predict, images, tmp_path, name, resume):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("of a year's work")
    with pytest.raises(InputError, match=f"--output_dir .*out: holds {name}; replace it with --overwrite"):
        predict(images, resume=resume)
    assert (tmp_path / "out" / name).read_text() == "of a year's work"


def test_resume_begins_where_there_is_nothing(predict, images):
    assert predict(images, resume=True)["images"] == 4
    assert predict(images, resume=True)["images"] == 4


def test_overwrite_removes_what_it_made_and_nothing_else(predict, images, tmp_path):
    out = tmp_path / "out"
    predict(images)
    others = ["notes.txt", "day 1/mine_mask.png", "mine_overlay/0001.jpg", ".mine.partial"]
    for name in others:
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("mine")
    (out / ".1_mask.png.4711.partial").write_text("of a prediction that was killed")
    (out / "day 2" / ".1_mask.png.4711.partial").write_text("of a prediction that was killed")
    (images / "day 2" / "2.png").unlink()
    (images / "day 2" / "0.png").rename(images / "0.png")
    (images / "day 1" / "1.png").unlink()
    predict(images, overwrite=True)
    results = ["0_mask.png", "0_overlay.jpg", "day 1/3_mask.png", "day 1/3_overlay.jpg"]
    assert files_below(out) == sorted([*others, *TABLES, FILE, *results])
    assert not (out / "day 2").exists()


def test_a_journal_that_was_tampered_with_removes_nothing_outside(predict, images, tmp_path):
    predict(images)
    for name in ("kept.png", "out-side.png"):
        (tmp_path / name).write_text("mine")
    with (tmp_path / "out" / FILE).open("a") as file:
        for path in ("../kept.png", str(tmp_path / "out-side.png"), "..", ".", "day 1"):
            file.write(json.dumps({"attempt": 9, "row": {"file": "x", "mask": path, "overlay": path}}) + "\n")
    predict(images, overwrite=True)
    assert (tmp_path / "kept.png").exists() and (tmp_path / "out-side.png").exists()


def test_an_interruption_tells_what_is_done(predict, images, tmp_path):
    predict.segmenter = interrupting(2)
    with pytest.raises(KeyboardInterrupt):
        predict(images)
    assert len(rows_of(tmp_path / "out" / CSV)) == 2
    lines = journal_lines(tmp_path / "out")
    assert sum("row" in line for line in lines) == 2


@pytest.mark.parametrize("spacing", [(0, 1), (1, -1), (float("nan"), 1), (1, float("inf"))])
def test_a_spacing_that_is_none(predict, images, tmp_path, spacing):
    with pytest.raises(InputError, match="--spacing .*: must be above 0, in millimetres"):
        predict(images, spacing=spacing)
    assert not (tmp_path / "out").exists()


def test_all_files_failing_is_a_result(predict, folder, tmp_path):
    (folder / "a.png").write_bytes(b"x")
    outcome = predict(folder)
    assert (outcome["images"], list(outcome["failed"])) == (0, ["a.png"])
    assert json.loads((tmp_path / "out" / JSON).read_text())["images"] == []
    assert rows_of(tmp_path / "out" / CSV) == []
