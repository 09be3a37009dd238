# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page in Chromium: what it does when it is used, and that it does nothing else."""

from __future__ import annotations

import pytest

from scripts.errors import printable
from scripts.report import write_report
from tests.browser import chromium, forget, requested
from tests.report.cards import HOSTILE, card

pytest.importorskip("selenium")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

CARDS = [
    card("benign/benign (10).png", 0.9, values={"diameter (mm)": 9.5, "note": "Touches the edge"}),
    card("benign/benign (2).png", 0.3, values={"diameter (mm)": 10.25, "note": ""}),
    card("malignant/malignant (1).png", 0.05, values={"diameter (mm)": 100, "note": ""}),
    card("normal/normal (1).png", 0.6, lesion_found=False, contours={}, values={"diameter (mm)": None, "note": ""}),
    card("loop.dcm", 0.3, frame=10, values={"diameter (mm)": 9.5, "note": ""}),
    card("loop.dcm", 0.4, frame=9, lesion_found=False, contours={}, values={"note": "edge"}),
]
BY_CONFIDENCE = [
    "malignant/malignant (1).png", "benign/benign (2).png", "loop.dcm frame 10", "loop.dcm frame 9",
    "normal/normal (1).png", "benign/benign (10).png",
]  # fmt: skip


@pytest.fixture(scope="module")
def driver():
    with chromium() as driver:
        yield driver


@pytest.fixture
def open_page(driver, tmp_path):
    """Write a page and open it; afterwards, nothing was complained of and nothing asked for over a network."""
    forget(driver)

    def open_page(cards, first="confidence", **provenance):
        path = write_report(cards, tmp_path / "report.html", "Report", {"images": "6"}, provenance, first=first)
        driver.get(path.as_uri())
        return driver

    yield open_page
    assert driver.get_log("browser") == []
    assert {address.partition(":")[0] for address in requested(driver)} in ({"file"}, {"file", "data"})


@pytest.fixture
def page(open_page):
    return open_page(CARDS)


def names(driver):
    """Of the rows that are shown, from above."""
    script = "return [...document.querySelectorAll('tbody tr')].filter(row => row.checkVisibility())"
    return driver.execute_script(script + ".map(row => row.querySelector('th').textContent)")


