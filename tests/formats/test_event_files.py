"""HepMC3, Parquet and LHE files of signal events are read back equal, digit by digit."""

import gzip
import json
import sys
from dataclasses import asdict, replace

import awkward as ak
import numpy as np
import pyarrow.parquet as pq
import pyhepmc
import pylhe
import pytest

import evanesce as ev
from evanesce.errors import DataFileError, InvalidValueError, MissingExtraError
from evanesce.formats import EventBatch, RunInfo, writer
from evanesce.sources import Bhabha, luminosity_of
from evanesce.sources.base import CrossSection


@pytest.fixture(scope="module")
def stream():
    """Both processes, three kinds of event (one a nucleus)."""
    return ev.generate_events(ev.experiment("belle2"), ev.DarkPhoton(alpha_d=0.1), 0.12, 400, physics="published")


def written(stream, path):
    with writer(path, stream.run) as file:
        for batch in stream:
            file.write(batch)
    return list(stream)


def each_event(batches):
    for batch in batches:
        for i in range(len(batch)):
            yield batch, i


@pytest.mark.parametrize("suffix", [".hepmc3", ".hepmc3.gz"])
def test_hepmc(stream, tmp_path, suffix):
    path = tmp_path / f"events{suffix}"
    batches = written(stream, path)
    assert len({(batch.process, batch.roles) for batch in batches}) == 3
    plain = tmp_path / "plain.hepmc3"
    plain.write_bytes(gzip.decompress(path.read_bytes()) if suffix.endswith("gz") else path.read_bytes())
    with pyhepmc.open(plain) as file:
        events = list(file)
    assert len(events) == 400
    status = {-1: 4, 1: 1, 2: 2}
    for number, (event, (batch, i)) in enumerate(zip(events, each_event(batches), strict=True), 1):
        assert event.event_number == number
        assert (event.momentum_unit, event.length_unit) == (pyhepmc.Units.GEV, pyhepmc.Units.CM)
        assert event.weights == [batch.weight[i]]
        got = {
            (p.pid, p.status, p.momentum.px, p.momentum.py, p.momentum.pz, p.momentum.e, p.generated_mass): p
            for p in event.particles
        }
        for k, role in enumerate(batch.roles):
            key = (role.pdg_id, status[role.status], *batch.momentum[i, k].tolist(), batch.mass[i, k])
            particle = got[key]
            mothers = {(m.pid, m.momentum.e) for m in particle.parents}
            assert mothers == {(batch.roles[m].pdg_id, batch.momentum[i, m, 3]) for m in role.mothers}
            if role.mothers:
                at = particle.production_vertex.position
                assert [at.x, at.y, at.z, at.t] == batch.position[i, role.vertex].tolist()
        for name, column in batch.columns.items():
            assert float(str(event.attributes[name].astype(str))) == column[i]
    facts = events[0].run_info
    assert facts.attributes["seed"].astype(str) == "1"
    assert json.loads(facts.attributes["physics"].astype(str)) == stream.about["physics"]
    (tool,) = facts.tools
    assert (tool.name, tool.version, tool.description) == ("evanesce", ev.__version__, "signal events")
    assert facts.weight_names == ["Weight"]
    assert "expected number of signal events" in facts.attributes["weights_mean"].astype(str)


def test_hepmc_files_carry_the_cross_section_of_the_signal(stream, tmp_path):
    """Expected events over the 50 ab⁻¹ of the card; a beam has none."""
    written(stream, tmp_path / "a.hepmc3")
    with pyhepmc.open(tmp_path / "a.hepmc3") as file:
        for event in file:
            assert event.cross_section.xsec() == pytest.approx(stream.expected / 50e6, rel=1e-15)
            assert event.cross_section.xsec_err() == stream.cross_section[1] > 0
    beam = replace(stream, luminosity=luminosity_of(ev.experiment("na64-2019-published").source))
    assert beam.cross_section is None
    written(beam, tmp_path / "b.hepmc3")
    with pyhepmc.open(tmp_path / "b.hepmc3") as file:
        assert "GenCrossSection" not in file.read().attributes


