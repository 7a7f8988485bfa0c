"""The explorer without a mouse, without a screen, or with eyes that need contrast."""

import re

import pytest

from evanesce.web.look import DARK, LIGHT

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the browser's driver and of the server
QUICK = "physics=converged&thermal=no&points=60"
ROLES = {"button", "checkbox", "combobox", "link", "listbox", "slider", "spinbutton", "switch", "textbox", "figure"}
"""What a reader acts on, and figures."""


def parts(page):
    """Role and name of all that acts, takes the focus or is a figure, as the browser tells screen readers."""
    tree = page.context.new_cdp_session(page.page).send("Accessibility.getFullAXTree")["nodes"]
    for node in tree:
        role = node.get("role", {}).get("value")
        takes_focus = any(one["name"] == "focusable" and one["value"]["value"] for one in node.get("properties", []))
        if not node["ignored"] and role != "RootWebArea" and (role in ROLES or takes_focus):
            yield role, node["name"]["value"].strip()


def said(page, name):
    """What a slider says of its value."""
    return page.page.get_by_role("slider", name=name, exact=True).get_attribute("aria-valuetext")


def test_everything_has_a_name_and_sliders_say_physical_numbers(visit):
    page = visit(query=f"{QUICK}&alpha_d=0.1&compare=published&observed=93.5")
    page.page.wait_for_timeout(500)
    found = list(parts(page))
    assert [one for one in found if not one[1]] == []
    roles = [role for role, _ in found]
    assert (roles.count("slider"), roles.count("checkbox"), roles.count("figure")) == (10, 3, 3)
    numbers = {
        "Luminosity [ab⁻¹]": "50",
        "Missing energy, smallest fraction": "0.95",
        "Dark coupling α_D": "0.1",
        "Mass ratio mediator / dark matter": "3",
        "Background events": "94",
        "Observed events": "94",  # counts are whole numbers
        "Smallest mass [GeV]": "0.01",
    }
    assert {name: said(page, name) for name in numbers} == numbers
    page.page.get_by_role("slider", name="Dark coupling α_D").press("ArrowRight")
    page.wait_for("--alpha-d 0.102 ")
    assert said(page, "Dark coupling α_D") == "0.102"
    assert page.page.get_by_role("slider", name="Error of the background").get_attribute("aria-disabled") == "true"
    # another card: some controls are drawn anew, others change their names
    page.page.get_by_role("combobox", name="Experiment").select_option(
        "NA64, missing energy, 9.37e11 electrons on target"
    )
    page.wait_for("na64-2022")
    page.page.wait_for_timeout(500)
    assert [one for one in parts(page) if not one[1]] == []
    assert said(page, "Particles on target") == "937000000000"


def test_the_figure_says_what_the_table_shows(visit):
    """The strongest limit that a reader is told of is that of the table there, also after a change.

    The mass in the text is rounded to three digits, where the limit moves by 1 % a permille at most.
    """
    page = visit(query=QUICK)
    for alpha in ("0.001", "0.5"):
        box = page.page.get_by_role("textbox", name="Dark coupling α_D")
        box.fill(alpha)
        box.press("Enter")
        page.wait_for(f"--alpha-d {alpha}")
        page.page.wait_for_timeout(500)
        label = page.page.get_by_role("figure").first.get_attribute("aria-label")
        strongest, mass = re.search(r"Strongest: (.*) at ([0-9.e-]+)\.", label).groups()
        box = page.page.get_by_role("textbox", name="Mass of the mediator to read off")
        box.fill(mass)
        box.press("Enter")
        page.page.get_by_role("row", name=f"Mass of the mediator {float(mass):.4g} GeV").wait_for(timeout=10_000)
        found = page.page.get_by_role("row", name="Coupling ε").inner_text().removeprefix("Coupling ε")
        assert value(found) == pytest.approx(value(strongest), rel=0.01)


def value(text):
    """The number of a text like 1.9 × 10⁻⁵."""
    digits, power = "".join(text.split()).split("×10") if "×" in text else (text, "0")
    return float(digits) * 10.0 ** int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")))


WEAK = """() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number)
  const light = (colour) => { const [r, g, b] = channels(colour).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const paper = (element) => {
    for (let one = element; one; one = one.assignedSlot ?? one.parentElement ?? one.getRootNode().host) {
      const colour = getComputedStyle(one).backgroundColor
      if ((channels(colour)[3] ?? 1) > 0) return colour }
    return "rgb(255, 255, 255)" }
  const ratio = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
  const seen = [], weak = []
  const check = (element, text, colour) => {
    seen.push(text)
    const found = ratio(light(colour), light(paper(element)))
    if (found < 4.5) weak.push(`${text}: ${colour} on ${paper(element)}: ${found.toFixed(2)}`) }
  const walk = (root) => { for (const one of root.querySelectorAll("*")) {
    if (one.shadowRoot) walk(one.shadowRoot)
    if (!one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || one.closest("[disabled]")) continue
    if (parseFloat(getComputedStyle(one).textIndent) < 0) continue  // moved out of sight, an icon is in its place
    const text = [...one.childNodes].filter((n) => n.nodeType == 3).map((n) => n.data.trim()).join("")
    if (text && !["STYLE", "SCRIPT", "OPTION"].includes(one.tagName)) check(one, text, getComputedStyle(one).color)
    if (one.placeholder) check(one, one.placeholder, getComputedStyle(one, "::placeholder").color)
    if (one.value && one.tagName != "OPTION") check(one, one.value, getComputedStyle(one).color)
  } }
  walk(document)
  return { weak, seen } }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_a_contrast_of_four_and_a_half(visit, scheme):
    """WCAG 2 at level AA, from the colours that the browser has worked out; disabled controls are exempt there."""
    page = visit(query=f"{QUICK}&compare=published", scheme=scheme)
    box = page.page.get_by_role("textbox", name="Dark coupling α_D")
    box.fill("7")
    box.press("Enter")
    page.page.get_by_role("alert").wait_for(timeout=30_000)
    page.page.get_by_role("textbox", name="add an experiment").click()  # and a list that is open
    page.page.wait_for_timeout(300)
    found = page.page.evaluate(WEAK)
    assert found["weak"] == []
    for text in ("evanesce explorer", "add a limit", "50, as on the card", "Coupling ε", "Curve as CSV"):
        assert text in found["seen"]
    assert any("must lie between" in text for text in found["seen"])


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_curves_stand_out_from_the_paper(colours):
    """Lines need 3, the text of axes 4.5."""

    def contrast(colour):
        dark, light = sorted([luminance(colour), luminance(colours.paper)])
        return (light + 0.05) / (dark + 0.05)

    assert contrast(colours.text) >= 4.5
    lines = (colours.limit, colours.compared, colours.observed, colours.thermal, colours.published, *colours.processes)
    assert min(map(contrast, lines)) >= 3.0
