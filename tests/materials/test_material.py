"""The frozen objects check themselves, and Tsai's formula has its textbook constants."""

import dataclasses
import subprocess
import sys

import pytest

from evanesce.errors import InvalidValueError
from evanesce.materials import Nucleus, elemental_radiation_length, material
from evanesce.materials.radiation_length import _SCALE, _coulomb_correction


def test_materials_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        material("CsI").density = 1.0  # type: ignore[misc]  # the type checker refuses it too


def test_nuclei_must_weigh_the_density() -> None:
    with pytest.raises(InvalidValueError, match=r"nuclei of CsI: weigh 4.51 g/cm3, must be its density 4.6"):
        dataclasses.replace(material("CsI"), density=4.6)
    with pytest.raises(InvalidValueError, match=r"nuclei of CsI: weigh 0 g/cm3"):
        dataclasses.replace(material("CsI"), nuclei=())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Z": 0}, "Z = 0: must be an atomic number"),
        ({"atomic_weight": -1.0}, "atomic_weight of I = -1.0"),
        ({"number_density": 0.0}, "number_density of I = 0.0"),
        ({"atoms_per_unit": float("nan")}, "atoms_per_unit of I = nan"),
    ],
)
def test_nucleus_is_checked(change: dict[str, float], message: str) -> None:
    fields = {"Z": 53, "symbol": "I", "atomic_weight": 126.9, "atoms_per_unit": 1.0, "number_density": 1e22}
    with pytest.raises(InvalidValueError, match=message):
        Nucleus(**(fields | change))


def test_scale_is_the_review_s() -> None:
    # The review prints (4 alpha r_e^2 N_A)^-1 = 716.408 g/cm2 for A = 1 g/mol: six digits.
    assert pytest.approx(716.408, abs=1e-3) == 1 / _SCALE


def test_coulomb_correction_is_davies_bethe_maximon() -> None:
    # The exact sum f = a^2 sum 1/[n (n^2 + a^2)]; the fit claims four digits up to uranium.
    for Z in (6, 26, 55, 74, 82, 92):
        a2 = (Z / 137.035999) ** 2
        exact = a2 * sum(1 / (n * (n * n + a2)) for n in range(1, 20_000))
        assert _coulomb_correction(Z) == pytest.approx(exact, abs=1e-4)


# Tabulated by the Particle Data Group in g/cm2: four digits.
@pytest.mark.parametrize(("Z", "tabulated"), [(1, 63.05), (2, 94.32), (3, 82.78), (4, 65.19), (92, 6.00)])
def test_elements_outside_the_catalogue(Z: int, tabulated: float) -> None:
    assert elemental_radiation_length(Z) == pytest.approx(tabulated, rel=2e-3)


@pytest.mark.parametrize("Z", [0, -1, 104, 6.0, True, "Pb"])
def test_bad_atomic_number(Z: int) -> None:
    with pytest.raises(InvalidValueError, match="must be an integer between 1 and 103"):
        elemental_radiation_length(Z)


def test_import_opens_no_data_file_and_package_import_is_light() -> None:
    code = (
        "import sys, evanesce; assert 'xraylib' not in sys.modules\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "import evanesce.materials.catalogue\n"
        "assert not [name for name in opened if name.endswith(('.yaml', '.csv', '.json', '.npz'))], opened"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
