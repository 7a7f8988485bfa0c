"""A target of layers in a channel: parts, yields, efficiency in depth, events, cards."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.errors import CardError, InvalidValueError
from evanesce.experiments import Experiment, experiment
from evanesce.materials import material
from evanesce.physics import resolve_physics
from evanesce.setups import DepthStep, Efficiency, Layer, Selection, Target, joined, parts_of

BELLE2 = experiment("belle2")
MASS = np.array([0.05, 0.0667, 0.08, 0.3])
FAST = {"track_length": "tsai-whitis", "electrons": "free"}
CSI = {"material": "CsI", "thickness": 16.0}


def yields(found, **options):
    prediction = ev.predict(found, ev.DarkPhoton(alpha_d=1e-2), MASS, overrides={**FAST, **options})
    return {name: part.value for name, part in prediction.signal.items()}


def with_target(target, **selection):
    return BELLE2.replace({"target": target, "background": 94, **selection})


class TestParts:
    def test_one_slab_is_itself(self):
        assert parts_of(BELLE2.target, BELLE2.selection) == ((1.0, BELLE2.target, (), None),)

    def test_coverage_doubles_the_ways(self):
        layers = (
            Layer(material=material("Al"), thickness=0.1, active=False),
            Layer(material=material("quartz"), thickness_cm=2.0, coverage=0.9),
            Layer(material=material("CsI"), thickness=16.0),
        )
        quartz, behind, gap = parts_of(layers, Selection())
        assert [part.layer for part in (quartz, behind, gap)] == [2, 3, 3]
        assert (quartz.weight, behind.weight, gap.weight) == pytest.approx((0.9, 0.9, 0.1))
        assert quartz.target.thickness == pytest.approx(2.0 / 12.29)
        assert [len(part.before) for part in (quartz, behind, gap)] == [1, 2, 1]

    def test_steps_cut_a_slab(self):
        steps = Efficiency(depth=(DepthStep(depth=0.0, efficiency=0.0), DepthStep(depth=2.0, efficiency=0.5)))
        slab = Target(material=material("CsI"), thickness=16.0, upstream=1.0)
        (only,) = parts_of(slab, Selection(efficiency=steps))
        assert (only.weight, only.target.upstream, only.target.thickness) == (0.5, 2.0, 15.0)

    def test_steps_cut_layers(self):
        """A step at 2 X0, in the second of two active layers with a dead one between: each piece has its efficiency."""
        steps = Efficiency(depth=(DepthStep(depth=0.0, efficiency=0.25), DepthStep(depth=2.0, efficiency=0.75)))
        layers = (
            Layer(material=material("SiO2"), thickness=0.5),
            Layer(material=material("Al"), thickness=1.0, active=False),
            Layer(material=material("CsI"), thickness=4.0),
        )
        found = parts_of(layers, Selection(efficiency=steps))
        assert [(part.weight, part.target.upstream, part.target.thickness) for part in found] == [
            (0.25, 0.0, 0.5),
            (0.25, 0.0, 0.5),
            (0.75, 0.5, 3.5),
        ]


class TestJoined:
    """Parts that differ only in what lies before them are one setup."""

    LAYERS = (
        Layer(material=material("quartz"), thickness_cm=2.0, coverage=0.9),
        Layer(material=material("Al"), thickness=0.1, active=False),
        Layer(material=material("CsI"), thickness=16.0),
    )

    def parts(self):
        channel = with_target(self.LAYERS).channel
        return channel.setups(resolve_physics("reference"))

    def test_ways_and_weights(self):
        (_, quartz), (weight, crystals) = joined(self.parts())
        assert not quartz.ways
        assert weight == pytest.approx(1.0)
        assert [(share, len(before)) for share, before in crystals.ways] == [
            (pytest.approx(0.9), 2),
            (pytest.approx(0.1), 1),
        ]

    def test_the_key_knows_the_ways(self):
        first, second = self.parts()[1:]
        keys = {joined(((a, first[1]), (1.0 - a, second[1])))[0][1].key for a in (0.9, 0.5)}
        assert len({*keys, first[1].key, second[1].key}) == 4

    def test_several_ways_have_no_one_front(self):
        with pytest.raises(InvalidValueError, match="several ways"):
            _ = joined(self.parts())[1][1].front

    def test_different_slabs_stay_apart(self):
        whole = [(Layer(material=material("CsI"), thickness=depth)) for depth in (0.5, 15.5)]
        parts = with_target(whole).channel.setups(resolve_physics("reference"))
        assert joined(parts) == parts


class TestYields:
    def test_layers_of_one_material_are_one_slab(self):
        """Their sum, to the accuracy of the folds."""
        one, two = yields(BELLE2), yields(with_target([{**CSI, "thickness": 0.5}, {**CSI, "thickness": 15.5}]))
        for name in one:
            assert two[name] == pytest.approx(one[name], rel=1e-5), name

    def test_dead_material_in_front_is_upstream(self):
        layers = yields(with_target([{**CSI, "thickness": 0.2, "active": False}, CSI]))
        slab = yields(BELLE2.replace({"target.upstream": 0.2}))
        for name in slab:
            assert layers[name] == pytest.approx(slab[name], rel=1e-9), name

    def test_dead_material_behind_changes_nothing(self):
        layers = yields(with_target([CSI, {"material": "Al", "thickness": 1.0, "active": False}]))
        for name, value in yields(BELLE2).items():
            assert (layers[name] == value).all()

    @pytest.mark.parametrize(("isr", "tolerance"), [("off", 1e-12), ("on", 1e-6)])
    def test_coverage_is_a_mean(self, isr, tolerance):
        """Without radiation a sum of yields; with it one fold of the mean, to the accuracy of its quadrature."""

        def of(coverage):
            dead = {"material": "Al", "thickness": 0.2, "active": False, "coverage": coverage}
            return yields(with_target([dead, CSI]), isr=isr)

        with_it, mixed, without = of(1.0), of(0.25), yields(BELLE2, isr=isr)
        for name in without:
            assert mixed[name] == pytest.approx(0.25 * with_it[name] + 0.75 * without[name], rel=tolerance)

    def test_a_step_in_depth_is_dead_material(self):
        """A preshower of 0.2 X0 in which nothing is accepted is 0.2 X0 of upstream material, in a shorter slab."""
        veto = [{"depth": 0.0, "efficiency": 0.0}, {"depth": 0.2, "efficiency": 0.8}]
        found = yields(BELLE2.replace({"selection.efficiency": {"depth": veto}}))
        slab = yields(BELLE2.replace({"target.upstream": 0.2, "target.thickness": 15.8}))
        for name in slab:
            assert found[name] == pytest.approx(0.8 * slab[name], rel=1e-9), name

    def test_errors_of_parts_add(self):
        one = ev.predict(BELLE2, ev.DarkPhoton(), MASS, overrides=FAST).signal
        two = ev.predict(
            with_target([{**CSI, "thickness": 0.5}, {**CSI, "thickness": 15.5}]), ev.DarkPhoton(), MASS, overrides=FAST
        ).signal
        for name in one:
            difference = np.abs(two[name].value - one[name].value)
            assert (difference <= two[name].error + one[name].error + 1e-12 * one[name].value).all()

    def test_errors_of_one_part_twice_are_twice_the_error(self):
        """Two ways of equal content have the error of one: it would be smaller in quadrature."""
        way = {"material": "Al", "thickness": 1e-6, "active": False}
        once, twice = (
            ev.predict(with_target([{**way, "coverage": c}, CSI]), ev.DarkPhoton(), MASS, overrides=FAST).signal
            for c in (1.0, 0.5)
        )
        for name in once:
            assert twice[name].error == pytest.approx(once[name].error, rel=0.01)


@pytest.mark.slow
def test_events_carry_layer_and_depth():
    """Shares of the layers are those of the yields, within four standard deviations of weighted events."""
    card = with_target(
        [
            {"material": "Al", "thickness": 0.1, "active": False},
            {"material": "quartz", "thickness": 0.163},
            {"material": "CsI", "thickness": 16.0},
        ]
    )
    stream = ev.generate_events(
        card, ev.DarkPhoton(), 0.0667, 20_000, process="annihilation", overrides={**FAST, "isr": "off"}
    )
    batches = list(stream)
    layer, depth, cm, weight = (
        np.concatenate([b.weight if name == "" else b.columns[name] for b in batches])
        for name in ("layer", "depth_x0", "depth_cm", "")
    )
    quartz = layer == 2
    assert set(layer) == {2.0, 3.0}
    assert (depth[quartz] >= 0.1).all()
    assert (depth[quartz] <= 0.263).all()
    assert (depth[~quartz] >= 0.263).all()
    assert cm[quartz] == pytest.approx(0.1 * 8.897 + (depth[quartz] - 0.1) * 12.29)
    only = card.replace({"target.2.active": False})
    share = yields(only, isr="off")["annihilation"][1] / yields(card, isr="off")["annihilation"][1]
    found = weight[quartz].sum() / weight.sum()
    assert found == pytest.approx(share, abs=4.0 * np.sqrt((weight**2).sum()) / weight.sum())


class TestCards:
    def test_round_trip_and_changes(self):
        card = experiment("belle2-detector")
        assert Experiment.from_dict(card.as_dict()) == card
        changed = card.replace({"target.quartz.thickness_cm": 1.0, "target.0.thickness": 0.1})
        assert changed.target[1].thickness_cm == 1.0
        assert changed.target[0].thickness == 0.1

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ([{"material": "CsI"}], "thickness: must be stated in X0, or thickness_cm in cm; neither is given"),
            ([{**CSI, "thickness_cm": 2.0}], "both are given"),
            ([{**CSI, "thickness": "2 cm"}], "target.0.thickness = '2 cm': must be a number"),
            ([{**CSI, "active": False}], "target: every layer is dead"),
            ([{**CSI, "active": "no"}], "must be true or false"),
            ([{**CSI, "coverage": 0.0}], "coverage = 0.0: must lie in (0, 1]"),
            ([{**CSI, "upstream": 0.1}], "target.0.upstream: unknown field"),
            ([], "target: has 0 layers"),
            ([{**CSI, "label": "a"}, {**CSI, "label": "a"}], "target: 'a' is given twice"),
            ([{"material": "Pb", "thickness": 31.0, "active": False}, CSI], "31 X0 are dead before the first active"),
            ({"material": "CsI", "thickness_cm": 2.0}, "target.thickness_cm: unknown field"),
        ],
    )
    def test_bad_targets(self, target, message):
        with pytest.raises((CardError, InvalidValueError)) as info:
            with_target(target)
        assert message in str(info.value)
        assert "\n" not in str(info.value)

    @pytest.mark.parametrize(
        ("steps", "message"),
        [
            ([{"depth": 1.0, "efficiency": 1.0}], "the first step is at 1 X0; must be at 0"),
            ([{"depth": 0.0, "efficiency": 1.0}, {"depth": 0.0, "efficiency": 0.5}], "must increase"),
            ([{"depth": 0.0, "efficiency": 1.5}], "efficiency = 1.5"),
            ([{"depth": 0.0, "efficiency": 0.0}], "the efficiency is 0 everywhere"),
        ],
    )
    def test_bad_steps(self, steps, message):
        with pytest.raises((CardError, InvalidValueError)) as info:
            BELLE2.replace({"selection.efficiency": {"depth": steps}})
        assert message in str(info.value)
        assert "\n" not in str(info.value)

    def test_one_slab_only(self):
        with pytest.raises(InvalidValueError, match="its target has layers; this needs one slab"):
            _ = experiment("belle2-detector").slab
        with pytest.raises(InvalidValueError, match="parts of different material or efficiency"):
            experiment("belle2-detector").channel.setup(ev.resolve_physics("reference"))


class TestBackgrounds:
    """Components of a layered target: photons cross all of it, the rest knows the crystals."""

    LAYERS = (
        {"material": "Al", "thickness": 0.5, "active": False},
        {"material": "quartz", "thickness_cm": 2.0, "coverage": 0.9},
        CSI,
    )

    def test_photons_cross_what_every_track_crosses(self):
        """A layer that is not everywhere stops no photon in the gap."""
        layers = with_target([*self.LAYERS]).background_budget().components
        slab = BELLE2.replace({"target.thickness": 16.5, "background": 94}).background_budget().components
        assert [(part.name, part.expected) for part in layers] == [(part.name, part.expected) for part in slab]

    def test_neutrons_refuse_another_material(self):
        with pytest.raises(InvalidValueError, match="was simulated in CsI, but the target is Pb") as info:
            with_target([{"material": "quartz", "thickness": 0.1}, {**CSI, "material": "Pb"}]).background_budget()
        assert "\n" not in str(info.value)

    def test_the_number_of_another_target_is_not_kept_silently(self):
        """Without a number of its own, a layered target has the sum of the components, and a note says so."""
        moved = BELLE2.replace({"target": [*self.LAYERS]})
        found = moved.channel.expectation()
        assert found.components[0].name != "background"
        assert "94 holds for another target" in found.notes[0]
