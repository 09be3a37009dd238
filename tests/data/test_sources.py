# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Dataset folders of every layout, and what is wrong with some."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.data.records import Record
from scripts.data.sources import read_dataset
from scripts.errors import InputError, find_input_error

Save = Callable[..., Path]


def names(records: list[Record], folder: Path) -> list[str]:
    return [record.image.relative_to(folder).as_posix() for record in records]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


def fails(folder: Path, *parts: str) -> None:
    """Assert that reading ends in one line with all of `parts`."""
    with pytest.raises(InputError) as caught:
        read_dataset(folder)
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


# ---------------------------------------------------------------- any folder


def test_missing_folder(tmp_path: Path) -> None:
    fails(tmp_path / "nowhere", "nowhere: no such folder")


def test_file_instead_of_folder(tmp_path: Path) -> None:
    fails(write(tmp_path / "data.zip", ""), "data.zip: not a folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
@pytest.mark.parametrize(
    ("images", "closed"),
    [
        (("benign/benign (1).png", "benign/benign (1)_mask.png"), "benign"),  # the only class, so no layout is seen
        (("malignant/malignant (1).png", "malignant/malignant (1)_mask.png", "benign/benign (1).png"), "benign"),
        (("images/benign/a.png", "masks/benign/a.png"), "images/benign"),
        (("images/a.png", "masks/a.png"), "masks"),
        (("images/a.png", "masks/a.png"), "."),
    ],
)
@pytest.mark.parametrize("mode", [0o000, 0o400])  # of the second, the names can be read, but not what they are
def test_a_folder_that_cannot_be_read(
    save: Save, tmp_path: Path, images: tuple[str, ...], closed: str, mode: int
) -> None:
    for name in images:
        save(name)
    folder = tmp_path / "data" / closed
    folder.chmod(mode)
    try:
        with pytest.raises((InputError, PermissionError)) as caught:
            read_dataset(tmp_path / "data")
        mistake = find_input_error(caught.value)
        assert mistake is not None and str(mistake).startswith(str(folder)) and "ermission" in str(mistake)
    finally:
        folder.chmod(0o700)


def test_unknown_layout_lists_the_known(tmp_path: Path) -> None:
    fails(tmp_path, str(tmp_path), "BUSI (benign/benign (1).png", "BrEaST (", "UDIAT (", "BUS-BRA (", "generic (")


def test_no_images(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    fails(tmp_path, str(tmp_path), "no images")


def test_two_datasets_in_one_folder(save: Save, tmp_path: Path) -> None:
    save("one/benign/benign (1).png")
    save("two/malignant/malignant (1).png")
    fails(tmp_path / "data", "contains several data sets (one, two)")


def test_relative_folder(busi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_dataset("data")[1][0].image == Path("data/benign/benign (1).png")
    monkeypatch.chdir(busi)
    assert read_dataset(".")[1][0].image == Path("benign/benign (1).png")


# ---------------------------------------------------------------- BUSI


def test_busi(busi: Path) -> None:
    name, records = read_dataset(busi)
    assert name == "BUSI"
    assert names(records, busi)[:12] == [f"benign/benign ({number}).png" for number in range(1, 13)]
    assert Counter(record.label_class for record in records) == {"benign": 12, "malignant": 8, "normal": 4}
    assert [mask.name for mask in records[1].masks] == ["benign (2)_mask.png", "benign (2)_mask_1.png"]
    assert all(record.masks == () for record in records if record.label_class == "normal")
    assert all(record.patient is None and record.spacing is None for record in records)


def test_busi_from_the_folder_around_it(busi: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    busi.rename(outer / "Dataset_BUSI_with_GT")
    assert names(read_dataset(outer)[1], outer)[0] == "Dataset_BUSI_with_GT/benign/benign (1).png"


def test_busi_with_one_class_and_stray_files(save: Save, tmp_path: Path) -> None:
    save("malignant/malignant (3).png")
    save("malignant/malignant (3)_mask.png")
    save("malignant/._malignant (3).png")
    write(tmp_path / "data/malignant/Thumbs.db", "")
    assert [record.image.name for record in read_dataset(tmp_path / "data")[1]] == ["malignant (3).png"]


def test_busi_image_without_mask(busi: Path) -> None:
    (busi / "malignant/malignant (5)_mask.png").unlink()
    fails(busi, "malignant (5).png: no mask found")


def test_busi_mask_without_image(busi: Path) -> None:
    (busi / "benign/benign (2).png").unlink()
    fails(busi, "benign (2)_mask", "no image for this mask")


def test_busi_images_of_the_same_name(busi: Path, save: Save) -> None:
    save("benign/benign (3).jpg")
    fails(busi, "benign (3)", "the same name")


# ---------------------------------------------------------------- BrEaST

CLINICAL = """\
CaseID,Image_filename,Mask_tumor_filename,Mask_other_filename,Pixel_size,Age,Classification
1,case001.png,case001_tumor.png,,0.0078125,57,benign
2,case002.png,case002_tumor.png,case002_other1.png&case002_other2.png,0.006944444,60,malignant
10,case010.png,,,,not available,normal
"""


@pytest.fixture
def breast(save: Save, tmp_path: Path) -> Path:
    for name in ("case001", "case002", "case010"):
        save(f"images_and_masks/{name}.png")
    for name in ("case001_tumor", "case002_tumor", "case002_other1", "case002_other2"):
        save(f"images_and_masks/{name}.png", mask=True)
    write(tmp_path / "data/clinical-data.csv", CLINICAL, "utf-8-sig")
    return tmp_path / "data"


def test_breast(breast: Path) -> None:
    name, records = read_dataset(breast)
    assert name == "BrEaST"
    assert names(records, breast) == [f"images_and_masks/case{case}.png" for case in ("001", "002", "010")]
    assert [record.label_class for record in records] == ["benign", "malignant", "normal"]
    assert [[mask.name for mask in record.masks] for record in records] == [
        ["case001_tumor.png"],
        ["case002_tumor.png"],
        [],
    ]
    assert [record.patient for record in records] == ["1", "2", "10"]
    assert [record.spacing for record in records] == [(0.078125, 0.078125), (0.06944444, 0.06944444), None]


def test_breast_from_the_folder_of_images(breast: Path) -> None:
    assert read_dataset(breast / "images_and_masks")[1] == read_dataset(breast)[1]


def test_breast_table_beside_the_images_with_semicolons(breast: Path) -> None:
    (breast / "clinical-data.csv").unlink()
    text = CLINICAL.replace(",", ";").replace("0.00", "0,00")
    write(breast / "images_and_masks/BrEaST-Lesions-USG-clinical-data-Dec-15-2023.csv", text)
    records = read_dataset(breast / "images_and_masks")[1]
    assert records[0].spacing == (0.078125, 0.078125)


def test_breast_spreadsheet_only(breast: Path) -> None:
    (breast / "clinical-data.csv").rename(breast / "BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx")
    fails(breast, "Dec-15-2023.xlsx", "save this sheet as CSV")


def test_breast_without_table(breast: Path) -> None:
    (breast / "clinical-data.csv").unlink()
    fails(breast, "images_and_masks", "clinical data")


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("57,benign", "57,tumour", ("case 1", "unknown class 'tumour'", "benign, malignant, normal")),
        ("0.0078125", "-1", ("case 1", "invalid pixel size '-1'")),
        ("0.0078125", "nan", ("case 1", "invalid pixel size 'nan'")),
        ("case001_tumor.png,", ",", ("case001.png", "no mask found")),
        ("not available,normal", "not available,", ("case010.png", "no mask found")),
        ("1,case001.png", "1,case009.png", ("case009.png", "no such file", "case 1")),
        ("Pixel_size", "Size", ("clinical-data.csv", "no column pixel_size")),
    ],
)
def test_breast_table_errors(breast: Path, old: str, new: str, parts: tuple[str, ...]) -> None:
    write(breast / "clinical-data.csv", CLINICAL.replace(old, new, 1))
    fails(breast, *parts)


def test_breast_mask_without_image(breast: Path, save: Save) -> None:
    save("images_and_masks/case077_other1.png", mask=True)
    fails(breast, "case077_other1.png", "no image for this mask")


def test_breast_image_not_in_the_table(breast: Path, save: Save) -> None:
    save("images_and_masks/case077.png")
    fails(breast, "case077.png: not listed in")


def test_table_that_is_no_utf8(breast: Path) -> None:
    (breast / "clinical-data.csv").write_bytes(b"CaseID\n\xff\xfe\xe9\n")
    fails(breast, "clinical-data.csv", "cannot be read as a CSV file in UTF-8")


# ---------------------------------------------------------------- UDIAT


@pytest.fixture
def udiat(save: Save, tmp_path: Path) -> Path:
    for number in (1, 2, 10):
        save(f"original/{number:06}.png")
        save(f"GT/{number:06}.png", mask=True)
    return tmp_path / "data"


def classes(folder: Path) -> list[str]:
    name, records = read_dataset(folder)
    assert name == "UDIAT"
    assert all(len(record.masks) == 1 for record in records)
    return [record.label_class for record in records]


def test_udiat_without_classes(udiat: Path) -> None:
    assert classes(udiat) == ["unknown"] * 3


def test_udiat_classes_in_a_table(udiat: Path) -> None:
    write(udiat / "DatasetB.csv", "Image,Type\n000001,Benign\n000002,Malignant\n10,Benign\n")
    assert classes(udiat) == ["benign", "malignant", "benign"]


def test_udiat_class_folders_beside(udiat: Path, save: Save) -> None:
    save("Benign/000001.png")
    save("Malignant/000010.png")
    assert classes(udiat) == ["benign", "unknown", "malignant"]


@pytest.mark.parametrize("pattern", ["{class_}/{kind}/{name}.png", "{kind}/{class_}/{name}.png"])
def test_udiat_class_folders_above_and_inside(save: Save, tmp_path: Path, pattern: str) -> None:
    for class_, name in (("Benign", "000001"), ("Malignant", "000002")):
        save(pattern.format(class_=class_, kind="original", name=name))
        save(pattern.format(class_=class_, kind="GT", name=name), mask=True)
    assert classes(tmp_path / "data") == ["benign", "malignant"]


def test_udiat_contradiction(udiat: Path, save: Save) -> None:
    save("Benign/000001.png")
    write(udiat / "classes.csv", "image,class\n000001,malignant\n000002,benign\n000010,benign\n")
    fails(udiat, "000001.png: conflicting classes: benign and malignant")


def test_udiat_image_without_mask(udiat: Path) -> None:
    (udiat / "GT/000002.png").unlink()
    fails(udiat, "original/000002.png: no mask found")


def test_udiat_mask_without_image(udiat: Path) -> None:
    (udiat / "original/000002.png").unlink()
    fails(udiat, "GT/000002.png: no image for this mask")


# ---------------------------------------------------------------- BUS-BRA

BUS_DATA = """\
ID,Case,Histology,Pathology,BIRADS,Device,Width,Height,Side
bus_0001-l,1,Fibroadenoma,benign,3,GE,24,16,left
bus_0001-r,1,Fibroadenoma,benign,3,GE,24,16,right
bus_0002-s,2,Ductal carcinoma,malignant,5,GE,24,16,left
"""


@pytest.fixture
def bus_bra(save: Save, tmp_path: Path) -> Path:
    for name in ("0001-l", "0001-r", "0002-s"):
        save(f"Images/bus_{name}.png")
        save(f"Masks/mask_{name}.png")
    write(tmp_path / "data/bus_data.csv", BUS_DATA)
    return tmp_path / "data"


def test_bus_bra(bus_bra: Path) -> None:
    name, records = read_dataset(bus_bra)
    assert name == "BUS-BRA"
    stems = ("0001-l", "0001-r", "0002-s")
    assert names(records, bus_bra) == [f"Images/bus_{stem}.png" for stem in stems]
    assert [record.masks[0].name for record in records] == [f"mask_{stem}.png" for stem in stems]
    assert [record.label_class for record in records] == ["benign", "benign", "malignant"]
    assert [record.patient for record in records] == ["1", "1", "2"]


def test_bus_bra_without_table(bus_bra: Path) -> None:
    (bus_bra / "bus_data.csv").unlink()
    fails(bus_bra, "bus_data.csv: no such file")


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        ("Images/bus_0001-r.png", ("bus_data.csv", "'bus_0001-r'", "no image")),
        ("Masks/mask_0001-r.png", ("bus_0001-r.png", "no mask found")),
    ],
)
def test_bus_bra_missing_files(bus_bra: Path, file: str, parts: tuple[str, ...]) -> None:
    (bus_bra / file).unlink()
    fails(bus_bra, *parts)


