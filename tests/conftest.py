"""What every test gets: checked type hints, an empty home, and Chromium where it is marked so."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import few_draws
import pytest
import quick_calls
import quick_checks
import shared_answers
from browsers import CHROMIUM, MISSING, WHOLE, playing, show_loop
from hypothesis import settings
from playwright.sync_api import Playwright
from typeguard import install_import_hook

# A slow moment of the computer is no failure.
settings.register_profile("project", parent=settings(), deadline=None)
settings.load_profile("project")

# Compiled loops are checked by the compiler. All else is checked at every call, if nothing imports
# it before this line.
quick_calls.install()
install_import_hook(["toolkit"], ignore_packages=["toolkit.engine.kernels"])

quick_checks.install()

# Workers and the hundreds of processes that tests start import the same modules: what Python makes
# of the source is kept on disk, even where the environment asks for that not to be.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def needed(browser: str | None) -> str:
    """Return the path of a browser; without one the test is skipped, in CI it fails."""
    if browser is None and os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(f"{MISSING}, and in CI there must be one", pytrace=False)
    return browser or pytest.skip(MISSING)


def pytest_collection_finish() -> None:
    """Leave what has been imported out of each later search for garbage, and search more rarely."""
    gc.collect()
    gc.freeze()
    # Python searches after 700 new objects, of which a data frame has as many.
    gc.set_threshold(50_000, 20, 10)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for a browser before the fixtures of a test that needs one."""
    played = "playwright" in getattr(item, "fixturenames", ())
    show_loop(shown=played)
    if played or item.get_closest_marker("browser") is not None:
        needed(CHROMIUM)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """Let fixtures close what they opened in a browser, whichever test is their last."""
    show_loop(shown=True)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Give Playwright, started once: each start and each browser costs as much as a page."""
    with playing() as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium, for playwright's `executable_path`."""
    return needed(CHROMIUM)


@pytest.fixture(scope="session")
def whole_chromium() -> str:
    """Return the path of Chromium as users have it."""
    return needed(WHOLE)


@pytest.fixture(scope="session", autouse=True)
def _session_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep fixtures that live longer than a test out of the user's own data, too."""
    from toolkit.base.store import HOME_VARIABLE

    os.environ[HOME_VARIABLE] = str(tmp_path_factory.mktemp("session-home"))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty folder as the user's data."""
    from toolkit.base.store import HOME_VARIABLE

    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="module", autouse=True)
def _outcomes_made_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make outcomes once and with fewer draws, where tests are about what is shown of them."""
    with pytest.MonkeyPatch.context() as patch:
        if shared_answers.shares(request.path):
            shared_answers.install(patch)
        if few_draws.shows(request.path):
            few_draws.install(patch)
        yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str, str]]:
    """Give a function that runs a command and returns its exit code, stdout and stderr."""
    from toolkit import cli

    def call(*arguments: object) -> tuple[Any, str, str]:
        code: Any
        try:
            code = cli.main([str(a) for a in arguments])
        except SystemExit as stopped:  # argparse
            code = stopped.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def own_profiles(home: Path) -> tuple[str, ...]:
    """Put profiles of the user's own there, fitted to two cities; return what is said of them."""
    from toolkit.base import store

    fitted = store.builtin_dir() / "siting" / "profiles.json"
    found = json.loads(fitted.read_text(encoding="utf-8"))
    one = found["cities"]["auckland_road"]
    found["cities"] = dict.fromkeys(
        ("<img src=x onerror=alert(1)>\x1b[31m\u202e{n}", "mytown"), one
    )
    (home / "siting").mkdir()
    (home / "siting" / "profiles.json").write_text(json.dumps(found), encoding="utf-8")
    return "<img src=x onerror=alert(1)>[31m{n}", "mytown"


@pytest.fixture(scope="session")
def test_data_dir() -> Path:
    """Return the folder of test data; skip where there is none."""
    named = os.environ.get("CAMERA_TOOLKIT_TEST_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("there is no folder of test data (CAMERA_TOOLKIT_TEST_DATA can name one)")
    return folder


@pytest.fixture(scope="session")
def make_claim() -> Callable[..., Any]:
    """Return a function that makes a claim about installed public cameras; fields can change."""
    from toolkit.evidence.claim import Claim

    def make(claim_id: str = "a", *, low=None, high=None, **changes):
        said = changes.pop("said", "2022-07-11")
        fields = {
            "id": claim_id,
            "city": "dawei",
            "says": "Something.",
            "topic": "presence" if low is None and high is None else "count",
            "status": "installed",
            "scope": "public",
            "said": said,
            "valid": changes.pop("valid", said),
            "source": {"id": "x", "publisher": "X", "title": "X", "date": said},
            "origins": [claim_id],
            "confidence": {"grade": "C3", "reason": "One outlet."},
        }
        figure = {
            "unit": changes.pop("unit", "cameras"),
            "wording": changes.pop("wording", "exact"),
            "kind": changes.pop("kind", "stock"),
        }
        brand = changes.pop("brand", None)
        if brand:
            figure["brand"] = brand
            fields["brands"] = [brand]
        if fields["topic"] == "count":
            ends = {"low": low, "high": high}
            fields["quantity"] = figure | {k: v for k, v in ends.items() if v is not None}
        return Claim.model_validate(fields | changes)

    return make


@pytest.fixture(autouse=True)
def _own_main() -> Iterator[None]:
    """Give the main module back: a page that ran stays it, and children begin with it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