def find(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def heading(driver, title):
    return driver.find_element(By.XPATH, f"//thead//button[text()='{title}']")


def order(driver, title):
    return heading(driver, title).find_element(By.XPATH, "..").get_attribute("aria-sort")


def focused(driver):
    return driver.switch_to.active_element


def choose(driver, selector, option):
    """As a keyboard does it: WebDriver's own way lacks an event that browsers give."""
    find(driver, selector).send_keys(option)


def press(driver, *keys):
    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def test_the_most_uncertain_is_first(page):
    assert names(page) == BY_CONFIDENCE
    assert order(page, "confidence") == "ascending"
    assert find(page, "#shown").text == "Showing 6 of 6"


def test_without_confidence_the_page_goes_by_the_column_that_it_is_sorted_by(open_page):
    dice = {"a.png": 0.75, "b.png": None, "c.png": 0.125}
    cards = [card(name, None, values={"class": "benign", "lesion Dice": value}) for name, value in dice.items()]
    driver = open_page(cards, first="lesion Dice")
    assert names(driver) == ["c.png", "a.png", "b.png"]
    assert order(driver, "lesion Dice") == "ascending"
    heading(driver, "lesion Dice").click()
    assert names(driver) == ["a.png", "c.png", "b.png"]
    heading(driver, "name").click()
    find(driver, "tbody button.picture").click()
    assert find(driver, "#enlarged").text == "a.png\nlesion found: yes, lesion Dice 0.750 (1 of 3)"
    find(driver, "dialog [data-step='1']").click()
    assert find(driver, "#enlarged").text == "b.png\nlesion found: yes, lesion Dice – (2 of 3)"


def test_numbers_sort_as_numbers_with_what_is_empty_last(page):
    heading(page, "diameter (mm)").click()
    empty = ["loop.dcm frame 9", "normal/normal (1).png"]  # in the order that they had
    ascending = ["loop.dcm frame 10", "benign/benign (10).png", "benign/benign (2).png", "malignant/malignant (1).png"]
    assert names(page) == ascending + empty
    assert (order(page, "diameter (mm)"), order(page, "confidence")) == ("ascending", None)
    heading(page, "diameter (mm)").click()
    equal = ascending[:2]
    assert names(page) == [*ascending[:1:-1], *equal, *empty]
    assert order(page, "diameter (mm)") == "descending"


def test_text_sorts_with_the_numbers_in_it(page):
    heading(page, "name").click()
    assert names(page) == [
        "benign/benign (2).png", "benign/benign (10).png", "loop.dcm frame 9", "loop.dcm frame 10",
        "malignant/malignant (1).png", "normal/normal (1).png",
    ]  # fmt: skip
    heading(page, "note").click()
    assert names(page)[:2] == ["loop.dcm frame 9", "benign/benign (10).png"]
    heading(page, "note").click()
    assert names(page)[:2] == ["benign/benign (10).png", "loop.dcm frame 9"]


def test_filters(page):
    search = find(page, "#search")
    search.send_keys("EDGE")
    assert names(page) == ["loop.dcm frame 9", "benign/benign (10).png"]
    assert find(page, "#shown").text == "Showing 2 of 6"
    choose(page, "#lesion", "no lesion")
    assert names(page) == ["loop.dcm frame 9"]
    search.send_keys(Keys.BACKSPACE * 4)
    assert names(page) == ["loop.dcm frame 9", "normal/normal (1).png"]
    choose(page, "#lesion", "lesion found")
    heading(page, "name").click()
    assert names(page) == [
        "benign/benign (2).png", "benign/benign (10).png", "loop.dcm frame 10", "malignant/malignant (1).png",
    ]  # fmt: skip
    search.send_keys("nothing has this name")
    assert names(page) == []
    assert find(page, "#shown").text == "Showing 0 of 6"


@pytest.mark.parametrize("kind, other", [("prediction", "truth"), ("truth", "prediction")])
def test_contours_can_be_hidden(page, kind, other):
    def displayed(which):
        paths = page.find_elements(By.CSS_SELECTOR, f"tbody path.{which}")
        assert len(paths) == 4
        return {path.value_of_css_property("display") != "none" for path in paths}

    box = find(page, f"input[data-kind={kind}]")
    assert (displayed(kind), displayed(other)) == ({True}, {True})
    box.click()
    assert (displayed(kind), displayed(other)) == ({False}, {True})
    box.click()
    assert displayed(kind) == {True}


def test_contours_differ_in_more_than_their_colour_and_lie_on_the_picture(page):
    prediction, truth = find(page, "tbody path.prediction"), find(page, "tbody path.truth")
    assert prediction.value_of_css_property("stroke") == "rgb(249, 115, 22)"
    assert truth.value_of_css_property("stroke") == "rgb(45, 212, 191)"
    assert prediction.value_of_css_property("stroke-dasharray") == "none"
    assert truth.value_of_css_property("stroke-dasharray") != "none"
    assert truth.value_of_css_property("vector-effect") == "non-scaling-stroke"
    image = find(page, "tbody img")
    assert find(page, "tbody .picture svg").rect == image.rect
    small = image.rect["width"]
    choose(page, "#size", "large")
    assert image.rect["width"] == 2 * small
    assert find(page, "tbody .picture svg").rect == image.rect


def test_the_keyboard_sorts(page):
    for _ in range(30):
        press(page, Keys.TAB)
        if focused(page).text.startswith("diameter"):
            break
    assert focused(page).tag_name == "button"
    assert focused(page).value_of_css_property("outline-style") == "solid"
    press(page, Keys.ENTER)
    assert names(page)[0] == "loop.dcm frame 10"
    assert focused(page).text.startswith("diameter")
    press(page, Keys.SPACE)
    assert names(page)[0] == "malignant/malignant (1).png"


def test_the_keyboard_skips_to_the_images(page):
    press(page, Keys.TAB)
    assert focused(page).text == "Skip to the images"
    press(page, Keys.ENTER)
    assert focused(page).get_attribute("id") == "images"


def test_the_keyboard_opens_and_closes_a_picture(page):
    choose(page, "#lesion", "lesion found")
    pictures = page.find_elements(By.CSS_SELECTOR, "tbody button.picture")
    page.execute_script("arguments[0].focus()", pictures[1])
    press(page, Keys.ENTER)
    dialog, text = find(page, "dialog"), find(page, "#enlarged")
    assert dialog.is_displayed()
    assert text.text == "benign/benign (2).png\nlesion found: yes, confidence 0.30 (2 of 4)"
    assert find(page, "dialog img").rect["width"] > 500
    assert len(page.find_elements(By.CSS_SELECTOR, "dialog path")) == 2
    assert focused(page).text == "Close"

    press(page, Keys.ARROW_RIGHT)
    assert text.text.startswith("loop.dcm frame 10")
    press(page, Keys.ARROW_RIGHT)
    assert text.text.startswith("benign/benign (10).png")  # two without a lesion are left out
    press(page, Keys.ARROW_RIGHT)
    assert text.text.startswith("malignant/malignant (1).png")
    press(page, Keys.ARROW_LEFT)
    assert text.text.startswith("benign/benign (10).png")

    press(page, Keys.ESCAPE)
    assert not dialog.is_displayed()
    assert focused(page) == pictures[1]


def test_the_mouse_opens_and_closes_a_picture(page):
    find(page, "tbody button.picture").click()
    find(page, "dialog [data-step='1']").click()
    assert find(page, "#enlarged").text.startswith("benign/benign (2).png")
    find(page, "dialog [data-step='-1']").click()
    assert find(page, "#enlarged").text.startswith("malignant/malignant (1).png")
    find(page, "dialog [data-close]").click()
    assert not find(page, "dialog").is_displayed()


def test_hostile_names_are_text(open_page):
    cards = [card(name, i / 10, values={name: name, "note": name}) for i, name in enumerate(HOSTILE)]
    driver = open_page(cards, **{name: [name] for name in HOSTILE})
    shown = [printable(name) for name in HOSTILE]
    assert names(driver) == shown
    assert [image.get_attribute("alt") for image in driver.find_elements(By.CSS_SELECTOR, "tbody img")] == shown
    for name in shown:
        find(driver, "#search").send_keys(name[:40])
        assert name in names(driver)
        find(driver, "#search").clear()
    find(driver, "#search").send_keys(Keys.SPACE, Keys.BACKSPACE)
    driver.execute_script("document.querySelector('tbody button.picture').focus()")
    press(driver, Keys.ENTER)
    for name in shown:
        assert driver.execute_script("return document.querySelector('#enlarged bdi').textContent") == name
        press(driver, Keys.ARROW_RIGHT)
    counts = "return ['script', 'style', 'img:not(.picture > *)', 'b'].map(s => document.querySelectorAll(s).length)"
    assert driver.execute_script(counts) == [1, 1, 0, 0]  # an alert would have ended the test before


def test_a_script_that_is_not_the_pages_is_refused(driver, tmp_path):
    path = write_report([card()], tmp_path / "report.html", "Report", {}, {})
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<h1>", "<script>document.title = 'changed'</script><h1>"), encoding="utf-8")
    driver.get(path.as_uri())
    assert driver.title == "Report"


def test_narrow_screens_need_no_scrolling_to_the_side(open_page):
    driver = open_page([*CARDS, card(HOSTILE[-1], values={"note": HOSTILE[-1]})], command=HOSTILE[-1])
    screen = {"width": 380, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        for size in ("small", "large"):
            choose(driver, "#size", size)
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 380
        heading(driver, "diameter (mm)").click()
        assert names(driver)[0] == "loop.dcm frame 10"
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_without_javascript_it_is_a_plain_table(driver, open_page):
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        open_page(CARDS)
        assert not find(driver, "#controls").is_displayed()
        assert [row.text for row in driver.find_elements(By.CSS_SELECTOR, "tbody th")] == BY_CONFIDENCE
        assert not any(button.is_enabled() for button in driver.find_elements(By.CSS_SELECTOR, "table button"))
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_thousand_images(open_page):
    cards = [card(f"scan {i}.png", (i * 7 % 1000) / 1000, values={"diameter (mm)": i % 50 + 0.5}) for i in range(1000)]
    driver = open_page(cards)
    assert names(driver)[:3] == ["scan 0.png", "scan 143.png", "scan 286.png"]
    heading(driver, "diameter (mm)").click()
    heading(driver, "name").click()
    assert names(driver) == [f"scan {i}.png" for i in range(1000)]
    find(driver, "#search").send_keys("99")
    assert find(driver, "#shown").text == "Showing 19 of 1000"