def test_bus_bra_extra_files(bus_bra: Path, save: Save) -> None:
    save("Masks/mask_0009-l.png")
    fails(bus_bra, "mask_0009-l.png: no image for this mask")
    save("Images/bus_0009-l.png")
    fails(bus_bra, "bus_0009-l.png: no row for this image")


def test_bus_bra_unknown_class(bus_bra: Path) -> None:
    write(bus_bra / "bus_data.csv", BUS_DATA.replace("malignant", "M"))
    fails(bus_bra, "'bus_0002-s'", "unknown class 'M'")


# ---------------------------------------------------------------- generic


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPEG", ".bmp", ".tif", ".tiff"])
@pytest.mark.parametrize("ending", ["", "_mask"])
def test_generic_names_and_formats(save: Save, tmp_path: Path, suffix: str, ending: str) -> None:
    for number in (10, 9):
        save(f"images/case {number}{suffix}")
        save(f"masks/case {number}{ending}.png", mask=True)
    name, records = read_dataset(tmp_path / "data")
    assert name == "generic"
    assert [record.image.stem for record in records] == ["case 9", "case 10"]
    assert [record.label_class for record in records] == ["unknown", "unknown"]
    assert [[mask.stem for mask in record.masks] for record in records] == [[f"case 9{ending}"], [f"case 10{ending}"]]


