# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import base64
import re

import pytest

from scripts.errors import InputError, printable
from scripts.report import write_report
from tests.report.cards import HOSTILE, SQUARE, VOID, Page, card, thumbnail

TAGS = VOID | set(
    "html head title style body nav a header h1 h2 p dl div dt dd main section label select option table caption thead "
    "tbody tr th td button svg path rect bdi span ul li dialog script".split()
)


@pytest.fixture
def write(tmp_path):
    def write(cards, title="Report", summary=None, provenance=None, **options):
        path = write_report(cards, tmp_path / "new" / "report.html", title, summary or {}, provenance or {}, **options)
        return Page(path)

    return write


def test_the_least_confident_comes_first_and_equals_in_their_order(write):
    confidences = {"a.png": 0.7, "b.png": 0.2, "c.png": 1, "d.png": 0.2, "e.png": 0}
    page = write(card(name, confidence) for name, confidence in confidences.items())
    assert page.names == ["e.png", "b.png", "d.png", "a.png", "c.png"]
    assert page.column("confidence") == ["0.00", "0.20", "0.20", "0.70", "1.00"]
    (sorted_by,) = (each for each in page.elements if "aria-sort" in each)
    assert (sorted_by["aria-sort"], sorted_by["text"].strip()) == ("ascending", "confidence")


def test_the_columns_are_those_of_all_cards_as_first_met(write):
    page = write(
        [
            card("a.png", 0.1, values={"area (mm²)": 12.3456, "note": ""}),
            card("b.png", 0.2, values={"lesions": 2, "area (mm²)": 1.0, "note": "near the edge"}),
            card("c.png", 0.3, values={"Dice": 0.98765, "area (mm²)": None, "lesions": 10}),
            card("d.png", 0.4, values={"Dice": float("nan"), "mixed": "none"}),
            card("e.png", 0.5, values={"mixed": 3}, lesion_found=False),
        ]
    )
    fixed = ["picture", "name", "lesion found", "confidence"]
    assert page.headings == [*fixed, "area (mm²)", "note", "lesions", "Dice", "mixed"]
    assert page.column("lesion found") == ["yes", "yes", "yes", "yes", "no"]
    assert page.column("area (mm²)") == ["12.3", "1.0", "–", "–", "–"]
    assert page.column("lesions") == ["–", "2", "10", "–", "–"]
    assert page.column("Dice") == ["–", "–", "0.988", "–", "–"]
    assert page.column("note") == ["", "near the edge", "–", "–", "–"]
    assert page.column("mixed") == ["–", "–", "–", "none", "3"]
    cells = page.all("td", **{"data-title": "area (mm²)"})
    assert [cell.get("data-number") for cell in cells] == ["12.3456", "1.0", None, None, None]  # not rounded
    assert ["data-empty" in cell for cell in cells] == [False, False, True, True, True]
    (label,) = (each["text"].strip() for each in page.all("label") if "Search" in each["text"])
    assert label == "Search in name, note, mixed"


def test_without_any_confidence_another_column_is_sorted_by(write):
    dice = {"a.png": 0.5, "b.png": None, "c.png": 0, "d.png": float("nan"), "e.png": 0.25, "f.png": 1.0, "g.png": 0.0}
    cards = [card(name, None, values={"class": "benign", "Dice": value}) for name, value in dice.items()]
    page = write(cards, first="Dice")
    assert page.headings == ["picture", "name", "lesion found", "class", "Dice"]
    assert page.names == ["c.png", "g.png", "e.png", "a.png", "f.png", "b.png", "d.png"]
    assert page.column("Dice") == ["0", "0.000", "0.250", "0.500", "1.000", "–", "–"]
    (sorted_by,) = (each for each in page.elements if "aria-sort" in each)
    assert (sorted_by["aria-sort"], sorted_by["text"].strip()) == ("ascending", "Dice")
    assert "Confidence" not in page.all("caption")[0]["text"]


def test_a_card_without_the_confidence_that_others_have_is_last(write):
    page = write([card("a.png", None), card("b.png", 0.75), card("c.png", 0.0)])
    assert page.names == ["c.png", "b.png", "a.png"]
    assert page.column("confidence") == ["0.00", "0.75", "–"]
    cells = page.all("td", **{"data-title": "confidence"})
    assert [(cell.get("data-number"), "data-empty" in cell) for cell in cells] == [
        ("0.0", False), ("0.75", False), (None, True),
    ]  # fmt: skip


