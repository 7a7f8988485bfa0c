"""The page in a real browser: what is shown is what the library computes, and nothing comes from elsewhere."""

import json
import re
import urllib.parse

import numpy as np
import pytest
from PIL import Image

import evanesce as ev
from evanesce.interchange import read_csv, read_hepdata, read_json
from evanesce.web.files import FILES
from evanesce.web.state import State
from evanesce.web.words import number

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the browser's driver and of the server
QUICK = "physics=converged&thermal=no&points=60"


def epsilon_at(state, mass):
    """What the page writes as ε next to a mass."""
    curve = ev.limit_curve("belle2", ev.DarkPhoton(alpha_d=state.alpha_d), [mass], physics=state.physics, theory=False)
    return number(float(curve.epsilon[0]))


def test_a_slider_moves_and_the_numbers_are_those_of_the_library(visit):
    page = visit(query=QUICK)
    state = State.from_query(QUICK)
    assert epsilon_at(state, state.mass) in page.text("#read-off")
    handle = page.page.locator(".noUi-handle").nth(2)  # luminosity, cut, α_D
    handle.focus()
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    page.page.wait_for_function("location.search.includes('alpha_d=')", timeout=30_000)
    page.page.wait_for_timeout(1500)
    moved = State.from_query(urllib.parse.urlparse(page.page.url).query)
    assert moved.alpha_d > state.alpha_d
    assert f"--alpha-d {moved.alpha_d!r}" in page.command()
    assert epsilon_at(moved, moved.mass) in page.text("#read-off")
    assert (page.errors, page.foreign) == ([], [])


@pytest.mark.slow
def test_every_file_is_downloaded_and_read(visit, tmp_path):
    page = visit(query=f"{QUICK}&criterion=cls&alpha_d=0.1")
    for name in FILES:
        with page.page.expect_download(timeout=120_000) as coming:
            page.page.locator(f'a[href^="files/{name}"]').click()
        coming.value.save_as(tmp_path / name)
    direct = ev.limit_curve(
        "belle2",
        ev.DarkPhoton(alpha_d=0.1),
        ev.geomspace(0.01, 1.0, 60),
        physics="converged",
        theory=False,
        criterion=ev.criterion("cls", toys=0),
    )
    np.testing.assert_array_equal(read_csv(tmp_path / "limit.csv").epsilon, direct.epsilon)
    np.testing.assert_array_equal(read_json(tmp_path / "limit.json").epsilon, direct.epsilon)
    assert read_hepdata(tmp_path / "limit-hepdata.tar.gz")
    assert json.loads((tmp_path / "workspace.json").read_text())["version"] == "1.0.0"
    assert (tmp_path / "limit.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "limit.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "limit.sh").read_text().strip() == page.command().strip()
    assert page.errors == []


@pytest.mark.slow
def test_a_shared_address_shows_the_same_page(visit):
    first = visit(query=QUICK)
    box = first.page.get_by_role("textbox", name="Background events")
    box.fill("12")
    box.press("Enter")
    first.wait_for("--background 12.0")
    first.page.wait_for_function("location.search.includes('background=12')")
    first.page.wait_for_timeout(1000)
    second = visit(query=urllib.parse.urlparse(first.page.url).query)
    assert second.command() == first.command()
    assert second.text("#read-off") == first.text("#read-off")
    assert second.page.get_by_role("textbox", name="Background events").input_value() == "12"