def test_generic_class_folders_and_several_masks(save: Save, tmp_path: Path) -> None:
    for place in ("Benign/a", "malignant/a", "normal/b"):
        save(f"images/{place}.png")
    for place in ("Benign/a_mask", "malignant/a_mask", "malignant/a_mask_1"):
        save(f"masks/{place}.png")
    records = read_dataset(tmp_path / "data")[1]
    assert [(record.label_class, len(record.masks)) for record in records] == [
        ("benign", 1),
        ("malignant", 2),
        ("normal", 0),
    ]


@pytest.fixture
def generic(save: Save, tmp_path: Path) -> Path:
    for name in "ab":
        save(f"images/{name}.png")
        save(f"masks/{name}.png", mask=True)
    return tmp_path / "data"


def test_generic_table(generic: Path) -> None:
    table = "filename,pathology,patient,spacing\nimages/a.png,Benign,p7,0.1 0.2\nb,normal,,0.3\n"
    write(generic / "anything.csv", table)
    first, second = read_dataset(generic)[1]
    assert (first.label_class, first.patient, first.spacing) == ("benign", "p7", (0.1, 0.2))
    assert (second.label_class, second.patient, second.spacing) == ("normal", None, (0.3, 0.3))


def test_generic_prefers_labels_csv(generic: Path) -> None:
    write(generic / "other.csv", "x\n1\n")
    write(generic / "labels.csv", "image,class\na.png,benign\nb.png,malignant\n")
    assert [record.label_class for record in read_dataset(generic)[1]] == ["benign", "malignant"]


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        ("image,class\na,benign\nb,cyst\n", ("'b'", "unknown class 'cyst'")),
        ("image,class\na,benign\n", ("b.png", "no row for this image")),
        ("image,class\na,benign\nb,benign\nc,benign\n", ("'c'", "no image has this name")),
        ("image,class\na,benign\na.png,benign\n", ("'a.png'", "duplicate row")),
        ("class\nbenign\n", ("labels.csv", "no column with the names of the images")),
        ("", ("labels.csv", "no column with the names of the images")),
        ("image,spacing\na,0\nb,1\n", ("'a'", "invalid pixel size '0'")),
        ("image,spacing\na,1 2 3\nb,1\n", ("'a'", "row and column")),
    ],
)
def test_generic_table_errors(generic: Path, table: str, parts: tuple[str, ...]) -> None:
    write(generic / "labels.csv", table)
    fails(generic, *parts)