class Roughly(Bhabha):
    """Its cross section is known to 3 %."""

    def track_cross_section(self):
        return CrossSection(self.cross_section, 0.03 * self.cross_section)


def test_the_error_of_a_cross_section_holds_that_of_its_tracks():
    belle2 = ev.experiment("belle2")
    rough = replace(belle2, source=Roughly(**asdict(belle2.source)))
    stream = ev.generate_events(rough, ev.DarkPhoton(alpha_d=0.1), 0.12, 10, physics="published", epsilon=1e-3)
    value, error = stream.cross_section
    assert value == pytest.approx(sum(batch.weight.sum() for batch in stream) / 50e6, rel=0.5)  # ten events
    assert value == pytest.approx(stream.expected / 50e6, rel=1e-12)
    assert error / value == pytest.approx(0.03, rel=1e-6)  # integration adds 1e-8


def test_parquet(stream, tmp_path):
    path = tmp_path / "events.parquet"
    batches = written(stream, path)
    events = ak.from_parquet(path)
    assert len(events) == 400
    assert events.weight.to_numpy().tolist() == np.concatenate([b.weight for b in batches]).tolist()
    for name in batches[0].columns:
        assert events[name].to_numpy().tolist() == np.concatenate([b.columns[name] for b in batches]).tolist()
    rows = events.tolist()
    for row, (batch, i) in zip(rows, each_event(batches), strict=True):
        assert row["process"] == batch.process
        particles = row["particles"]
        assert [p["name"] for p in particles] == [role.name for role in batch.roles]
        assert [p["pdg_id"] for p in particles] == [role.pdg_id for role in batch.roles]
        assert [p["status"] for p in particles] == [role.status for role in batch.roles]
        assert [p["first_mother"] for p in particles] == [min(role.mothers, default=-1) for role in batch.roles]
        assert [p["last_mother"] for p in particles] == [max(role.mothers, default=-1) for role in batch.roles]
        assert [[p[c] for c in ("px", "py", "pz", "energy")] for p in particles] == batch.momentum[i].tolist()
        assert [p["mass"] for p in particles] == batch.mass[i].tolist()
        assert [p["vertex"] for p in particles] == [role.vertex for role in batch.roles]
        assert [[v[c] for c in ("x", "y", "z", "ct")] for v in row["vertices"]] == batch.position[i].tolist()
    metadata = {key.decode(): value.decode() for key, value in pq.read_schema(path).metadata.items()}
    assert metadata == stream.run.facts
    assert {key: json.loads(metadata[key]) for key in ("seed", "epsilon", "alpha_d", "mass_gev", "physics")} == {
        key: stream.about[key] for key in ("seed", "epsilon", "alpha_d", "mass_gev", "physics")
    }
    assert metadata["description"] == "signal events"
    assert "expected number of signal events" in metadata["weights_mean"]
    mediators = events.particles.energy[events.particles.name == "mediator"]
    assert ak.all(mediators[:, 0] == events.mediator_energy)


def test_lhe(stream, tmp_path):
    path = tmp_path / "events.lhe"
    batches = written(stream, path)
    text = path.read_text()
    assert f"seed: {stream.about['seed']}" in text
    assert f"experiment: {stream.about['experiment']}" in text
    events = list(pylhe.LHEFile.fromfile(path).events)
    assert len(events) == 400
    for event, (batch, i) in zip(events, each_event(batches), strict=True):
        assert event.eventinfo.weight == batch.weight[i]
        for k, particle in enumerate(event.particles):
            assert (particle.id, particle.status) == (batch.roles[k].pdg_id, batch.roles[k].status)
            assert [particle.px, particle.py, particle.pz, particle.e, particle.m] == [
                *batch.momentum[i, k].tolist(),
                batch.mass[i, k],
            ]


