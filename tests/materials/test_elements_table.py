"""The package's table of elements has every digit of xraylib's."""

import pytest
import xraylib

from evanesce.materials.elements import atomic_symbol, symbols, tabulated_weight


def test_symbols_and_weights_are_those_of_xraylib():
    for Z in range(1, 108):
        assert atomic_symbol(Z) == xraylib.AtomicNumberToSymbol(Z)
        assert symbols()[atomic_symbol(Z)] == Z
    for Z in range(1, 104):
        assert tabulated_weight(Z) == xraylib.AtomicWeight(Z)


@pytest.mark.parametrize("Z", [0, 104, 107, 120])
def test_an_element_without_a_weight_is_refused(Z):
    with pytest.raises(ValueError, match="Z out of range"):
        tabulated_weight(Z)