def test_generic_several_tables(generic: Path) -> None:
    write(generic / "one.csv", "")
    write(generic / "two.csv", "")
    fails(generic, "several CSV files (one.csv, two.csv)", "labels.csv")


def test_generic_ambiguous_name(save: Save, tmp_path: Path) -> None:
    for place in ("benign/a", "malignant/a"):
        save(f"images/{place}.png")
        save(f"masks/{place}.png", mask=True)
    write(tmp_path / "data/labels.csv", "image,patient\na,1\n")
    fails(tmp_path / "data", "'a'", "several images have this name")


def test_generic_folder_and_table_disagree(save: Save, tmp_path: Path) -> None:
    save("images/benign/a.png")
    save("masks/benign/a.png", mask=True)
    write(tmp_path / "data/labels.csv", "image,class\na,malignant\n")
    fails(tmp_path / "data", "a.png: its folder says benign, but the table says malignant")


def test_generic_unknown_class_folder(save: Save, tmp_path: Path) -> None:
    save("images/cyst/a.png")
    save("masks/cyst/a.png", mask=True)
    fails(tmp_path / "data", "images/cyst/a.png", "unknown class 'cyst'")


@pytest.mark.parametrize(
    ("file", "message"), [("masks/a.png", "a.png: no mask found"), ("images/a.png", "a.png: no image for this mask")]
)
def test_generic_missing_files(generic: Path, file: str, message: str) -> None:
    (generic / file).unlink()
    fails(generic, message)


