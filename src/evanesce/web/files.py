"""Files that a page offers: curve, likelihood, figure, command line and script."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.interchange import LimitTable, write_csv, write_hepdata
from evanesce.interchange.limit_json import limits_as_dict
from evanesce.limits import likelihood_prediction
from evanesce.representation import strict
from evanesce.statistics import BANDS, to_workspace
from evanesce.web.model import Answer, Model
from evanesce.web.recipe import Recipe
from evanesce.web.state import State

if TYPE_CHECKING:
    from evanesce.figures import Curve, ExpectedBand, Limits
    from evanesce.validation import FloatArray

__all__ = ["FILES", "FileKind", "make_file"]


def make_file(name: str, model: Model, state: State) -> bytes:
    """Return the content of a file of :data:`FILES`.

    Raises
    ------
    UnknownNameError
        A name that is not there.
    EvanesceError
        A choice that is not possible, or a file that this curve cannot fill.
    MissingExtraError
        The extra that writes this format is not installed.

    """
    if name not in FILES:
        raise unknown_name("file", name, FILES)
    return FILES[name].make(model, state)


def _csv(model: Model, state: State) -> bytes:
    return _through_a_file("limit.csv", lambda path: write_csv(model.answer(state).curve, path))


def _json(model: Model, state: State) -> bytes:
    return _text(json.dumps(strict(limits_as_dict(model.answer(state).curve)), allow_nan=False))


def _hepdata(model: Model, state: State) -> bytes:
    table = LimitTable.of(model.answer(state).curve)
    return _through_a_file("limit.tar.gz", lambda path: write_hepdata(table, path))


def _workspace(model: Model, state: State) -> bytes:
    """The likelihood at the mass that is read off."""
    recipe = Recipe(state.but(view="mass-epsilon"))
    arguments = {name: value for name, value in recipe.arguments().items() if name != "criterion"}
    found = likelihood_prediction(recipe.experiments, recipe.mediator, state.mass, engine=model.engine, **arguments)
    return _text(json.dumps(to_workspace(found), allow_nan=False, indent=1))


def _command(model: Model, state: State) -> bytes:
    del model
    return _text(Recipe(state).command_line)


def _script(model: Model, state: State) -> bytes:
    del model
    return Recipe(state).script.encode()


def _figure(suffix: str) -> Callable[[Model, State], bytes]:
    def make(model: Model, state: State) -> bytes:
        from evanesce.figures import draw_limits, render

        answer = model.answer(state)
        x, limit = answer.x, answer.line(answer.curve.epsilon)
        finite = limit[np.isfinite(limit)]
        if not finite.size:
            raise InvalidValueError("there is no limit to draw; choose other masses or another search")
        shown = _limits(answer, model)
        low, high = float(10.0 ** np.floor(np.log10(finite.min()))), float(np.percentile(finite, 90))
        top = float(10.0 ** np.ceil(np.log10(max(high, 100.0 * low))))

        def draw(ax: Any) -> None:
            draw_limits(ax, shown, x_range=(float(x[0]), float(x[-1])), y_range=(low, top))
            if state.view in ("mass-y", "dark-mass-y"):
                ax.set_ylabel(r"$y = \varepsilon^2 \alpha_D\, (m_\chi/m)^4$")
            if state.view == "dark-mass-y":
                ax.set_xlabel(r"$m_\chi$ [GeV]")

        return render([draw])[suffix]

    return make


def _limits(answer: Answer, model: Model) -> Limits:
    """The curves of the figure as the drawing functions of the package take them."""
    from evanesce.figures import Curve, ExpectedBand, Limits, ThermalLine

    state, curve, x = answer.state, answer.curve, answer.x
    changes = [text.replace("⁻¹", "$^{-1}$") for text in Recipe(state).changes_in_words]  # not in every font
    curves: list[Curve] = [
        Curve(label=one.title, role="rival" if one.projection else "excluded-faint", x=one.line.x, y=one.line.y)
        for one in answer.constraints
    ]
    bands: tuple[ExpectedBand, ...] = ()
    if curve.has_bands:
        expected = curve.expected.reshape(-1, len(BANDS))
        rows: FloatArray = np.stack([answer.line(expected[:, i]) for i in range(len(BANDS))], axis=-1)
        bands = (ExpectedBand(label="expected", x=x, limits=rows),)
    if curve.observed is not None or not bands:
        label = "observed" if curve.observed is not None else " + ".join(state.experiments)
        curves.append(Curve(label=label, role="search", x=x, y=answer.line(curve.epsilon)))
    if answer.compared is not None:
        curves.append(Curve(label=f"preset {state.compare}", role="exact", x=x, y=answer.line(answer.compared.epsilon)))
    line = model.thermal(state)
    thermal = () if line is None else (ThermalLine(label="thermal target", x=line.x, y=line.y),)
    return Limits(
        curves=tuple(curves),
        bands=bands,
        thermal=thermal,
        against="alpha_d" if state.view == "coupling-epsilon" else "mass",
        title=", ".join([" + ".join(state.experiments), *changes, state.physics]),
        confidence_level=curve.provenance["confidence_level"],
    )


def _text(text: str) -> bytes:
    return f"{text}\n".encode()


def _through_a_file(name: str, write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="evanesce-") as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A file that can be downloaded."""

    title: str
    """What a visitor reads."""
    kind: str
    """Media type."""
    make: Callable[[Model, State], bytes]


FILES: Final[dict[str, FileKind]] = {
    "limit.csv": FileKind(title="Curve as CSV", kind="text/csv", make=_csv),
    "limit.json": FileKind(title="Curve as JSON", kind="application/json", make=_json),
    "limit-hepdata.tar.gz": FileKind(title="HEPData submission", kind="application/gzip", make=_hepdata),
    "workspace.json": FileKind(title="pyhf likelihood at one mass", kind="application/json", make=_workspace),
    "limit.pdf": FileKind(title="Figure as PDF", kind="application/pdf", make=_figure("pdf")),
    "limit.png": FileKind(title="Figure as PNG", kind="image/png", make=_figure("png")),
    "limit.sh": FileKind(title="Command line", kind="text/plain", make=_command),
    "limit.py": FileKind(title="Python script", kind="text/x-python", make=_script),
}
"""By name, in the order of the page."""