@pytest.mark.parametrize("suffix", [".hepmc3", ".hepmc3.gz", ".parquet", ".lhe"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_run_leaves_nothing(stream, tmp_path, suffix, stop):
    """Neither the file nor a part of it; what was there before stays."""
    path = tmp_path / f"events{suffix}"
    path.write_text("older")

    def interrupted():
        with writer(path) as file:
            file.write(next(iter(stream)))
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "older"


def a_batch(stream, **changes):
    batch = next(iter(stream))
    names = ("process", "roles", "momentum", "mass", "weight", "position", "columns")
    return EventBatch(**{name: getattr(batch, name) for name in names} | changes)


@pytest.mark.parametrize("suffix", [".hepmc3", ".parquet"])
def test_weights_that_are_no_numbers_are_not_written(stream, tmp_path, suffix):
    bad = np.array(next(iter(stream)).weight)
    bad[3] = np.nan
    path = tmp_path / f"events{suffix}"
    with pytest.raises(InvalidValueError, match="event 4: its weight is not finite"), writer(path) as file:
        file.write(a_batch(stream, weight=bad))
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".hepmc3", ".parquet"])
def test_no_events_no_file(tmp_path, suffix):
    with pytest.raises(InvalidValueError, match="no events, nothing is written"), writer(tmp_path / f"e{suffix}"):
        pass
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".hepmc3", ".parquet"])
def test_a_folder_that_does_not_exist(tmp_path, suffix):
    path = tmp_path / "no" / f"e{suffix}"
    with pytest.raises(DataFileError, match="cannot write"), writer(path):
        pass


def test_a_link_stays_and_its_file_is_written(stream, tmp_path):
    """The format follows the suffix, for any name of the file."""
    (tmp_path / "far").mkdir()
    link = tmp_path / "events.hepmc3.gz"
    link.symlink_to(tmp_path / "far" / "blob")
    with writer(link) as file:
        file.write(a_batch(stream))
    assert link.is_symlink()
    with gzip.open(tmp_path / "far" / "blob") as body:
        assert body.readline().startswith(b"HepMC::Version")


def test_parquet_holds_one_set_of_columns(stream, tmp_path):
    other = a_batch(stream, columns={"else": np.array(next(iter(stream)).weight)})
    message = "a Parquet file holds the columns track_energy, .*: annihilation has else"

    def both():
        with writer(tmp_path / "e.parquet") as file:
            file.write(a_batch(stream))
            file.write(other)

    with pytest.raises(InvalidValueError, match=message):
        both()
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("suffix", "name"), [(".parquet", "pyarrow"), (".hepmc3", "pyhepmc"), (".lhe", "pylhe")], ids=lambda word: word
)
def test_a_format_without_its_library(monkeypatch, tmp_path, suffix, name):
    monkeypatch.setitem(sys.modules, name, None)
    message = rf"files need {name}, which is not installed: pip install 'evanesce\[events\]"
    with pytest.raises(MissingExtraError, match=message), writer(tmp_path / f"e{suffix}"):
        pass
    assert not any(tmp_path.iterdir())


def test_a_cross_section_is_a_fact_of_the_run(stream, tmp_path):
    run = RunInfo(cross_section=2.5, cross_section_error=1 / 3)
    for suffix in (".hepmc3", ".parquet"):
        with writer(tmp_path / f"e{suffix}", run) as file:
            file.write(a_batch(stream))
    text = (tmp_path / "e.hepmc3").read_text()
    assert "A cross_section_pb 2.5\n" in text
    assert f"A cross_section_error_pb {1 / 3!r}\n" in text
    with pyhepmc.open(tmp_path / "e.hepmc3") as file:
        event = file.read()
    assert (event.cross_section.xsec(), event.cross_section.xsec_err()) == (2.5, 1 / 3)  # every digit
    assert "mean over all events is the cross section in pb" in text
    assert pq.read_schema(tmp_path / "e.parquet").metadata[b"cross_section_pb"] == b"2.5"
