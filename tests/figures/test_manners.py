"""Drawing functions draw on the caller's axes, return artists, and do nothing else."""

import inspect
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import evanesce.figures
from evanesce.errors import InvalidValueError, MissingExtraError
from evanesce.figures import (
    Curve,
    Limits,
    draw_background,
    draw_endpoint,
    draw_limits,
    draw_track_length,
    primed,
    render,
    style,
    style_parameters,
)
from evanesce.figures.style import FILLS, LINES

RANGE = {"x_range": (0.01, 1.0)}


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def drawings(limits, couplings, track_lengths, endpoint, background):
    return [
        lambda ax: draw_limits(ax, limits, **RANGE),
        lambda ax: draw_limits(ax, couplings, x_range=(1e-5, 1.0)),
        lambda ax: draw_track_length(ax, track_lengths),
        lambda ax: draw_endpoint(ax, endpoint),
        lambda ax: draw_background(ax, background),
    ]


def test_they_return_the_artists_they_put_on_the_axes(drawings):
    for draw in drawings:
        ax = Figure().subplots()
        artists = draw(ax)
        assert isinstance(artists, tuple)
        assert artists
        assert all(isinstance(artist, Artist) and artist.axes is ax for artist in artists)
        assert {*ax.lines, *ax.collections, *ax.texts} <= set(artists)


