"""``evanesce plot``: what is drawn, the metadata of each format, and one line for wrong use."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET  # of files that the tests write

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread

from evanesce.cli import main
from evanesce.cli.plot_panels import curves_panel, map_panel
from evanesce.cli.plot_sources import labels_of, read_table


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Limits of every kind of file: two presets, bands with counts, a grid, another mediator, another level."""
    folder = tmp_path_factory.mktemp("limits")
    (folder / "other").mkdir()
    grid = ["--mass", "0.05:0.1:6"]
    made = {
        "published": ["limit", "belle2", *grid, "--physics", "published", "--output", f"{folder}/a.json"],
        "converged": ["limit", "belle2", *grid, "--physics", "converged", "--output", f"{folder}/other/a.json"],
        "counted": [
            "limit", "belle2", *grid, "--physics", "published", "--criterion", "cls", "--toys", "0",
            "--observed", "90", "--output", f"{folder}/counted.nc",
        ],
        "level": [
            "limit", "belle2", *grid, "--physics", "published", "--criterion", "cls", "--toys", "0",
            "--confidence-level", "0.95", "--output", f"{folder}/level.csv",
        ],
        "scalar": [
            "limit", "belle2", *grid, "--physics", "published", "--mediator", "scalar",
            "--output", f"{folder}/scalar.csv",
        ],
        "grid": [
            "scan", "belle2", *grid, "--alpha-d", "1e-3:0.1:3", "--mass-ratio", "2.5,3", "--physics", "published",
            "--output", f"{folder}/grid.zarr",
        ],
    }  # fmt: skip
    for command in made.values():
        assert main(command) == 0
    return {name: command[command.index("--output") + 1] for name, command in made.items()}


def drawn(panel):
    figure = Figure(figsize=(9.0, 6.5))
    FigureCanvasAgg(figure)
    panel(figure)
    figure.canvas.draw()
    return figure.axes


def about(path):
    """The JSON in the metadata of a figure."""
    if path.suffix == ".svg":
        root = ET.parse(path).getroot()  # noqa: S314 - a file of the test
        return json.loads(next(e.text for e in root.iter() if e.tag.endswith("}description")))
    content = path.read_bytes()
    if path.suffix == ".png":
        place = content.index(b"Description\0")
        length = int.from_bytes(content[place - 8 : place - 4], "big")
        return json.loads(content[place + 12 : place + length])
    text = re.search(rb"/Keywords \((.*?)\)\n?/?(?:>>|/)", content, re.DOTALL).group(1)
    return json.loads(re.sub(rb"\\([()\\])", rb"\1", text))


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_metadata_in_every_format(files, tmp_path, suffix):
    path = tmp_path / f"figure{suffix}"
    assert main(["plot", files["published"], "--output", str(path), "--y-range", "1e-5:1e-2"]) == 0
    found = about(path)
    assert found["options"]["sources"] == [files["published"]]
    assert found["options"]["y_range"] == [1e-5, 1e-2]
    assert found["limits"][files["published"]]["physics"]["preset"] == "published"
    again = tmp_path / f"again{suffix}"
    main(["plot", files["published"], "--output", str(again), "--y-range", "1e-5:1e-2"])
    assert again.read_bytes() == path.read_bytes()


def test_png_is_a_picture(files, tmp_path):
    path = tmp_path / "figure.png"
    assert main(["plot", files["grid"], "--map", "--select", "mass_ratio=3", "--output", str(path)]) == 0
    picture = imread(path)
    assert picture.shape[1] > 1000
    assert picture.std() > 0.1


