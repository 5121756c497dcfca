"""How well people can be followed, in the city and in districts that a user names."""

from __future__ import annotations

import pytest
import threat_city
from own_evidence import CLAIM, write_evidence

from toolkit.base.terms import TIERS
from toolkit.threats import following, scores
from toolkit.threats.districts import District, sample
from toolkit.threats.following import followed


def test_trips_recorded_in_two_places_are_counted_in_the_same_placements():
    city = threat_city.city(2_400)
    found = followed(
        city, when="day", districts=[District(threat_city.PLACE, 300.0)], with_planned=True,
        tiers=("identified", "plate"),
    )  # fmt: skip
    assert list(found) == ["identified", "plate"]
    trips = sample(city, "foot").between
    most = scores.AGGREGATE_ROUNDS * city.n_draws
    sites = scores.score(city, trips, along=False, most=most).sites
    two = (sites[:, TIERS.index("identified")] >= 2).mean()
    part = found["identified"]
    assert part.city.at_two_places.mid == pytest.approx(two, abs=1e-4)
    assert len(part.districts) == 1
    # The demonstration has no plans, so that nothing changes.
    assert part.with_planned == part.city
    assert part.change.mid == 0.0
    assert found["plate"].switched_on.known


def test_plans_are_not_shown_unless_asked_for():
    city = threat_city.city(400)
    found = followed(city, when="day", tiers=("face",))["face"]
    assert found.with_planned is None
    assert found.change is None
    assert found.districts == ()


def test_plans_are_those_of_the_data_of_the_city(home, monkeypatch):
    write_evidence(home / "evidence", threat_city.CITY, CLAIM)
    city = threat_city.city(400)
    (home / "evidence" / f"{threat_city.CITY}.toml").unlink()
    opened, of = following.open_city, []

    def opening(asked, **more):
        of.append(opened(asked, **more))
        return of[-1]

    monkeypatch.setattr(following, "open_city", opening)
    followed(city, when="day", with_planned=True, tiers=("face",))
    (planned,) = (one.inputs for one in of)
    assert planned.question.status == "planned"
    assert "mine" in {claim.id for claim in planned.loaded.claims}