def test_they_leave_numbers_style_and_disk_alone(drawings, limits, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def refuse(*_, **__):
        raise AssertionError("a drawing function must not save")

    monkeypatch.setattr(Figure, "savefig", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    before, parameters = [curve.y.copy() for curve in limits.curves], dict(rcParams)
    for draw in drawings:
        draw(Figure().subplots())
    assert dict(rcParams) == parameters
    assert list(tmp_path.iterdir()) == []
    for curve, y in zip(limits.curves, before, strict=True):
        np.testing.assert_array_equal(curve.y, y)


def test_they_import_nothing_that_computes():
    for name, module in list(sys.modules.items()):
        if name.startswith("evanesce.figures."):
            sources = [line for line in inspect.getsource(module).splitlines() if "import" in line]
            ours = [line.split()[1] for line in sources if line.strip().startswith("from evanesce")]
            allowed = ("evanesce.figures", "evanesce.errors", "evanesce.representation", "evanesce.validation")
            assert all(each.startswith(allowed) for each in ours), name


def test_plotting_loads_only_when_something_is_drawn():
    import subprocess

    code = "import sys, evanesce.figures; print('matplotlib' in sys.modules, 'mplhep' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("name", ["matplotlib", "mplhep"])
def test_a_missing_library_names_the_extra(monkeypatch, limits, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=rf"{name}, which is not installed: pip install 'evanesce\[plot\]'"):
        render([lambda ax: draw_limits(ax, limits, **RANGE)])
    with pytest.raises(MissingExtraError), style():
        pass


def test_style_stays_inside_its_context():
    outside = rcParams["font.size"]
    with style():
        assert rcParams["font.size"] == style_parameters()["font.size"] != outside
    assert rcParams["font.size"] == outside


def test_render_gives_whole_files_and_the_same_ones_again(drawings):
    files = render(drawings[:2], width=8.0, height=4.0)
    assert set(files) == {"pdf", "png"}
    assert files["pdf"].startswith(b"%PDF")
    assert files["png"].startswith(b"\x89PNG")
    assert render(drawings[:2], width=8.0, height=4.0) == files


def test_a_label_is_along_its_curve_or_in_the_legend(ax, limits):
    draw_limits(ax, limits, label_at={"second experiment": 0.02}, **RANGE)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "second experiment" not in legend
    assert len(legend) == len(limits.curves) - 1
    (label,) = ax.texts
    assert label.get_text() == "second experiment"
    assert label.xy[0] == 0.02
    assert label.xy[1] == pytest.approx(3e-3 * 0.02)
    assert label.get_rotation() > 10.0  # the curve rises


def test_without_a_legend_there_is_none(ax, limits):
    draw_limits(ax, limits, legend=None, **RANGE)
    assert ax.get_legend() is None


def test_axes_say_what_they_show(ax, limits):
    draw_limits(ax, limits, **RANGE)
    assert ax.get_xlabel() == r"$m_{A\mathbf{′}}$ [GeV]"
    assert "90% CL" in ax.get_ylabel()
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_xlim() == (0.01, 1.0)


def test_a_prime_in_an_index_can_be_read():
    """Its ink: mathtext shrinks ' twice in an index, to a fifth of the ink of the prime that is drawn here."""

    def ink(text):
        with style():
            figure = Figure(figsize=(2.0, 1.0))
            FigureCanvasAgg(figure)
            figure.text(0.1, 0.4, text, fontsize=17.0)
            figure.canvas.draw()
            return np.sum(255.0 - np.asarray(figure.canvas.buffer_rgba())[..., 0])

    dark_photon = primed("A'")
    bare = ink("$m_{A}$")
    speck, prime = ink("$m_{A'}$") - bare, ink(f"$m_{{{dark_photon}}}$") - bare
    assert prime > 2.0 * speck > 0.0


def test_in_one_figure_a_line_style_means_one_thing(ax, track_lengths, endpoint):
    """Dots are a part of the curve of their colour, and nothing else is dotted."""
    draw_track_length(ax, track_lengths)
    dotted = [line for line in ax.lines if line.get_linestyle() not in ("-", "solid")]
    assert [line.get_label() for line in dotted] == ["first"]
    assert dotted[0].get_color() == ax.lines[0].get_color()
    other = Figure().subplots()
    draw_endpoint(other, endpoint)
    assert {line.get_linestyle() for line in other.lines} == {"-"}


def test_the_lower_end_makes_room_for_a_strong_limit(ax):
    x = np.array([0.01, 0.1, 1.0])
    strong = Curve(label="strong", role="search", x=x, y=np.array([3e-7, 2e-6, 1e-9]))
    draw_limits(ax, Limits(curves=(strong,)), x_range=(0.01, 0.5))
    assert ax.get_ylim() == (pytest.approx(1e-7), 1e-2)  # 1e-9 lies outside the range of masses


def test_no_limit_is_a_gap(ax):
    x = np.array([0.01, 0.1, 1.0])
    curve = Curve(label="gap", role="excluded", x=x, y=np.array([1e-4, np.inf, 1e-4]))
    fill, line, legend = draw_limits(ax, Limits(curves=(curve,)), **RANGE)
    assert np.isnan(line.get_ydata()[1])
    assert fill.get_paths()
    assert legend.get_texts()[0].get_text() == "gap"


def test_nothing_dropped_leaves_no_cut(ax, endpoint):
    whole = evanesce.figures.EndpointCurves(curves=endpoint.curves, cut=1.0, dropped=0.0, selection=0.95)
    draw_endpoint(ax, whole)
    assert not any("dropped" in text.get_text() for text in ax.texts)


def test_a_curve_needs_as_many_y_as_x():
    with pytest.raises(InvalidValueError, match=r"curve 'x': x has shape \(2,\) and y \(3,\)"):
        Curve(label="x", role="search", x=np.ones(2), y=np.ones(3))


def test_every_role_has_looks_that_differ():
    assert set(FILLS) <= set(LINES)
    looks = [(style["color"], style.get("linestyle"), style["linewidth"]) for style in LINES.values()]
    assert len(set(looks)) == len(looks)


def test_thermal_lines_and_bands(ax, thermal):
    artists = draw_limits(ax, thermal, **RANGE)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend[:3] == ["published", "thermal, Dirac", "thermal, Majorana"]
    band, dirac, majorana = artists[:3]
    assert band.get_paths()
    assert dirac.get_color() == majorana.get_color()
    assert dirac.get_linestyle() != majorana.get_linestyle()
    assert np.isnan(majorana.get_ydata()[-1])


def test_a_thermal_line_alone_excludes_nothing(ax, thermal):
    draw_limits(ax, Limits(curves=(), thermal=thermal.thermal), **RANGE)
    assert ax.get_ylabel() == r"$\varepsilon$"


def test_a_band_needs_as_many_points_as_its_line():
    with pytest.raises(
        InvalidValueError, match=r"thermal line 'x': its lists have shapes \(2,\), .*\(3,\); give lists"
    ):
        evanesce.figures.ThermalLine(label="x", x=np.ones(2), y=np.ones(2), band=(np.ones(2), np.ones(3)))


def test_faint_published_curves_differ_in_dashes_and_are_named_where_they_are_seen(ax):
    x = np.array([0.001, 10.0])
    curves = [
        Curve(label=f"{height:g}", role="excluded-faint", x=x, y=np.full(2, height)) for height in (1e-4, 1e-3, 0.5)
    ]
    draw_limits(ax, Limits(curves=tuple(curves)), **RANGE)
    assert ax.get_legend_handles_labels()[1] == ["0.0001", "0.001"]
    first, second, _ = ax.lines
    assert first.get_linestyle() != second.get_linestyle()
