# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables as people and spreadsheets write them: what each column is for, and what is refused."""

from __future__ import annotations

import logging
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.__main__ import main
from scripts.data.datalist import build_datalist
from scripts.data.patients import patient_key
from scripts.data.sources import read_dataset
from scripts.data.sources.label_table import Label, read_labels
from scripts.data.sources.spacing import parse_spacing
from scripts.errors import InputError
from tests.paths import SHARED

CASES = SHARED / "cases" / "tables"


@pytest.fixture
def label(tmp_path: Path) -> Callable[..., dict[str, Label]]:
    """A function that reads a table about a.png and b.png, by the stems of these."""

    def label(table: str | bytes, name: str = "labels.csv") -> dict[str, Label]:
        (tmp_path / name).write_bytes(table.encode() if isinstance(table, str) else table)
        labels = read_labels(tmp_path, [tmp_path / "a.png", tmp_path / "b.png"])
        return {image.stem: found for image, found in labels.items()}

    return label


def refused(call: Callable[[], object], *parts: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert "\n" not in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


# ---------------------------------------------------------------- which column


@pytest.mark.parametrize(
    "column",
    ["patient", "Patient", "patient_id", "PatientID", "Patient ID", "PATIENT-NO.", "case", "Case ID", "subject", "pid"]
    + ["SubjectID", "person", "participant_id", "MRN", "ID patient", " patient number "],
)
def test_patients(label: Callable, column: str) -> None:
    assert [found.patient for found in label(f"image,{column}\na,P1\nb,P2\n").values()] == ["P1", "P2"]


@pytest.mark.parametrize(
    "column", ["image", "Image Name", "filename", "File", "image_path", "ImageFile", "id", "name", "image_id", "IMG"]
)
def test_images(label: Callable, column: str) -> None:
    assert label(f"Age,{column},class\n50,a,benign\n61,b.png,malignant\n")["b"].label_class == "malignant"


@pytest.mark.parametrize("column", ["class", "label", "Pathology", "Tumor type", "lesion_class", "TYPE"])
def test_classes(label: Callable, column: str) -> None:
    assert label(f"image,{column}\na,Benign\nb,\n") == {"a": Label("benign"), "b": Label("unknown")}


@pytest.mark.parametrize(
    ("column", "cell", "millimetres"),
    [
        ("spacing", "0.08", (0.08, 0.08)),
        ("pixel_size", "0.08 0.1", (0.08, 0.1)),
        ("Pixel size (mm)", "0.08 x 0.1", (0.08, 0.1)),
        ("pixel_size_mm", '"0,08"', (0.08, 0.08)),
        ("spacing_cm", "0.008", (0.08, 0.08)),
        ("PixelSpacing", "[0.08 0.1]", (0.08, 0.1)),
        ("PixelSpacing", '"(0.08, 0.1)"', (0.08, 0.1)),
        ("PixelSpacing", "0.08\\0.1", (0.08, 0.1)),
        ("pixelSizeUm", "80", (0.08, 0.08)),
        ("pixel spacing in µm", "80", (0.08, 0.08)),
        ("mm_per_pixel", "8e-2", (0.08, 0.08)),
        ("cm/px", ".008", (0.08, 0.08)),
        ("spacing", "0.008 cm", (0.08, 0.08)),
        ("spacing", "1.08", (1.08, 1.08)),
        ("spacing", '"1,08"', (1.08, 1.08)),
        ("spacing", "NA", None),
        ("spacing_y,spacing_x", "0.08,0.1", (0.08, 0.1)),
        ("Pixel spacing X [cm],Pixel spacing Y [cm]", "0.01,0.008", (0.08, 0.1)),
    ],
)
def test_spacings(label: Callable, column: str, cell: str, millimetres: tuple[float, float] | None) -> None:
    assert label(f"image,{column}\na,{cell}\nb\n") == {"a": Label(spacing=millimetres), "b": Label()}


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        ("image,patient,subject\na,1,1\nb,2,2\n", ("'patient' and 'subject' may each be the patient",)),
        ("image,patient,Patient\na,1,1\nb,2,2\n", ("'patient' and 'Patient'",)),
        ("image,filename\na,a\nb,b\n", ("'image' and 'filename' may each be the image",)),
        ("image,class,label\na,benign,benign\nb,benign,benign\n", ("'class' and 'label' may each be the class",)),
        ("image,spacing,pixel_size_mm\na,1,1\nb,1,1\n", ("may each be the spacing",)),
        ("image,spacing_x\na,1\nb,1\n", ("'spacing_x'", "one for rows and one for columns")),
        ("image,spacing,spacing_x,spacing_y\na,1,1,1\nb,1,1,1\n", ("'spacing_x'", "one column of pixel sizes")),
        ("image,class,spacing\na,benign,1,08\nb,benign,1,08\n", ("line 2: 4 cells, but 3 columns", "decimal comma")),
        ("image,spacing,class\na,1,08,benign\nb,1.08,benign\n", ("line 2: 4 cells, but 3 columns",)),
        ("image,spacing\na,-1\nb,1\n", ("invalid pixel size '-1'",)),
        ("image,spacing\na,1.0.8\nb,1\n", ("invalid pixel size '1.0.8'",)),
        ('image,spacing\na,"0.1,0.2"\nb,1\n', ("invalid pixel size '0.1,0.2'",)),
        ("image,spacing_mm\na,0.1 cm\nb,1\n", ("'0.1 cm' is in cm, but its column in mm",)),
        ("image,spacing\na,0.1 inch\nb,1\n", ("invalid pixel size 'inch'",)),
        ("image,class\na,benign\nb,cyst\n", ("line 3, 'b': unknown class 'cyst'",)),
    ],
)
def test_refused(label: Callable, table: str, parts: tuple[str, ...]) -> None:
    refused(lambda: label(table), "labels.csv", *parts)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_spreadsheets(label: Callable, end: str, separator: str, encoding: str) -> None:
    """Excel's CSV and "Unicode text" of any country."""
    rows = [["image", "Größe (mm, mm)", "patient", "spacing"], ["a", "", "Ä", "1,08"], ["b", "", "", ""]]
    lines = [separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in rows]
    table = "".join(line + end for line in [*lines, separator * 3])
    assert label(table.encode(encoding)) == {"a": Label(None, "Ä", (1.08, 1.08)), "b": Label()}


