"""A place: the ways to it, and ways that share no street."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city
from drawn_graph import grid
from flows import by_networkx

from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import TIERS
from toolkit.routes.graph import street_graph
from toolkit.threats import place as module
from toolkit.threats.place import answer_of, compass, place, separate_ways
from toolkit.threats.travel import Travel


def test_separate_ways_are_the_maximum_flow_of_networkx():
    found = grid(7)
    graph = street_graph(found.streets, found.lines, "foot")
    centre = np.array([180.0, 180.0])
    away = np.hypot(*(graph.xy_m - centre).T)
    source, sink = away >= 175.0, away <= 65.0
    values = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        free = rng.random(len(graph.tail)) < rng.uniform(0.2, 1.0)
        values.append(separate_ways(graph, free, source, sink))
        assert values[-1] == by_networkx(graph, free, source, sink)
    assert min(values) < 2
    assert max(values) > 5


@pytest.fixture(scope="module")
def found():
    return place(threat_city.question(), threat_city.PLACE, 100.0)


def test_every_approach_has_its_figures(found):
    for part in found.tiers.values():
        assert 3 <= len(part.approaches) <= module.MOST_APPROACHES
        chances = [one.at_least_one.mid for one in part.approaches]
        assert part.arrivals.mid == pytest.approx(np.mean(chances), abs=1e-3)
        assert part.every_arrival.mid <= min(chances) + 1e-6
        assert part.any_arrival.mid >= max(chances) - 1e-6
        assert part.last_street.mid <= part.any_arrival.mid + 1e-6
        assert part.separate.number.high <= part.separate.of
        assert part.separate.placements == module.FLOW_PLACEMENTS


def test_fewer_approaches_are_left_where_more_is_recorded(found):
    seen, face = (found.tiers[t].separate for t in ("seen", "face"))
    assert seen.of == face.of
    assert seen.number.mid <= face.number.mid
    assert seen.none.mid >= face.none.mid


def test_entrances_are_on_other_sides_and_compared(found):
    for part in found.tiers.values():
        directions = [one.direction for one in part.entrances]
        assert len(set(directions)) == len(directions)
        for one in part.entrances:
            pair = one.compared
            assert pair.fewer + pair.same + pair.more == pytest.approx(1, abs=1e-3)


def test_registers_and_checkpoints_are_named(found):
    texts = " ".join(note.text for note in found.warnings)
    assert "Registers and checkpoints find houses at least as much as cameras do" in texts


def test_nothing_of_the_place_is_in_the_answer(found):
    for value in ("24.9414", "60.1699", "katu"):
        assert value not in found.to_json()


@pytest.mark.slow
def test_arrivals_agree_with_a_hundred_thousand_placements():
    travel = Travel(tier="identified")
    few, many = (
        answer_of(threat_city.city(n, n_draws=200), threat_city.PLACE, 100.0, travel)
        for n in (2_400, 100_000)
    )
    one, other = (found.tiers["identified"] for found in (few, many))
    for name in ("arrivals", "any_arrival", "every_arrival", "last_street"):
        assert getattr(one, name).mid == pytest.approx(getattr(other, name).mid, abs=0.03)


def test_recorded_arcs_are_those_with_a_recorded_point():
    from toolkit.threats import scores
    from toolkit.threats.route import on_streets

    city = threat_city.city(400)
    routes = on_streets(city, "foot", between=[threat_city.START, threat_city.END])
    graph = city.graph("foot")
    arcs = routes.match.stretches[0].arcs[1:-1]
    every = module.arcs_recorded(city, _sub(graph, arcs), TIERS, 100)
    found = scores.score(city, routes.routes, most=100)
    in_view, _ = found.along("identified", 0)
    street = city.scene.points.line[routes.routes.point]
    for k, arc in enumerate(arcs):
        here = in_view[:, street == graph.street[arc]].any(axis=1)
        np.testing.assert_array_equal(every[:, TIERS.index("identified"), k], here)


def _sub(graph, arcs):
    from dataclasses import replace

    return replace(
        graph, tail=graph.tail[arcs], head=graph.head[arcs], street=graph.street[arcs],
        forward=graph.forward[arcs], length_m=graph.length_m[arcs],
    )  # fmt: skip


def test_what_is_no_place_is_refused():
    with pytest.raises(UsageError, match="The radius of the place must be"):
        place(threat_city.question(), threat_city.PLACE, 5.0)
    with pytest.raises(InputDataError, match="within 500 m of the place"):
        place(threat_city.question(), (25.5, 60.5), 100.0)


def test_points_of_the_compass():
    assert [compass(b) for b in (0, 44, 90, 180, 271, 359)] == ["N", "NE", "E", "S", "W", "N"]