@pytest.mark.slow
def test_bad_input_is_said_and_changes_nothing(visit):
    page = visit(query="alpha_d=<b>7</b>&experiments=/etc/passwd")
    assert "cannot be shown" in page.page.get_by_role("alert").inner_text()
    good = visit(query=QUICK)
    before = good.command()
    box = good.page.get_by_role("textbox", name="Dark coupling α_D")
    boxes = {
        box: (("banana", "must be a number"), ("7", "dark coupling α_D = 7"), ("", "give a number")),
        good.page.get_by_role("textbox", name="Observed events"): (
            ("nan", "observed events = nan"),
            ("1e300", "1e+09 events"),
        ),
        good.page.get_by_role("textbox", name="Luminosity"): (
            ("-5", "luminosity = -5.0: must lie between 0.005 and 500000 ab⁻¹"),
        ),
    }
    for place, texts in boxes.items():
        for text, answer in texts:
            place.fill(text)
            place.press("Enter")
            good.page.get_by_text(answer).wait_for(timeout=30_000)
    box.fill("0.001")  # what it was: there is nothing to say any more
    box.press("Enter")
    good.page.get_by_role("alert").wait_for(state="hidden", timeout=30_000)
    assert good.command() == before
    assert good.errors == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_and_wide_light_and_dark(visit, width, scheme, tmp_path):
    page = visit(query=f"{QUICK}&compare=published&criterion=cls", width=width, scheme=scheme)
    page.page.wait_for_timeout(1500)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    root = page.page.locator(".dark, .light").first
    assert root.evaluate("(box) => getComputedStyle(box).colorScheme") == scheme
    canvas = page.page.locator("canvas").first.bounding_box()
    page.page.screenshot(path=tmp_path / "page.png")
    with Image.open(tmp_path / "page.png") as picture:
        x, y = int(canvas["x"]), int(canvas["y"])
        edges = [(x + i, y + 99) for i in range(-2, 3)] + [(x + 30, y + i) for i in range(-2, 3)]
        assert len({picture.convert("RGB").getpixel(place) for place in edges}) == 1, "a line around the figure"
    assert (page.errors, page.foreign) == ([], [])


FOCUS = """() => { let found = document.activeElement
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement
  const style = getComputedStyle(found)
  return { name: found.labels?.[0]?.textContent ?? found.ariaLabel ?? "", role: found.role ?? found.localName,
           text: found.textContent,
           ring: style.outlineStyle == "solid" ? parseFloat(style.outlineWidth) : 0 } }"""


def test_the_tab_key_reaches_everything_once_and_shows_where_it_is(visit):
    """From the experiment on, as in the figure Bokeh decides; lists that open on the way do not hold the focus.

    A box and its slider have the same name.
    """
    page = visit(query=QUICK)
    page.page.wait_for_timeout(500)
    page.page.get_by_role("combobox", name="Experiment").focus()
    seen = []
    while not seen or seen[-1]["text"] != "Link to this page":
        page.page.keyboard.press("Tab")
        page.page.wait_for_timeout(60)  # a list opens in the next frame
        seen.append(page.page.evaluate(FOCUS))
        assert len(seen) < 70, seen
    names = [(one["role"], one["name"]) for one in seen if one["name"]]
    assert len(names) == len(set(names))
    assert {("input", "Luminosity [ab⁻¹]"), ("slider", "Luminosity [ab⁻¹]"), ("select", "Colours")} <= set(names)
    assert {"add an experiment", "add a limit"} <= {name for _, name in names}
    assert all(one["ring"] >= 3.0 for one in seen)


@pytest.mark.slow
def test_a_file_that_cannot_be_made_says_why_and_how_to_go_back(visit):
    page = visit(query="experiments=bes3&lightest=9&heaviest=10&thermal=no&physics=published&points=20")
    page.page.get_by_text("no limit on this axis").wait_for(timeout=30_000)
    page.page.locator('a[href^="files/limit.pdf"]').click()
    page.page.get_by_text("there is no limit to draw").wait_for(timeout=30_000)
    page.page.get_by_text("Back").click()
    page.page.wait_for_selector("#read-off", timeout=60_000)
    assert "experiments=bes3" in page.page.url


@pytest.mark.slow
def test_the_page_names_no_other_host(server):
    import urllib.request

    with urllib.request.urlopen(server.url) as answer:  # noqa: S310 - our own server
        text = answer.read().decode()
    hosts = set(re.findall(r"https?://([^/\"' ]+)", text))
    assert hosts <= {urllib.parse.urlparse(server.url).netloc, "www.w3.org"}