def test_hint_of_excel_on_the_separator(label: Callable) -> None:
    assert label("sep=;\r\nimage;patient\r\na;P1\r\nb;P2\r\n")["b"].patient == "P2"
    with pytest.raises(InputError, match="line 4: 3 cells, but 2 columns"):
        label("sep=;\r\nimage;patient\r\na;P1\r\nb;P2;\r\n")


def test_names_of_files_in_capitals(label: Callable) -> None:
    assert label("image,patient\na,P1\nb,P2\n", "Labels.CSV")["b"].patient == "P2"


# ---------------------------------------------------------------- patients


@pytest.mark.parametrize("names", [("P1", "p1", "P 1", " P1"), ("1", "1.0", "1,0", "001", "1."), ("Ärztin", "ÄRZTIN")])
def test_spellings_of_one_patient(names: tuple[str, ...]) -> None:
    assert len({patient_key(name) for name in names}) == 1


def test_other_patients() -> None:
    names = ["P1", "P2", "1", "2", "10", "0", "P10", "1.5", "1a", "P01"]
    assert len({patient_key(name) for name in names}) == len(names)


def images_and_masks(folder: Path, patients: int = 8, images: int = 3) -> Path:
    """Write a data set: `images` of each patient, half of the patients benign."""
    draw = np.random.default_rng(0)
    for label_class in ("benign", "malignant"):
        for number in range(1, patients * images // 2 + 1):
            for kind in ("images", "masks"):
                (folder / kind).mkdir(parents=True, exist_ok=True)
                pixels = draw.integers(0, 256, (32, 40), np.uint8)
                if kind == "masks":
                    pixels[:], pixels[8:16, 10:20] = 0, 255
                Image.fromarray(pixels).save(folder / kind / f"{label_class} ({number}).png")
    return folder


def test_spellings_share_a_fold(tmp_path: Path, twins: Callable) -> None:
    folder = images_and_masks(tmp_path / "data", patients=4, images=2)
    spellings = ["p1", "P1", "2.0", "2", "x", "X", "4", "04"]
    names = sorted(path.name for path in (folder / "images").iterdir())
    table = "".join(f"{name};{patient}\n" for name, patient in zip(names, spellings))
    (folder / "labels.csv").write_text("image;Patient ID\n" + table)
    training = build_datalist(folder, num_folds=2)["training"]
    assert [entry["group"] for entry in training] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [entry["patient"] for entry in training] == spellings


def test_no_patient_is_not_one_patient(label: Callable) -> None:
    assert label("image,patient\na,unknown\nb,N/A\n") == {"a": Label(), "b": Label()}


# ---------------------------------------------------------------- what is told


def test_the_columns_used_are_told(label: Callable, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    label("Image,Age,PatientID,Pixel size (cm)\na,50,P1,0.008\nb,50,,\n")
    (record,) = caplog.records
    assert record.getMessage().endswith(
        "labels.csv: image from 'Image'; patient from 'PatientID' (1 patients, 1 images without one); "
        "spacing from 'Pixel size (cm)' (0.08 to 0.08 mm a pixel, 1 images without); not used: Age"
    )


@pytest.mark.parametrize(
    ("column", "role"),
    [("Patient Ref", "patient"), ("casename2", "patient"), ("resolution", "spacing"), ("pixel_height", "spacing")]
    + [("pathology_report", "class")],
)
def test_a_column_that_looks_meant_is_told(
    label: Callable, caplog: pytest.LogCaptureFixture, column: str, role: str
) -> None:
    label(f"image,{column}\na,1\nb,1\n")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"no column has a known name for the {role}" in caplog.text and f"did you mean {column!r}?" in caplog.text


def test_datalist_prints_the_columns(tmp_path: Path, twins: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    folder = images_and_masks(tmp_path / "data", patients=4, images=2)
    names = sorted(path.name for path in (folder / "images").iterdir())
    (folder / "labels.csv").write_text("file,Subject,ward\n" + "".join(f"{name},7{name[:1]},1\n" for name in names))
    words = ["datalist", "--dataset_dir", str(folder), "--num_folds", "2", "--output", str(tmp_path / "datalist.json")]
    assert main(words) == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.endswith("labels.csv: image from 'file'; patient from 'Subject' (2 patients); not used: ward")
    logging.getLogger("scripts.data").info("afterwards")
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------- tables kept beside the repository


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the tables are not in {CASES}")
@pytest.mark.parametrize("table", sorted(CASES.glob("*.csv")), ids=lambda path: path.stem)
def test_eight_patients_stay_whole(table: Path, tmp_path: Path, twins: Callable) -> None:
    folder = images_and_masks(tmp_path / "data")
    shutil.copy(table, folder / "labels.csv")
    if table.stem == "decimal_comma_unquoted":
        refused(lambda: read_dataset(folder), "labels.csv, line 2", "decimal comma")
        return
    training = build_datalist(folder, num_folds=4)["training"]
    folds = defaultdict(set)
    for entry in training:
        folds[entry["patient"]].add(entry["fold"])
    assert len(folds) == 8 and all(len(of_patient) == 1 for of_patient in folds.values())
    spacings = {tuple(entry.get("spacing", ())) for entry in training}
    assert spacings == {(0.08, 0.08) if table.stem == "sp_pixel_size" else ()}


def test_two_numbers_at_most() -> None:
    refused(
        lambda: parse_spacing("1 2 3", None, "here"),
        "here: invalid spacing '1 2 3'; must be one number, or row and column",
    )
