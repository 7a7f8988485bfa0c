"""A small valid card, and a way to write cards."""

from collections.abc import Callable
from pathlib import Path

import pytest

CARD = """\
name: small
source:
  kind: bhabha
  luminosity: 50
  polar_angle_min: 32.2
  polar_angle_max: 128.7
target:
  material: CsI
  thickness: 16
background: 94
backgrounds:
  - kind: photons
    veto_efficiency: 4.5e-4
    reference: arXiv:0808.0017
"""


@pytest.fixture
def small() -> str:
    return CARD


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write_card(text: str) -> Path:
        path = tmp_path / "card.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_card