class TestCurves:
    """Lines and axes hold the numbers of the files."""

    def tables(self, files, *names):
        return {files[name]: read_table(files[name], {}) for name in names}

    def test_lines_and_second_axis(self, files):
        tables = self.tables(files, "published")
        top, *_ = drawn(curves_panel(tables, "epsilon", None, [], False, (None, None)))
        table = tables[files["published"]]
        line = next(line for line in top.lines if line.get_label().startswith("belle2"))
        np.testing.assert_allclose(line.get_ydata(), table.epsilon)
        assert line.get_linestyle() == "--", "a projection is dashed"
        assert top.get_ylabel() == r"$\varepsilon$ excluded at 90% CL"
        (second,) = top.child_axes
        ends = np.square(np.array(top.get_ylim())) * 1e-3 / 3.0**4  # y = epsilon^2 alpha_D (m_chi/m)^4
        np.testing.assert_allclose(second.get_ylim(), ends)

    def test_y_is_that_of_the_command(self, files):
        tables = self.tables(files, "published")
        top, *_ = drawn(curves_panel(tables, "y", None, [], False, (None, None)))
        with open(files["published"], encoding="utf-8") as file:  # noqa: PTH123
            np.testing.assert_allclose(top.lines[0].get_ydata(), json.load(file)["y"])
        assert not top.child_axes

    def test_counts_are_filled_and_have_bands(self, files):
        top, *_ = drawn(curves_panel(self.tables(files, "counted"), "epsilon", None, [], False, (None, None)))
        assert top.lines[0].get_linestyle() == "-"
        labels = top.get_legend_handles_labels()[1]
        assert labels == [r"expected, $\pm2\sigma$", r"expected, $\pm1\sigma$", "belle2, published"]
        assert len(top.collections) == 3, "two bands, and the excluded region"

    def test_ratio_panel(self, files):
        tables = self.tables(files, "published", "converged")
        _top, bottom = drawn(curves_panel(tables, "epsilon", files["published"], [], False, (None, None)))[:2]
        expected = tables[files["converged"]].epsilon / tables[files["published"]].epsilon
        np.testing.assert_allclose(bottom.lines[-1].get_ydata(), expected)
        assert bottom.get_title(loc="left") == "over belle2, published"

    def test_levels_are_in_the_labels_where_they_differ(self, files):
        tables = self.tables(files, "published", "level")
        top, *_ = drawn(curves_panel(tables, "epsilon", None, [], False, (None, None)))
        assert top.get_ylabel() == r"$\varepsilon$ excluded"
        assert [label.rpartition(", ")[2] for label in labels_of(tables).values()] == ["90% CL", "95% CL"]

    def test_labels_of_files_with_one_stem_differ(self, files):
        tables = {name: read_table(files["published"], {}) for name in ("x/a.json", "y/a.json", "b.json")}
        assert list(labels_of(tables).values()) == [
            "belle2, published (x/a.json)", "belle2, published (y/a.json)", "belle2, published (b)",
        ]  # fmt: skip

    def test_thermal_line_and_constraint(self, files):
        tables = self.tables(files, "published")
        top, *_ = drawn(curves_panel(tables, "y", None, ["babar"], True, (None, None)))
        labels = top.get_legend_handles_labels()[1]
        assert "thermal, Dirac" in labels
        assert "babar" in labels
        line = next(line for line in top.lines if line.get_label() == "thermal, Dirac")
        from evanesce import DarkPhoton
        from evanesce.targets import relic_line

        direct = relic_line(DarkPhoton(alpha_d=1e-3), line.get_xdata())
        np.testing.assert_allclose(line.get_ydata(), direct.y, rtol=1e-12)

    def test_symbol_of_the_mediator(self, files):
        top, *_ = drawn(curves_panel(self.tables(files, "scalar"), "epsilon", None, [], False, (None, None)))
        assert r"\phi" in top.get_xlabel()

    def test_a_curve_for_each_value_of_a_third_axis(self, files):
        tables = {files["grid"]: read_table(files["grid"], {"alpha_d": 0.1})}
        top, *_ = drawn(curves_panel(tables, "epsilon", None, [], False, (None, None)))
        assert [line.get_label().rpartition("= ")[2] for line in top.lines] == ["2.5", "3"]
        assert not top.child_axes, "y is not the same for both"


def test_map_holds_the_limits(files):
    table = read_table(files["grid"], {"mass_ratio": 3.0})
    top, *_ = drawn(map_panel({files["grid"]: table}, "epsilon", ((0.06, 0.08), (2e-3, 0.05))))
    mesh = top.collections[0]
    np.testing.assert_allclose(np.sort(mesh.get_array().ravel()), np.sort(table.epsilon))
    assert top.get_xlim() == (0.06, 0.08)
    assert top.get_ylim() == (2e-3, 0.05)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ["{published}", "{scalar}"],
            "is for the mediator dark-photon and .* for scalar: their couplings cannot share",
        ),
        (["no.nc"], "'no.nc': there is no such file or store; make one with 'evanesce limit --output'"),
        (["{published}", "--ratio-to", "b.nc"], "--ratio-to 'b.nc': must be one of the sources"),
        (["{grid}", "--ratio-to", "{grid}"], "has 6 curves; use --select"),
        (["{published}", "--map"], "--map: needs limits over mass and alpha_d, not mass"),
        (["{grid}", "{grid}", "--map"], "--map: takes one source|needs limits over"),
        (
            ["{scalar}", "--thermal"],
            "--thermal: there are thermal lines for dark-photon only, not scalar; leave it out",
        ),
        (["{grid}", "--thermal"], "--constraint and --thermal: need one alpha_d and one mass_ratio; use --select"),
        (["{grid}", "--select", "alpha_d=0.5"], r"alpha_d = 0\.5: is not on the grid; there are 0\.001, 0\.01, 0\.1"),
        (["{grid}", "--select", "alpha=0.5"], "axis of these limits"),
        (["{published}", "--x-range", "3"], "--x-range = '3': must be LO:HI with 0 < LO < HI"),
        (["{published}", "--y-range", "1e-3:1e-4"], "must be LO:HI with 0 < LO < HI"),
        (["{published}", "--constraint", "babr"], "babar"),
        (["{published}", "--quantity", "eps"], "--quantity = 'eps': must be one of epsilon, y"),
    ],
)
def test_wrong_use_is_one_line(files, tmp_path, capsys, command, message):
    output = tmp_path / "figure.png"
    filled = [part.format(**files) for part in command]
    assert main(["plot", *filled, "--output", str(output)]) == 2
    error = capsys.readouterr().err
    assert re.search(message, error), error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["figure.gif", "figure", "none/figure.png"])
def test_a_wrong_output_leaves_nothing(files, tmp_path, capsys, output):
    assert main(["plot", files["published"], "--output", str(tmp_path / output)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_holds_no_limits(tmp_path, capsys):
    (tmp_path / "a.json").write_text('{"epsilon": [1, 2]}')
    assert main(["plot", str(tmp_path / "a.json"), "--output", str(tmp_path / "b.png")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "b.png").exists()
