"""Each module has its tests at the same place of this tree."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
MIRRORED = {
    ROOT / "toolkit": TESTS,
    ROOT / "benchmarks": TESTS / "benchmarks",
    ROOT / "scripts": TESTS / "scripts",
}
"""Folders of code, and where their tests are."""

NO_TESTS = {
    "base/arrays.py": "names of types",
    "engine/kernels/exposure.py": "compiled loops, tested through what calls them",
    "engine/kernels/footprints.py": "as before",
    "engine/kernels/fronts.py": "as before",
    "engine/kernels/placement.py": "as before",
    "engine/kernels/sight.py": "as before",
    "engine/kernels/trips.py": "as before",
    "engine/kernels/views.py": "as before",
}
"""Modules of the toolkit without tests of their own."""

NO_MODULE = {
    "test_conftest.py": "what every test gets",
    "test_mirror.py": "this tree",
    "test_start.py": "start.py, which is outside the package",
    "test_stick.py": "what start.py puts on a stick",
    "test_wheel.py": "the distribution",
    "app/test_every_city.py": "the whole app in a browser",
    "app/test_journeys.py": "as before",
    "app/test_my_city_journeys.py": "as before",
    "app/test_hostile.py": "texts on their way through the widgets of Streamlit",
    "assessment/test_late_imports.py": "what a new process imports",
    "engine/test_properties.py": "laws that hold for the closed form and the simulation alike",
    "evidence/test_backtests.py": "the counting rules on figures that became known later",
    "evidence/test_built_in_claims.py": "the claims that come with the toolkit",
    "evidence/test_own_words.py": "no sentence of a source in the whole project",
    "output/report/test_every_claim.py": "each claim in the report of each city it covers",
    "output/report/test_trust.py": "what every file holds, and what none ever holds",
    "streets/readers/test_bad_input.py": "every reader of streets on malformed files",
}
"""Tests of no single module, and what they are of. A folder `docs` has those of the documents, and
`attacks` those of what strangers hand over."""


def modules(folder: Path) -> set[Path]:
    """Return the modules below a folder, without those that only name a package."""
    paths = {path.relative_to(folder) for path in folder.rglob("*.py")}
    return {path for path in paths if path.name not in {"__init__.py", "__main__.py"}}


def test_each_module_of_the_toolkit_has_its_tests() -> None:
    missing = {
        path.as_posix()
        for path in modules(ROOT / "toolkit")
        if not (TESTS / path).with_name(f"test_{path.name}").is_file()
    }
    assert missing == set(NO_TESTS)


def test_each_test_file_has_its_module() -> None:
    known: set[Path] = set()
    for code, tests in MIRRORED.items():
        known |= {(tests / path).with_name(f"test_{path.name}") for path in modules(code)}
    for init in (ROOT / "toolkit").rglob("__init__.py"):
        folder = TESTS / init.parent.relative_to(ROOT / "toolkit")
        known.add(folder / f"test_{init.parent.name}.py")
    of_no_module = {path for name in ("docs", "attacks") for path in (TESTS / name).rglob("*.py")}
    found = set(TESTS.rglob("test_*.py")) - of_no_module
    assert {path.relative_to(TESTS).as_posix() for path in found - known} == set(NO_MODULE)