# ---------------------------------------------------------------- published data


def test_published_busi(real_data: Path) -> None:
    for folder in (real_data / "busi", real_data / "busi/Dataset_BUSI_with_GT"):
        name, records = read_dataset(folder)
        assert name == "BUSI"
        assert Counter(record.label_class for record in records) == {"benign": 437, "malignant": 210, "normal": 133}
        several = [record for record in records if len(record.masks) > 1]
        assert len(several) == 17
        assert sum(len(record.masks) for record in records) == 798 - 133
        numbers = [int(re.search(r"\d+", record.image.name)[0]) for record in records]
        assert numbers == [*range(1, 438), *range(1, 211), *range(1, 134)]


def test_published_breast(real_data: Path) -> None:
    for folder in (real_data / "breast", real_data / "breast/BrEaST-Lesions_USG-images_and_masks"):
        name, records = read_dataset(folder)
        assert name == "BrEaST"
        assert Counter(record.label_class for record in records) == {"benign": 154, "malignant": 98, "normal": 4}
        assert all(len(record.masks) == (record.label_class != "normal") for record in records)
        assert [record.patient for record in records] == [str(case) for case in range(1, 257)]
        assert records[0].spacing == (0.078125, 0.078125)
        assert all(0.03 < record.spacing[0] < 0.2 for record in records)
