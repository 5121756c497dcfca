"""Check trips without streets on each reference network, predicted from the others.

On a network, cameras of drawn types are placed at random, and the engine counts those met on
ordinary trips. The tool gets the types, the number of cameras per km of street and the other
networks. Its 90 % interval should then hold what was counted in 85 to 97 of 100 cities, for each
tier and mode.

``python -m benchmarks.calibration.reference_trips`` writes docs/generated/calibration-trips.md. It
downloads the sources of neatnet (25 MB) unless ``--neatnet`` names them; further networks are
checked with ``--data``, as in ``scripts/measure_trips.py``. With ``--cities N`` other than the
usual number, or without some of the networks, nothing is written.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from toolkit.assessment import reference_rates, reference_trips
from toolkit.assessment.inputs import Inputs, make_inputs
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Mode, modes_of
from toolkit.routes.habits import side_rules
from toolkit.siting import candidates, coverage
from toolkit.streets import reference_networks
from toolkit.streets.reference_trips import KINDS, MEASURED_MODES, ReferenceTrips, load_trips

if TYPE_CHECKING:
    from fabric_networks import Source
    from trip_networks import Region

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = ROOT / "docs" / "generated" / "calibration-trips.md"
CITIES: Final = 20
"""Cities, each with its cameras, on each network and at each number of sites."""
SITES_PER_KM: Final = (0.1, 0.4, 1.5)
DRAWS: Final = 300
HOMES: Final = 400
"""Homes on each network: their trips are the truth, and few of them would blur it."""
ONE_HOME: Final = 1.0 / HOMES
"""The truth is a mean over homes, and can be no finer: by less than this nothing is missed."""
SEED: Final = 7
AS_OF: Final = dt.date(2026, 11, 23)
FIGURES: Final = ("cameras", "trip", "two_sites", "week", "commuter")
"""Mean number of cameras met; share of trips that meet a site, or two; of weeks; of commutes."""
KNOWN: Final = {coverage.KEY: 0.0}
"""Sites stand as the model places them."""


@dataclass(frozen=True)
class Outcome:
    """One city, mode and tier.

    Attributes
    ----------
    truth, low, high
        By `FIGURES`.
    """

    network: str
    mode: Mode
    tier: int
    sites_per_km: float
    truth: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def held(self) -> FloatArray:
        """Whether the intervals hold the truth, 0 or 1, by `FIGURES`."""
        return 1.0 - self.below - (self.truth > self.high + ONE_HOME)

    @property
    def below(self) -> FloatArray:
        """Whether the truth lies below the interval, 0 or 1, by `FIGURES`."""
        return (self.truth < self.low - ONE_HOME).astype(float)


def assumptions_used(changes: Mapping[str, float] | None = None) -> AssumptionSet:
    """Return the central assumptions without spread of what a city with its streets would show."""
    return load_assumptions(changes={**KNOWN, **(changes or {})})


def cities(values: AssumptionSet, n: int) -> Inputs:
    """Draw cities; their number of cameras is not used."""
    question = Question("mawlamyine", AS_OF, assumptions=values, n_draws=n, seed=SEED)
    return make_inputs(question.load())


def truths(
    region: Region, mode: Mode, drawn: Inputs, sites_per_km: float
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Place the cameras of each city on a region; return the figures, each (D, T), and trip km."""
    from trip_networks import Placing, count_met

    from toolkit.routes.meetings import Facing

    values, design = drawn.assumptions, drawn.design
    counted = count_met(
        region,
        mode,
        drawn.cameras,
        Facing(side_rules(values), values.draw("trips.facing_within_deg", design)),
        design,
        Placing(
            sites_per_km=np.full(design.n_draws, sites_per_km),
            per_site=drawn.per_site,
            junction_share=values.value("city.junction_site_share"),
            cluster_size=reference_rates.cluster_size(drawn),
        ),
    )
    shares = {kind: (sites >= 1).mean(axis=2) for kind, sites in counted.sites.items()}
    found = {
        "cameras": counted.cameras.mean(axis=2),
        "two_sites": (counted.sites["trip"] >= 2).mean(axis=2),  # noqa: PLR2004
        **shares,
    }
    return found, region.trips[mode].trips.length_m.mean() / 1000.0


def one_city(drawn: Inputs, d: int, seed: int) -> Inputs:
    """Return many draws of what is not known of one city whose cameras are known."""
    from trip_networks import take_draws

    design = Design(DRAWS, seed)
    cameras = take_draws(drawn.cameras, np.full(DRAWS, d))
    per_site = np.full(DRAWS, drawn.per_site[d])
    return replace(drawn, design=design, cameras=cameras, per_site=per_site)


def predicted(
    known: Inputs,
    rates: reference_rates.Rates,
    region: Region,
    mode: Mode,
    trip_km: float,
    sites_per_km: float,
) -> dict[str, FloatArray]:
    """Return draws of the figures, each (D, T), from the other networks."""
    area = reference_trips.Area(
        street_km=np.full(DRAWS, region.street_km),
        inside=np.ones(DRAWS),
        n_districts=np.full(DRAWS, region.n_districts),
    )
    chances = reference_trips.chances_of(known, rates, known.cameras.availability)
    met = reference_trips.meet(
        known, rates, chances, area, [mode] * len(TIERS),
        n_cameras=sites_per_km * region.street_km * known.per_site,
        trip_km=trip_km,
    )  # fmt: skip
    kinds = {kind: met.share(kind) for kind in KINDS}
    return {"cameras": met.cameras, "two_sites": met.two_sites(), **kinds}


