"""Truths of invented cities: reports about them, and cameras placed once.

Written from docs/method/counts.md and docs/method/method.md in plain numpy, apart from the engine,
which it is compared with. Only the priors (`AssumptionSet.draw`, `draw_cameras`,
`siting_profiles.weights_of`) and the geometry of a city (`Scene`) are the toolkit's.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.base.draws import Design
from toolkit.base.terms import TIERS
from toolkit.engine.scene import Scene
from toolkit.evidence.claim import Claim
from toolkit.optics.camera_draws import CameraDraws, draw_cameras
from toolkit.optics.catalogue import Catalogue
from toolkit.siting import weights

Variant = Literal[
    "as assumed",
    "other operator",
    "clustered twice as much",
    "upper end halved",
    "upper end doubled",
]
VARIANTS: Final[tuple[Variant, ...]] = (
    "as assumed",
    "other operator",
    "clustered twice as much",
    "upper end halved",
    "upper end doubled",
)
STYLES: Final = ("over", "over", "at_least", "about", "exact", "hundreds")
"""Lower bounds are what sources write most."""
BOUND_MEDIAN: Final = {True: 40.0, False: 150.0}
"""Median of the reported number: of just these streets, or of a town of which they are a part."""
BOUND_RATIO_P95: Final = 4.0
MOST_YEARS: Final = 4.0
HUNDREDS: Final = (200, 999)
CLUSTER_KEY: Final = "sites.cluster_size"
DISTRICT_M: Final = 1_000.0
ALWAYS: Final = 0.99
MOST_PER_SITE: Final = 6
FULL_CIRCLE_DEG: Final = 360.0
LEAST_FEATURED: Final = 0.05
"""Inverse of the largest factor by which an opposite operator favours anything."""
_TAIL: Final = 0.05
_LEAST_LOG_RATIO: Final = math.log(1.05)
_DAYS_PER_YEAR: Final = 365.25


@dataclass(frozen=True)
class Setting:
    """The prior, the single draw of it that is the truth, and the day."""

    values: AssumptionSet
    design: Design
    as_of: dt.date

    def draw(self, key: str) -> float:
        """Return the true value of one assumption."""
        return float(self.values.draw(key, self.design)[0])


@dataclass(frozen=True)
class Report:
    """Report of a source, and the number that it started from.

    Attributes
    ----------
    style
        How the figure is worded.
    bounded
        Whether it is about just the streets of the pack.
    claim
        The record that the tool gets.
    start
        The number that the wording stands for; the true number is this times a ratio.
    lots
        The probabilities at which what the source overlooks, and what is added in a year, lie in
        their distributions.
    """

    style: str
    bounded: bool
    claim: Claim
    start: float
    lots: tuple[float, float]


@dataclass(frozen=True)
class InventedCity:
    """Given of a city: streets and sight, the area, the report."""

    scene: Scene
    area_km2: float
    report: Report


@dataclass(frozen=True)
class Ignorance:
    """Unknowns of one city, drawn once.

    Attributes
    ----------
    n_cameras
        Cameras of the system inside the boundary.
    in_scope
        Mapped cameras that belong to it.
    weight
        Weight of a metre of street of each class of groups, shape (C,), with the share of sites
        that follow length alone.
    uniform_share, per_site
        That share; mean cameras per site.
    coverage_ratio
        Number of placed sites that cover what one site of the city covers.
    cluster_size
        Size of the gamma factor of each district; None for no clustering.
    cameras
        Types, rings and availability, with one draw.
    """

    n_cameras: float
    in_scope: float
    weight: FloatArray
    uniform_share: float
    per_site: float
    coverage_ratio: float
    cluster_size: float | None
    cameras: CameraDraws


def rounded(value: float, digits: int) -> int:
    """Return a number rounded to some significant digits."""
    unit: int = 10 ** max(math.floor(math.log10(value)) - digits + 1, 0)
    return max(round(value / unit), 1) * unit


def write_report(number: int, setting: Setting, rng: np.random.Generator) -> Report:
    """Draw the report of a source.

    The number in the report comes first and the true one from it, by the law that the tool
    assumes: so the truth given the report is distributed as the tool believes, whatever numbers
    sources like to write. Calibration in the strict sense needs that; reports written from a
    given truth, as onlookers do, are in docs/generated/calibration-counts.md.
    """
    style = str(rng.choice(STYLES))
    bounded = bool(rng.random() < 0.5)  # noqa: PLR2004 - half of them
    spread = math.log(BOUND_RATIO_P95) / 1.6448536269514722
    written = max(BOUND_MEDIAN[bounded] * math.exp(rng.normal(0.0, spread)), 10.0)
    figure: dict[str, object] = {"wording": style}
    if style == "hundreds":
        low, high = float(HUNDREDS[0]), float(HUNDREDS[1])
        figure |= {"low": HUNDREDS[0], "high": HUNDREDS[1]}
    elif style == "about":
        reported = rounded(written, 1)
        half = 0.5 * 10 ** math.floor(math.log10(reported))
        low, high = reported - half, reported + half
        figure["low"] = reported
    else:
        reported = rounded(written, 1 if style == "over" else 2)
        low = high = reported + (1.0 if style == "over" else 0.0)
        figure["low"] = reported
    place = rng.random()
    # Most of those who say hundreds mean a few hundred.
    start = (
        low / (1.0 - place * (1.0 - low / high))
        if style == "hundreds"
        else low * (high / low) ** place
    )
    said = setting.as_of - dt.timedelta(days=round(rng.uniform(0.0, MOST_YEARS) * _DAYS_PER_YEAR))
    claim = Claim.model_validate(
        {
            "id": "report",
            "city": f"invented-{number}",
            "says": "A report on a known number.",
            "topic": "count",
            "status": "installed",
            "quantity": {"unit": "cameras", "kind": "stock"} | figure,
            "scope": "public",
            "said": said.isoformat(),
            "valid": said.isoformat(),
            "source": {"id": "x", "publisher": "X", "title": "X", "date": said.isoformat()},
            "origins": ["x"],
            "confidence": {"grade": "C3", "reason": "A test."},
        }
    )
    return Report(style, bounded, claim, start, (float(rng.random()), float(rng.random())))


def true_number(report: Report, setting: Setting, upper: float = 1.0) -> float:
    """Return the true number of cameras; docs/method/counts.md, rules 4 to 6.

    Parameters
    ----------
    upper
        Factor on about the 95 % point of the ratio between the true number and the reported one.
    """
    said = report.claim.holds_from or setting.as_of
    years = (setting.as_of - said).days / _DAYS_PER_YEAR
    median, high = setting.draw("count.growth_median"), setting.draw("count.growth_p95")
    power = math.log(high / median) / math.log(math.log(_TAIL) / math.log(0.5))

    def logs(overlooks: float, adds: float) -> tuple[float, float]:
        if report.style in ("over", "at_least", "hundreds"):
            short = -math.log(1.0 - overlooks * (1.0 - setting.draw("count.least_known")))
        else:
            short = setting.draw("count.origin_log_sd") * special.ndtri(0.5 + 0.5 * overlooks)
        yearly = median * (math.log1p(-adds) / math.log(0.5)) ** power
        return short, math.log1p(years * yearly)

    # The two are independent, so their 95 % points add up about as squares.
    top = math.hypot(*logs(1.0 - _TAIL, 1.0 - _TAIL))
    stretched = max(top + math.log(upper), _LEAST_LOG_RATIO if upper < 1 else 0.0) / top
    return report.start * math.exp(sum(logs(*report.lots)) * stretched)


def draw_ignorance(
    city: InventedCity, setting: Setting, variant: Variant, catalogue: Catalogue
) -> Ignorance:
    """Draw the truth of a city from the priors, with the changes of a variant."""
    draw, design = setting.draw, setting.design
    upper = {"upper end halved": 0.5, "upper end doubled": 2.0}.get(variant, 1.0)
    number = true_number(city.report, setting, upper)
    in_scope = draw("sites.mapped_in_scope") * city.scene.n_mapped
    inside = 1.0
    if not city.report.bounded:
        township_km2 = math.pi * draw("city.township_radius_km") ** 2
        spread_out = min(city.area_km2 / township_km2, 1.0)
        inside = spread_out ** (1.0 - draw("city.core_allocation"))
    cluster = draw(CLUSTER_KEY) if setting.values.get(CLUSTER_KEY) is not None else None
    drawn = Ignorance(
        n_cameras=max(number * inside, in_scope),
        in_scope=in_scope,
        weight=weights.weights_of(
            weights.operators_of(None), city.scene.groups, setting.values, design
        )[0],
        uniform_share=draw("sites.uniform_share"),
        per_site=draw("sites.cameras_per_site"),
        coverage_ratio=math.exp(draw("sites.coverage_log_ratio")),
        cluster_size=cluster,
        cameras=draw_cameras(catalogue, setting.values, design, brand=None),
    )
    if variant == "other operator":
        # Likely where the tool thinks it unlikely: log lifts over length have the other sign.
        length = city.scene.groups.class_length_m()
        opposite = 1.0 / np.maximum(drawn.weight - drawn.uniform_share, LEAST_FEATURED)
        opposite *= (1.0 - drawn.uniform_share) * length.sum() / (opposite @ length)
        return replace(drawn, weight=drawn.uniform_share + opposite)
    if variant == "clustered twice as much":
        return replace(drawn, cluster_size=None if cluster is None else cluster / 2.0)
    return drawn


def site_probabilities(
    city: InventedCity, drawn: Ignorance, rng: np.random.Generator
) -> FloatArray:
    """Return the probability that each candidate group holds a site, shape (G,)."""
    scene = city.scene
    group = scene.groups
    size = np.where(scene.group_free, group.size_m, 0.0)
    measure = size * drawn.weight[group.weight_class]
    measure /= measure.sum()
    n_sites = (drawn.n_cameras - drawn.in_scope) / drawn.per_site
    prob = _capped(measure, n_sites * drawn.coverage_ratio)
    if drawn.cluster_size is None:
        return prob
    block = np.floor(group.centre_xy_m / DISTRICT_M).astype(np.int64)
    _, district = np.unique(block, axis=0, return_inverse=True)
    return _clustered(prob, district.ravel(), drawn.cluster_size, rng)


def _clustered(
    prob: FloatArray, district: NDArray[np.int64], size: float, rng: np.random.Generator
) -> FloatArray:
    """Return the chance of each group once some districts are favoured; docs/method/method.md.

    Each district has a gamma factor on the hazard of its groups; hazards are such that a group has
    its chance over all factors, and are scaled to the number of sites.
    """
    n_sites = prob.sum()
    expected = np.bincount(district, weights=prob)
    n_districts = expected.sum() ** 2 / max((expected**2).sum(), 1e-300)
    factor = np.maximum(rng.gamma(size, 1.0 / size, len(expected)), 1e-9)
    some = (prob > 0) & (prob < 1)
    if n_districts <= 1 + 1e-9 or not some.any():
        return prob
    joint = (n_districts * size + 1) / (n_districts - 1)
    with np.errstate(divide="ignore", over="ignore"):
        hazard = joint * ((1 - prob) ** (-1 / joint) - 1)
    always = -np.expm1(-hazard) > ALWAYS
    with np.errstate(divide="ignore"):
        hazard = np.where(always, -np.log1p(-np.minimum(prob, 1 - 1e-12)), hazard)
    rate = hazard * np.where(always, 1.0, factor[district])
    n_sites = min(n_sites, (prob > 0).sum() * (1 - 1e-6))

    def short(log_scale: float) -> float:
        return float(-np.expm1(-math.exp(log_scale) * rate).sum() - n_sites)

    return np.asarray(-np.expm1(-math.exp(optimize.brentq(short, -40.0, 60.0)) * rate))


def _capped(measure: FloatArray, n_sites: float) -> FloatArray:
    """Distribute `n_sites` proportionally, at most one each; the excess goes to the others."""
    n_sites = min(n_sites, float((measure > 0).sum()))
    full = np.zeros(len(measure), dtype=bool)
    while True:
        rest = measure[~full].sum()
        prob = np.where(full, 1.0, measure * ((n_sites - full.sum()) / rest if rest > 0 else 0.0))
        above = (prob > 1.0) & ~full
        if not above.any():
            return np.asarray(np.clip(prob, 0.0, 1.0))
        full |= above


def sample(prob: FloatArray, rng: np.random.Generator) -> BoolArray:
    """Draw which groups hold a site: the pivotal method in random order (Deville, Tille 1998).

    Two undecided groups fight until one of them is in or out, so that the number drawn is the sum
    of `prob`, rounded up or down, and each is drawn with its own probability.
    """
    taken = prob >= 1.0
    held, chance = -1, 0.0
    for other in rng.permutation(np.flatnonzero((prob > 0.0) & ~taken)):
        if held < 0:
            held, chance = int(other), float(prob[other])
            continue
        both = chance + float(prob[other])
        first = rng.random()
        if both < 1.0:
            held = held if first * both < chance else int(other)
            chance = both
        else:
            # One of them is taken; the other keeps the remaining probability.
            stays_out = first * (2.0 - both) < 1.0 - chance
            taken[int(other) if stays_out else held] = True
            held, chance = (held if stays_out else int(other)), both - 1.0
    if held >= 0 and rng.random() < chance:
        taken[held] = True
    return np.asarray(taken)


@dataclass(frozen=True)
class View:
    """Working camera of a city, and the N street points that its site sees inside its field.

    Attributes
    ----------
    site
        Its site: candidates first, then mapped ones.
    point
        Street points, shape (N,).
    bearing_deg
        Bearing of each from the site, shape (N,).
    in_ring
        Whether each lies in the ring of each tier, shape (T, N).
    """

    site: int
    point: NDArray[np.int32]
    bearing_deg: FloatArray
    in_ring: BoolArray


def place(city: InventedCity, drawn: Ignorance, rng: np.random.Generator) -> list[View]:
    """Place cameras once and return what each of them that works has in view.

    Sites stand in groups; a site has 1 + Poisson cameras (6 at most) in evenly spaced directions,
    the first of them drawn from its street; each has a type and works or not. A
    camera covers a point that its site sees, inside its field and its ring.
    """
    scene, cameras = city.scene, drawn.cameras
    lines = scene.lines_of_sight
    found: list[View] = []
    chosen = np.flatnonzero(sample(site_probabilities(city, drawn, rng), rng))
    n_groups = len(scene.groups.size_m)
    possible = np.arange(MOST_PER_SITE)
    mean = max(drawn.per_site - 1.0, 0.0)
    chance = np.array([mean**k / math.factorial(k) for k in possible])
    chance /= chance.sum()
    sites = [(int(site), 1 + int(rng.choice(possible, p=chance))) for site in chosen]
    sites += [(n_groups + m, int(n)) for m, n in enumerate(scene.mapped.count)]
    types = np.arange(cameras.share.shape[1])
    turning = cameras.share[0] * (cameras.hfov_deg[0] >= FULL_CIRCLE_DEG)
    for site, count in sites:
        row = slice(int(lines.start[site]), int(lines.start[site + 1]))
        point = np.asarray(lines.point[row])
        away_m = np.asarray(lines.distance_cm[row]) / 100.0
        bearing = np.asarray(lines.bearing[row]) * (FULL_CIRCLE_DEG / 256.0)
        least_m = np.asarray(lines.height_dm[row]) / 10.0
        first, width = rng.uniform(0.0, FULL_CIRCLE_DEG), math.nan
        if site >= n_groups:
            axis = float(scene.mapped.axis_deg[site - n_groups])
            width = float(scene.mapped.width_deg[site - n_groups])
            first = first if math.isnan(axis) else axis
        elif cameras.turns is not None:
            steps = len(cameras.turns[0])
            step = rng.choice(steps, p=cameras.turns[0]) + rng.random()
            first = float(scene.groups.street_deg[site]) + step * FULL_CIRCLE_DEG / steps
        for k in range(count):
            turns = width >= FULL_CIRCLE_DEG and turning.any()
            mix = turning / turning.sum() if turns else cameras.share[0]
            kind = int(rng.choice(types, p=mix))
            if rng.random() >= cameras.availability[0]:
                continue
            field = float(cameras.hfov_deg[0, kind]) if math.isnan(width) else width
            axis = first + k * FULL_CIRCLE_DEG / count
            off = np.abs((bearing - axis + 180.0) % FULL_CIRCLE_DEG - 180.0)
            inside = (off <= field / 2.0) & (least_m <= cameras.height_m[0, kind])
            inner, outer = cameras.inner_m[0, :, kind, None], cameras.outer_m[0, :, kind, None]
            # Not-a-number compares false: an empty ring covers nothing.
            in_ring = (away_m[inside] >= inner) & (away_m[inside] < outer)
            found.append(View(site, point[inside], bearing[inside], in_ring))
    return found


def covered(city: InventedCity, views: Sequence[View]) -> BoolArray:
    """Return whether any camera covers each street point, shape (T, P)."""
    found = np.zeros((len(TIERS), len(city.scene.points.length)), dtype=bool)
    for view in views:
        for t, in_ring in enumerate(view.in_ring):
            found[t, view.point[in_ring]] = True
    return found
