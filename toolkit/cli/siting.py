"""`siting`: score, predict and fit where cameras stand."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.base import store
from toolkit.base.errors import InputDataError, ToolkitError
from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    busy,
    check_seed,
    local_path,
    print_json,
    print_lines,
    print_table,
    printable,
    question_of,
    warn,
)

if TYPE_CHECKING:
    from toolkit.siting.validation.known_city import CityPair

_STREETS, _CAMERAS, _PLACES = "_streets", "_cameras", "_places"
_DEMONSTRATION = "helsinki-centre"
_GIVEN = "a list given to siting fit"


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    group = commands.add_parser("siting", help="where cameras stand: score, predict, fit")
    actions = group.add_subparsers(required=True, metavar="ACTION")

    score = actions.add_parser("score", help="test the model on a city whose cameras you know")
    score.add_argument("streets", metavar="STREETS", help="lines with a highway column")
    score.add_argument("cameras", metavar="CAMERAS", help="points")
    score.add_argument(
        "--places",
        metavar="FILE",
        help="traffic lights and places with OpenStreetMap tags, or an OpenStreetMap or OSMnx file "
        "of the same city, where STREETS does not hold them",
    )
    score.add_argument("--profile", metavar="NAME", help="only this kind of operator")
    score.add_argument("--seed", type=int, default=0)
    score.add_argument("--json", action="store_true", help="the figures as JSON")
    score.set_defaults(run=_score)

    predict = actions.add_parser(
        "predict", help="cells with the expected number of sites per km of street"
    )
    predict.add_argument("city", metavar="CITY")
    predict.add_argument(
        "--out", metavar="FILE", type=local_path, required=True, help=".geojson, .gpkg or .parquet"
    )
    predict.add_argument("--json", action="store_true", help="the metadata of the file as JSON")
    add_common(predict)
    predict.set_defaults(run=_predict)

    fit = actions.add_parser("fit", help="fit profiles and bearings to lists of cameras")
    fit.add_argument(
        "folder",
        metavar="DIR",
        type=local_path,
        help="NAME_streets.* and NAME_cameras.* pairs, NAME_places.* where there is one",
    )
    fit.add_argument(
        "--out",
        metavar="DIR",
        type=local_path,
        required=True,
        help="for profiles.json and bearings.toml",
    )
    fit.set_defaults(run=_fit)


def _score(options: argparse.Namespace) -> int:
    from toolkit.siting.profiles import load_profiles
    from toolkit.siting.surroundings import inventory_text
    from toolkit.siting.validation.known_city import read_pair
    from toolkit.siting.validation.score import score_pair
    from toolkit.siting.weights import single_profile

    check_seed(options.seed)
    profiles = load_profiles()
    if options.profile is not None:
        single_profile(profiles, options.profile)
    with busy("Reading streets and cameras ..."):
        pair = read_pair(options.streets, options.cameras, places=options.places)
    with busy(f"Scoring {len(pair.camera_xy_m)} cameras ..."):
        found = score_pair(pair, profiles, profile=options.profile, seed=options.seed)
    if options.json:
        return print_json(found)
    rows = [
        [
            name,
            *(_range(one[key]) for key in ("auc", "capture10", "log_score")),
            *(_range(one["coverage"][key]) for key in ("from_sites", "from_cameras")),
        ]
        for name, one in found["scores"].items()
    ]
    print_table(
        "Low - mid - high over what is not known",
        ["profile", "auc", "capture10", "log score", "covered, by sites", "covered, by cameras"],
        rows,
    )
    text = (
        f"{found['cameras']} cameras (left out: {found['cameras_left_out']} farther than 60 m from "
        f"a street, {found['cameras_without_place']} without coordinates), {found['sites']} sites, "
        f"{found['street_km']:.1f} km of street; "
        f"{found['covered_share_true']:.3f} of it within {found['disc_m']:g} m of a camera.\n"
        f"{inventory_text(found['layers'])}\n{_left_out(found)}"
        "Low and high are of the model; chance in a list of few cameras comes on top."
    )
    print_lines(*text.splitlines())
    print_lines(*found["limits"])
    return OK


def _left_out(found: dict[str, Any]) -> str:
    """Return which rows of streets could not be used, empty if all could."""
    unknown = found["streets_without_class"]
    text = f"{unknown} lines without a known class count as minor streets.\n" if unknown else ""
    if not found["streets_left_out"]:
        return text
    why = ", ".join(
        f"{name.replace('_', ' ')} {number}"
        for name, number in found["streets_left_out_why"].items()
    )
    return f"{text}{found['streets_left_out']} rows of streets left out: {why}.\n"


def _range(value: dict[str, Any]) -> str:
    return f"{value['low']:.3f} - {value['mid']:.3f} - {value['high']:.3f}"


def _predict(options: argparse.Namespace) -> int:
    from toolkit.assessment.expected_sites import LAYER, predict
    from toolkit.assessment.inputs import make_inputs
    from toolkit.language import words
    from toolkit.output import gis_files

    gis_files.check_suffix(options.out)
    question = question_of(options.city, options)
    with busy(f"Placing sites in {options.city} ..."):
        inputs = make_inputs(question.load())
        cells, metadata = predict(inputs)
        gis_files.write_layers({LAYER: cells}, metadata, options.out)
    limit = words.siting_limit("en", inputs.loaded.operators.profiles.cities)
    if options.json:
        print_json(metadata)
    else:
        print_lines(str(options.out))
    warn(f"{len(cells)} cells. {limit}")
    return OK


def _fit(options: argparse.Namespace) -> int:
    from toolkit.language import words
    from toolkit.siting.profiles import KnownList, load_lists, load_prior
    from toolkit.siting.validation import directions
    from toolkit.siting.validation.fit import fit_profiles, prepare_city
    from toolkit.siting.validation.known_city import pack_pair, read_pair
    from toolkit.streets.pack import open_pack

    prior, lists = load_prior(), load_lists()
    pairs, sources, cities = {}, {}, []
    for name, streets, cameras in pairs_in(options.folder):
        if name in lists and not lists[name].fitted:
            warn(f"{name} is left out: it is kept to test the model.")
            continue
        places = places_of(name, streets)
        with busy(f"Reading {printable(name)} ..."), _naming(name, streets, cameras, places):
            pairs[name] = read_pair(streets, cameras, places=places)
            cities.append(prepare_city(name, pairs[name]))
        _say(name, pairs[name])
        known = lists.get(name, KnownList(_GIVEN))
        sources[name] = f"{known.source} [{store.sha256_file(cameras)[:12]}]"
        if places is not None:
            beside = "a second file" if _is_own(places) else known.second_source
            sources[name] += f"; lights and places: {beside} [{store.sha256_file(places)[:12]}]"
    demonstration = _DEMONSTRATION.replace("-", "_")
    if demonstration not in pairs:
        with busy("Reading the centre of Helsinki ..."):
            pairs[demonstration] = pack_pair(open_pack(_DEMONSTRATION))
            cities.append(prepare_city(demonstration, pairs[demonstration]))
        sources[demonstration] = (
            lists[demonstration].source
            if demonstration in lists
            else f"mapped cameras of {_DEMONSTRATION}"
        )
    with busy(f"Fitting {len(pairs)} cities ..."):
        found = fit_profiles(cities, prior, sources)
        looks = {name: directions.fit_bearings(pairs[name]) for name in sorted(pairs)}
    directed = {name: one for name, one in looks.items() if one is not None}
    options.out.mkdir(parents=True, exist_ok=True)
    profiles, bearings = options.out / "profiles.json", options.out / "bearings.toml"
    store.write_bytes(profiles, store.canonical_json(found) + b"\n")
    store.write_text(bearings, directions.as_toml(directed, sources))
    print_lines(str(profiles), str(bearings))
    warn(words.siting_limit("en", sorted(pairs)))
    if not directed:
        warn(
            f"No list has {directions.MIN_CAMERAS} cameras with a direction: "
            "bearings.toml holds no figures."
        )
    return OK


@contextlib.contextmanager
def _naming(name: str, *files: Path | None) -> Iterator[None]:
    """Name the files in errors about them."""
    try:
        yield
    except ToolkitError as error:
        listed = ", ".join(printable(file.name) for file in files if file is not None)
        msg = f"{printable(name)} ({listed}): {error}"
        raise InputDataError(msg) from error


def _say(name: str, pair: CityPair) -> None:
    """Report what was read from a pair of files."""
    from toolkit.siting.surroundings import inventory_text

    lost = {
        "rows of streets": sum(pair.streets_left_out.values()),
        "cameras farther than 60 m from a street": pair.n_left_out,
        "cameras without coordinates": pair.n_without_place,
    }
    left_out = ", ".join(f"{number} {what}" for what, number in lost.items() if number)
    warn(
        f"{name}: {len(pair.camera_xy_m)} cameras. {inventory_text(pair.layers)}"
        + (f" Left out: {left_out}." if left_out else "")
    )


def places_of(name: str, streets: Path) -> Path | None:
    """Return the file with traffic lights and places for the streets of a list; None without one.

    That is NAME_places.* next to NAME_streets.*, or the file that ``lists.toml`` names. If the
    latter is missing, stderr says so.

    Raises
    ------
    InputDataError
        If there are several.
    """
    from toolkit.siting.profiles import load_lists

    given = _files_by_name(streets.parent, _PLACES).get(name)
    known = load_lists().get(name)
    if given is not None or known is None or known.second_file is None:
        return given
    named = streets.parent / store.checked_name(known.second_file)
    if named.is_file():
        return named
    warn(
        f"{name}: there is no {known.second_file}, which lists.toml names, "
        "next to the list. Its lights, places and bridges count as not known."
    )
    return None


def _is_own(places: Path) -> bool:
    """Return whether a file is NAME_places.*, not one that ``lists.toml`` names."""
    return places.name.partition(".")[0].endswith(_PLACES)


def _files_by_name(folder: Path, ending: str) -> dict[str, Path]:
    """Return the files of a folder whose stems end with `ending`, by the stem without it."""
    from toolkit.siting.validation.second_file import is_extract
    from toolkit.streets.readers.tables.read import SUFFIXES

    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        readable = file.suffix.lower() in SUFFIXES or (ending == _PLACES and is_extract(file))
        # The suffix of an extract may have two parts.
        stem = file.name.partition(".")[0] if is_extract(file) else file.stem
        if not readable or not stem.endswith(ending):
            continue
        name = stem.removesuffix(ending)
        if name in found:
            msg = (
                f"{printable(found[name].name)} and {printable(file.name)} have one name. Keep "
                "only one of them."
            )
            raise InputDataError(msg)
        found[name] = file
    return found


def pairs_in(folder: Path) -> list[tuple[str, Path, Path]]:
    """Return name, streets and cameras of each pair of files in a folder, sorted by name.

    Files without a partner are reported on stderr.

    Raises
    ------
    InputDataError
        If there is no pair, or two files have the same name.
    """
    streets, cameras = _files_by_name(folder, _STREETS), _files_by_name(folder, _CAMERAS)
    for name in sorted(streets.keys() ^ cameras):
        alone, other = (streets[name], _CAMERAS) if name in streets else (cameras[name], _STREETS)
        warn(f"{alone.name} is left out: there is no {name}{other}.*")
    found = [(name, streets[name], cameras[name]) for name in sorted(streets.keys() & cameras)]
    if not found:
        msg = (
            f"{printable(str(folder))} holds no pair of files such as NAME_streets.parquet and "
            "NAME_cameras.parquet. Put them there under such names."
        )
        raise InputDataError(msg)
    return found