def outcomes(
    network: str,
    region: Region,
    others: ReferenceTrips,
    drawn: Inputs,
    added_sd: float = 0.0,
) -> list[Outcome]:
    """Return the outcome of each city, number of sites, mode and tier on one network."""
    found: list[Outcome] = []
    true = {
        (mode, per_km): truths(region, mode, drawn, per_km)
        for mode in MEASURED_MODES
        if mode in region.trips
        for per_km in SITES_PER_KM
    }
    for d in range(drawn.design.n_draws):
        known = one_city(drawn, d, seed=d)
        rates = reference_rates.rates_of(known, others, np.full(DRAWS, added_sd))
        for (mode, per_km), (truth, trip_km) in true.items():
            draws = predicted(known, rates, region, mode, float(trip_km), per_km)
            for t, tier in enumerate(TIERS):
                if mode not in modes_of(tier) or not np.isfinite(known.cameras.inner_m[0, t]).any():
                    continue
                ends = [
                    Quantity.from_amounts(draws[name][:, t], "cameras")
                    if name == "cameras"
                    else Quantity.from_probabilities(draws[name][:, t])
                    for name in FIGURES
                ]
                found.append(
                    Outcome(
                        network, mode, t, per_km,
                        truth=np.array([truth[name][d, t] for name in FIGURES]),
                        low=np.array([end.low for end in ends], dtype=float),
                        high=np.array([end.high for end in ends], dtype=float),
                    )
                )  # fmt: skip
    return found


def held_share(found: Sequence[Outcome]) -> FloatArray:
    """Return the share of intervals that hold the truth, by `FIGURES`."""
    return np.asarray(np.mean([o.held for o in found], axis=0), dtype=float)


def _row(name: str, found: Sequence[Outcome]) -> str:
    below = np.mean([o.below for o in found], axis=0)
    held = held_share(found)
    cells = [
        f"{100 * h:.0f} ({100 * b:.0f}/{100 * max(1 - h - b, 0.0):.0f})"
        for h, b in zip(held, below, strict=True)
    ]
    return f"| {name} | {len(found):,} | {' | '.join(cells)} |"


_NAMES: Final = ("cameras met", "trip meets one", "two sites", "week", "commuter")


def table(found: Sequence[Outcome]) -> list[str]:
    """Return the table of what the intervals hold: by tier, mode, number of sites and network."""
    lines = [
        f"| cities | number | {' | '.join(_NAMES)} |",
        f"| --- | --- |{' --- |' * len(FIGURES)}",
    ]
    groups: dict[str, list[Outcome]] = {"all": list(found)}
    for o in found:
        for name in (
            f"{TIERS[o.tier]}, {o.mode}", f"{o.sites_per_km:g} sites per km", f"on {o.network}"
        ):  # fmt: skip
            groups.setdefault(name, []).append(o)
    by_network = sorted(name for name in groups if name.startswith("on "))
    by_number = [name for name in groups if name.endswith(" sites per km")]
    by_tier = [name for name in groups if name not in {*by_network, *by_number}]
    lines += [_row(name, groups[name]) for name in (*by_tier, *by_number, *by_network)]
    return lines


_DOCUMENT = """# Calibration of trips without streets

Written by `python -m benchmarks.calibration.reference_trips`; do not edit. The method:
[reference networks](../method/reference-networks.md#trips-without-streets).

On each of {networks} reference networks with a known density, {cities} cities with cameras of
drawn types, at {levels} sites per km of street, clustered in districts as assumed; no
buildings. The tool gets types and numbers, and the other networks, without the spread added for a
foreign country. Share of the 90 % intervals that hold what the engine counts on the trips of
{homes} homes, and in brackets of truths below and above, in per cent. All together should be 85 to
97.

{table}
"""


def document(found: Sequence[Outcome]) -> str:
    """Return the text of docs/generated/calibration-trips.md."""
    return _DOCUMENT.format(
        networks=len({o.network for o in found}),
        cities=CITIES,
        levels=", ".join(f"{n:g}" for n in SITES_PER_KM),
        homes=HOMES,
        table="\n".join(table(found)),
    )


def known_densities() -> set[str]:
    """Return the ids of the networks with a known density."""
    return {n.id for n in reference_networks.load_networks() if n.density_km_per_km2 is not None}


def known_sources(folders: Mapping[str, Path], only: Sequence[str]) -> list[tuple[Source, Path]]:
    """Return the networks with a known density whose files are given."""
    from fabric_networks import SOURCES

    dense = known_densities()
    return [
        (source, folders[source.kind])
        for source in SOURCES
        if source.id in dense and source.kind in folders and (not only or source.id in only)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--neatnet", type=Path, help="unpacked source of neatnet")
    parser.add_argument("--data", type=Path, help="folder with the further files")
    parser.add_argument("--only", nargs="+", default=[], help="ids of networks")
    parser.add_argument("--cities", type=int, default=CITIES, help="cities on each network")
    options = parser.parse_args(arguments)
    # The readers of the networks are scripts.
    sys.path.insert(0, str(ROOT / "scripts"))
    from fabric_networks import download_neatnet, read_source
    from trip_networks import make_region

    values, model, reference = assumptions_used(), candidates.load_siting(), load_trips()
    folders = {"osm": options.data, "graphml": options.data} if options.data else {}
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        folders["neatnet"] = options.neatnet or Path(name)
        if not options.neatnet:
            download_neatnet(Path(name))
        drawn = cities(values, options.cities)
        for source, folder in known_sources(folders, options.only):
            network, _, _ = read_source(source, folder)
            region = make_region(network, values, model, with_buildings=False, n_homes=HOMES)
            others = replace(reference.without(source.id), walled=())
            found += outcomes(source.id, region, others, drawn)
            print(_row(source.id, [o for o in found if o.network == source.id]), flush=True)
    print("\n".join(table(found)))
    if options.cities == CITIES and {o.network for o in found} == known_densities():
        store.write_text(DOCUMENT, document(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