def test_pictures_and_contours(write):
    contours = {"truth": [SQUARE, [(0, 0), (1.5, 0), (1.25, 319.75)]], "prediction": [[(1, 2), (3, 4), (5, 6)]]}
    page = write([card("a.dcm", frame=2, contours=contours), card("b.png", 0.9, contours={}, lesion_found=False)])
    image, second = page.all("img")
    assert image["src"] == "data:image/jpeg;base64," + base64.b64encode(thumbnail()).decode()
    assert (image["alt"], second["alt"]) == ("a.dcm, frame 2", "b.png")
    assert (image["loading"], image["decoding"]) == ("lazy", "async")
    assert page.names == ["a.dcm frame 2", "b.png"]
    assert len(page.all("svg", viewbox="0 0 320 240")) == 2  # columns, rows; the parser lowers the attribute's name
    paths = [path for path in page.all("path") if path["d"] != "M0 2H32"]  # but for the key
    assert [path["class"] for path in paths] == ["prediction", "truth"]
    assert paths[0]["d"] == "M1 2L3 4L5 6Z"
    assert paths[1]["d"] == "M40 30L120 30L120 90L40 90ZM0 0L1.5 0L1.25 319.75Z"


def test_calipers_are_lines_and_no_closed_polygons(write):
    lines = [[(1, 2), (30, 40)], [(5.5, 30), (20, 8)]]
    page = write([card(contours={"prediction": [SQUARE], "calipers": lines})])
    assert [path["d"] for path in page.all("path", **{"class": "calipers"})] == ["M0 2H32", "M1 2L30 40M5.5 30L20 8"]


def test_sections_list_names_with_a_text(write):
    many = {f"{number}.png": "damaged" for number in range(1003)}
    page = write([], sections={"Files that failed": many, "Files passed over": {HOSTILE[0]: "mask"}, "None": {}})
    assert [each["text"] for each in page.all("h2")] == [
        "Images",
        "Files that failed",
        "Files passed over",
        "Provenance",
    ]
    terms = [each["text"] for each in page.all("dt")]
    assert terms[:2] == ["0.png", "1.png"] and terms[-1] == HOSTILE[0] and len(terms) == 1001
    assert "3 more are in results.json." in [each["text"] for each in page.all("p")]


def test_the_true_contour_can_be_hidden_only_where_there_is_one(write):
    def kinds(page):
        return [each["data-kind"] for each in page.elements if "data-kind" in each]

    assert kinds(write([card(), card("b.png")])) == ["prediction", "truth"]
    assert kinds(write([card(contours={"prediction": [SQUARE]})])) == ["prediction"]


@pytest.mark.parametrize("omitted, told", [(0, False), (1234, True)])
def test_images_that_are_not_on_the_page_are_told_of(write, omitted, told):
    page = write([card("a.png"), card("b.png")], omitted=omitted)
    told_of = any("The 2 most uncertain of 1236; all are in results.csv." in each["text"] for each in page.all("p"))
    assert told_of == told


def test_no_image_is_a_page_too(write):
    page = write([], summary={"images": "0", "failed files": "3"}, provenance={"bundle": "1.0"})
    assert "No image was segmented." in [each["text"] for each in page.all("p")]
    assert not page.all("table") and not page.all("script") and not page.all("dialog")
    assert [each["text"] for each in page.all("dd")] == ["0", "3", "1.0"]


def test_what_every_page_says(write):
    page = write([card()], title="Scans of May", summary={"images": "1", "lesions found": "1"})
    assert [each["text"] for each in (*page.all("title"), *page.all("h1"))] == ["Scans of May"] * 2
    assert page.all("p", **{"class": "warning"})[0]["text"] == (
        "Research use only. Not a medical device; not for diagnosis."
    )
    summary = [(each["tag"], each["text"]) for each in page.elements if each["tag"] in ("dt", "dd")]
    assert summary == [("dt", "images"), ("dd", "1"), ("dt", "lesions found"), ("dd", "1")]


