"""Text representations fit on one screen; notebooks get a table."""

import dataclasses

import numpy as np
import pytest

import evanesce as ev
from evanesce.cache import digest
from evanesce.representation import attribute_notes, field_html, field_text, first_sentence, html_table, shown, summary
from evanesce.sources import SOURCES


@pytest.fixture(scope="module")
def objects():
    belle2 = ev.experiment("belle2")
    stream = ev.generate_events(belle2, ev.DarkPhoton(), 0.0667, 100, physics="published")
    long = ev.TabulatedSpectrum(energies=np.linspace(1.0, 9.0, 5000), densities=np.ones(5000))
    return [ev.material("CsI"), ev.constraint("na64-2019"), belle2.background_budget(), stream, long, belle2.source]


def test_every_object_fits_a_screen(objects):
    for each in objects:
        lines = repr(each).splitlines()
        assert len(lines) <= 22  # of the 24 of a terminal: the prompts need two
        assert len(repr(each)) < 2000
        assert repr(each).startswith((type(each).__name__, "Budget of"))


def test_every_object_is_a_table_in_a_notebook(objects):
    for each in objects:
        table = each._repr_html_()
        assert table.startswith("<table><caption>")
        assert table.endswith("</table>")
        assert table.count("<tr>") == table.count("</tr>") > 2


@pytest.mark.parametrize("name", SOURCES.names())
def test_a_source_explains_its_fields(name):
    cls = SOURCES.get(name)
    assert "_repr_html_" in vars(cls)
    fields = {entry.name for entry in dataclasses.fields(cls) if entry.init}
    assert fields <= set(attribute_notes(cls))


def test_facts_say_what_matters(objects):
    csi, na64, budget, stream, *_ = (repr(each) for each in objects)
    assert "radiation length [cm]    1.86" in csi
    assert "Cs 1" in csi
    assert "90% CL" in na64
    assert "photons          12.814" in budget
    assert "total            94.87 ± 22" in budget
    assert "100, weighted, seed 1" in stream


def test_a_summary_is_cut_at_the_screen():
    lines = summary("title", [(f"row {i}", 300 * "word ") for i in range(60)]).splitlines()
    assert len(lines) == 21
    assert max(map(len, lines)) <= 100
    assert lines[-1] == "  ... and 41 more"


def test_empty_facts_are_left_out_and_zeros_are_not():
    assert (
        summary("t", [("a", None), ("b", ""), ("c", 0.0), ("d", ()), ("e", np.float64(2.5))]) == "t\n  c  0\n  e  2.5"
    )


def test_html_is_escaped_and_whole():
    table = html_table("<t>", [("a&b", "x" * 500)])
    assert "&lt;t&gt;" in table
    assert "a&amp;b" in table
    assert "x" * 500 in table


def test_long_lists_show_their_ends():
    assert shown(np.arange(9.0)) == "0, 1, 2, ..., 8 (9 values)"
    assert shown((1, 2)) == "1, 2"


@dataclasses.dataclass(frozen=True, repr=False)
class Probe:
    """Says a thing.

    And more.
    """

    number: float
    """How many, in GeV."""
    plain: str = "x"
    _hidden: int = dataclasses.field(default=3, init=False)


def test_notes_come_from_the_source():
    assert attribute_notes(Probe) == {"number": "How many, in GeV."}
    assert attribute_notes(int) == {}
    assert first_sentence(Probe) == "Says a thing"
    assert field_text(Probe(2.0)) == "Probe(number=2.0, plain='x')"
    assert "2 (How many, in GeV.)" in field_html(Probe(2.0))


def test_a_representation_is_no_key_of_the_cache():
    """Six digits are only for printing: two materials that print alike are still different."""
    from evanesce.showers import ShowerSetup

    def key(density):
        material = ev.compound("CsI", density=density)
        return digest(
            ShowerSetup(incident="e+", material=material, start=0.0, stop=1.0, energy_min=1.0, energy_max=1.0).key
        )

    assert key(4.51) != key(4.51 + 1e-12)


def test_a_prediction_shows_the_signal_by_process_and_an_error_only_where_one_is_stated():
    one = repr(ev.predict("belle2", ev.DarkPhoton(), 0.0667, physics="published", background="components"))
    assert "signal at ε = 1: annihilation   " in one
    assert "5.285e+10 ± " in one
    photons = next(line for line in one.splitlines() if "background: photons" in line)
    assert photons.endswith(" 12.81")
    grid = repr(ev.predict("belle2", ev.DarkPhoton(), [0.05, 0.0667], physics="published"))
    assert "processes  annihilation, bremsstrahlung" in grid
    assert "photons          12.814\n" in repr(ev.experiment("belle2").background_budget())


def test_an_experiment_shows_its_luminosity_with_the_unit():
    assert "luminosity [ab⁻¹]  50" in repr(ev.experiment("belle2"))
    assert "luminosity [ab⁻¹]  0.02" in repr(ev.experiment("belle2-mono-photon"))
    assert "particles         2.84e+11" in repr(ev.experiment("na64-2019"))


def test_impacts_are_not_cut_off():
    text = repr(ev.impacts("belle2", "dark-photon", 0.0667, physics="published"))
    assert "..." not in text
    assert "events" in text.splitlines()[-1]


def test_markup_of_the_documentation_is_not_shown():
    def found():
        """A number of :class:`Evidence`, from :func:`~evanesce.limit` and ``x``."""

    assert first_sentence(found) == "A number of Evidence, from evanesce.limit and x"
