"""Tables of the exact spectrum: their window, and that disk and memory return the computed values."""

from dataclasses import replace

import numpy as np
import pytest

from evanesce.cache import cache_folder
from evanesce.experiments import experiment
from evanesce.materials import material
from evanesce.mediators import DarkPhoton
from evanesce.production import spectrum_table
from evanesce.production.mass_grid import MassPanel
from evanesce.production.scatterers import Scatterer, scatterers
from evanesce.production.spectrum_table import Window, panel_tables, window_of

PANEL, WINDOW = MassPanel(2, -9), Window(0.9, (4.0, 4.8))


@pytest.fixture
def computed(monkeypatch, tmp_path):
    """How often a table was computed, in a folder of its own, with nothing in memory."""
    calls = []
    compute = spectrum_table.spectrum_table

    def counted(*args, **kwargs):
        calls.append(1)
        return compute(*args, **kwargs)

    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(spectrum_table, "spectrum_table", counted)
    spectrum_table.forget()
    yield calls
    spectrum_table.forget()


def values(tables):
    energy = np.array([4.1, 4.5])
    return np.array([table(np.array([[4.06, 4.06]]), energy).value for table in tables])


def test_tables_are_computed_once_and_read_back_equal(computed):
    target = scatterers(material("CsI"))[0]
    first = values(panel_tables(DarkPhoton.vertex, target, PANEL, WINDOW))
    assert len(computed) == 8
    assert (values(panel_tables(DarkPhoton.vertex, target, PANEL, WINDOW)) == first).all()
    spectrum_table.forget()  # as another process starts
    assert (values(panel_tables(DarkPhoton.vertex, target, PANEL, WINDOW)) == first).all()
    assert len(computed) == 8
    assert (first > 0).all()
    panel_tables("scalar", target, PANEL, WINDOW)
    panel_tables(DarkPhoton.vertex, target, PANEL, Window(0.75, WINDOW.energies))
    assert len(computed) == 24


def test_a_damaged_table_is_computed_again(computed):
    target = scatterers(material("CsI"))[0]
    first = values(panel_tables(DarkPhoton.vertex, target, PANEL, WINDOW))
    (file,) = (cache_folder() / "bremsstrahlung").iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    spectrum_table.forget()
    assert (values(panel_tables(DarkPhoton.vertex, target, PANEL, WINDOW)) == first).all()
    assert len(computed) == 16


def test_masses_that_cannot_be_radiated_have_no_table(computed):
    """Of 2 to 2.8 GeV, the recoil of a proton takes all at 4.8 GeV but of the lightest, and the file says so."""
    light = Scatterer(0.94, scatterers(material("CsI"))[0].parts)
    for _ in range(2):
        tables = panel_tables("vector", light, MassPanel(2, 2), Window(0.25, WINDOW.energies))
        assert [table is None for table in tables] == sorted(table is None for table in tables)
        assert tables[0] is not None
        assert tables[-1] is None
        spectrum_table.forget()
    assert len(computed) == 8


@pytest.mark.parametrize("cut", [0.95, 0.93, 0.91, 0.9])
def test_cuts_share_a_window(cut):
    """The window covers the range of a cut, and is the same for cuts from 0.9 on."""
    energies = (cut * 4.35, 6.6)
    window = window_of(cut, energies)
    assert window == window_of(0.95, (0.95 * 4.35, 6.6))
    assert window.x_min <= cut
    assert window.energies[0] <= energies[0]
    assert window.energies[1] >= energies[1]


def test_a_loose_cut_has_a_window_too():
    assert window_of(0.5, (50.0, 100.0)).x_min == 0.5
    assert window_of(1e-7, (1e-5, 100.0)).x_min == 1e-7


@pytest.mark.parametrize(
    ("name", "window"),
    [("polystyrene", Window(0.5, (45.0, 108.0))), ("CsI", Window(0.9, (3.4, 6.8)))],
    ids=["beam", "tracks"],
)
def test_nodes_of_a_table_are_enough(monkeypatch, name, window):
    """A table moves by less than its smallest error, 1e-4, with twenty nodes in angle and in ln t, from eight.

    With six in ln t that of hydrogen moves by more.
    """
    target = scatterers(material(name), "elastic+inelastic")[0]
    few = spectrum_table.spectrum_table("vector", target, mass=0.02, window=window)
    monkeypatch.setattr(spectrum_table, "_ORDERS", (20, 20))
    many = spectrum_table.spectrum_table("vector", target, mass=0.02, window=window)
    assert np.abs(few.series - many.series).max() < 1e-4
    assert np.abs(few.series - many.series).max() > 0.0


def test_a_minor_target_is_accurate_enough():
    """Hydrogen and carbon of NA64's lead and scintillator, 1 % of the yield: to 3e-4 of themselves."""
    every = scatterers(experiment("na64-2019").channels[0].target.material, "elastic+inelastic")
    assert [target.minor for target in every] == [True, True, False]
    window, mass, energy = Window(0.5, (45.0, 108.0)), 0.1, np.array([50.0, 100.0])
    radiated = np.linspace(0.51, 0.9999, 50)[:, None] * energy
    for target in every[:2]:
        fast, careful = (
            spectrum_table.spectrum_table("vector", each, mass=mass, window=window)(radiated, energy)
            for each in (target, replace(target, minor=False))
        )
        assert fast.value == pytest.approx(careful.value, rel=3e-4, abs=0)
        assert (fast.error.sum() < 0.01 * fast.value.sum()).all()
        assert (fast.value != careful.value).any()


@pytest.mark.parametrize("name", ["CsI", "SiO2", "polystyrene", "H2O", "PbWO4"])
def test_no_target_is_minor_in_a_plain_material(name):
    assert not any(target.minor for target in scatterers(material(name)))