def test_provenance_is_shown_as_it_is_nested(write):
    provenance = {
        "settings": {"size": (256, 192), "amp": True, "fold": None, "inner": [{"a": 0.5}]},
        "command": "python -m monai.bundle run --name '<b>'",
        "empty": [],
    }
    page = write([], provenance=provenance)
    assert [each["text"] for each in page.all("dt")] == [
        "settings", "size", "amp", "fold", "inner", "a", "command", "empty",
    ]  # fmt: skip
    assert [each["text"].strip() for each in page.all("li")][:2] == ["256", "192"]
    values = {each["text"].strip() for each in page.all("dd")}
    assert {"yes", "–", "0.5", provenance["command"], ""} <= values


def test_hostile_text_stays_text(write):
    page = write(
        [card(name, 0.5, values={name: name}) for name in HOSTILE],
        title=HOSTILE[2],
        summary={HOSTILE[0]: HOSTILE[2]},
        provenance={HOSTILE[0]: [HOSTILE[3], {HOSTILE[1]: HOSTILE[2]}]},
    )
    shown = [printable(text) for text in HOSTILE]
    assert page.names == shown
    assert [each["alt"] for each in page.all("img")] == shown
    assert page.headings[4:] == shown
    titles = [each["data-title"] for each in page.all("td") if "data-title" in each]
    assert titles[2 : 2 + len(shown)] == shown
    assert page.all("title")[0]["text"] == page.all("h1")[0]["text"] == shown[2]
    assert [each["text"] for each in page.all("dt")] == [shown[0], shown[0], shown[1]]
    assert {each["tag"] for each in page.elements} == TAGS
    assert not [key for each in page.elements for key in each if key.startswith("on") or key == "style"]
    assert len(page.all("script")) == len(page.all("style")) == 1


def test_half_characters_of_file_names_that_are_no_utf8(write):
    page = write(
        [card("scan\udcff.png", values={"note\ud800": "\udc80"})], title="\udcfe", provenance={"dir": "\udcfd"}
    )
    assert page.names == ["scan\\udcff.png"]
    assert page.column("note\\ud800") == ["\\udc80"]


def test_nothing_is_loaded_from_elsewhere(write, tmp_path):
    page = write([card()])
    text = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//\w+\.|@import|url\(|fetch\(|XMLHttpRequest", text)
    assert all(each["src"].startswith("data:") for each in page.elements if "src" in each)
    assert {each["href"] for each in page.elements if "href" in each} == {"data:,", "#images", "#provenance"}
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy["content"]


def test_the_page_is_well_formed(write):
    page = write([card("a.dcm", frame=1), card("a.dcm", frame=2)], provenance={"a": {"b": [1]}})
    assert {each["tag"] for each in page.elements} <= TAGS
    ids = [each["id"] for each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    referred = {each["aria-labelledby"] for each in page.elements if "aria-labelledby" in each}
    assert referred | {"images", "provenance"} <= set(ids)
    cells = [each for each in page.elements if each["tag"] in ("td", "th")]
    assert len(cells) == 3 * len(page.headings)


def test_the_same_arguments_give_the_same_bytes(write, tmp_path):
    path = tmp_path / "new" / "report.html"
    contents = set()
    for _ in range(2):
        write([card(), card("b.png")], provenance={"a": 1})
        contents.add(path.read_bytes())
    assert len(contents) == 1
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize("confidence", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_confidence_that_is_none(confidence):
    with pytest.raises(ValueError, match="'a.png': confidence must be from 0 to 1, got"):
        card("a.png", confidence)


@pytest.mark.parametrize("size", [(0, 5), (5, -1), (5,)])
def test_a_size_that_is_none(size):
    with pytest.raises(ValueError, match="size must be rows and columns, both positive"):
        card(size=size)


def test_other_mistakes_of_a_caller(write):
    with pytest.raises(ValueError, match="frame must be at least 1, got 0"):
        card(frame=0)
    with pytest.raises(ValueError, match="contours must be prediction or truth or calipers, got 'guess'"):
        card(contours={"guess": []})
    with pytest.raises(ValueError, match="omitted must not be negative, got -1"):
        write([], omitted=-1)
    with pytest.raises(ValueError, match="first must be a column of the page, one of lesions, confidence, got 'Dice'"):
        write([card(values={"lesions": 1})], first="Dice")
    with pytest.raises(ValueError, match="one of lesions, got 'confidence'"):
        write([card(confidence=None, values={"lesions": 1})])


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_report([card()], tmp_path / "file" / "report.html", "Report", {}, {})
