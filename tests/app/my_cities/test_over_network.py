"""Nothing is asked before it was said what, of whom and who sees it, and then agreed to."""

from __future__ import annotations

from pathlib import Path

import pytest
import watched_processes
from app_journey import serving_with, travelling, write_city
from app_screens import html_of, part
from overpass_server import HOST as THIS_MACHINE
from overpass_server import serving as overpass_serving
from overpass_town import CITY, town
from playwright.sync_api import Browser

from toolkit.app import markup
from toolkit.app.my_cities import over_network
from toolkit.app.my_cities.fetch_process import HOST
from toolkit.base.terms import LANGUAGES, Language
from toolkit.streets.cities import find_city

SCRIPT = """
import streamlit as st
from toolkit.app.my_cities import over_network
def begin(city):
    st.session_state["begun"] = [*st.session_state.get("begun", []), city]
over_network.show(begin, {lang!r})
st.text(str(st.session_state.get("begun", [])))
"""


def test_each_city_is_agreed_to_by_itself_and_each_time() -> None:
    page = part(SCRIPT.format(lang="en"), fetch_city="dawei")
    assert page.button(key="fetch_go").disabled
    page.checkbox[0].check().run()
    assert not page.button(key="fetch_go").disabled
    page.selectbox(key="fetch_city:en").set_value("hpa-an").run()
    assert page.button(key="fetch_go").disabled
    page.checkbox[0].check().run()
    page.button(key="fetch_go").click().run()
    assert page.text[0].value == "['hpa-an']"
    assert page.button(key="fetch_go").disabled
    assert not page.checkbox[0].value
    assert not page.exception


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_asked_and_who_sees_it_is_said_first(lang: Language) -> None:
    said = over_network.announcement(find_city("dawei"), lang)
    html = html_of(part(SCRIPT.format(lang=lang), fetch_city="dawei"))
    assert all(markup.text(sentence) in html for sentence in said)
    assert sum(HOST in sentence for sentence in said) == 3
    assert "{" not in "".join(said)
    assert HOST in over_network.consent(find_city("dawei"), lang)


def test_the_practice_city_is_not_asked_for() -> None:
    page = part(SCRIPT.format(lang="en"))
    assert not any("Helsinki" in option for option in page.selectbox[0].options)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(watched_processes.strace_reason() is not None, reason="no strace here")
def test_the_system_sees_no_connection_of_the_app_and_one_host_of_the_process_of_its_own(
    browser: Browser, tmp_path: Path
) -> None:
    write_city(tmp_path / "toolkit")
    calls = tmp_path / "calls"
    with overpass_serving(town(tmp_path / "town.osm.pbf")) as overpass:
        overpass.faults.append("cut")
        with (
            serving_with(overpass, tmp_path, strace=calls) as app,
            travelling(browser, "en", app.url) as journey,
        ):
            journey.open_network()
            journey.agree()
            journey.click("fetch_go")
            journey.see("Installed: {names}.", names=CITY.name.en)
            journey.click(f"made-{CITY.id}")
            journey.see_map()
        assert not overpass.faults
        assert len(overpass.questions) > len(set(overpass.questions))
    processes = watched_processes.traced(calls, ended=app.process.pid)
    # Not even a name service of this machine.
    assert processes.pop(app.process.pid).asked == []
    hosts = {
        of
        for process in processes.values()
        for of in process.asked
        if isinstance(of, tuple)  # not a socket of this machine's name service
    }
    assert hosts == {(THIS_MACHINE, overpass.port)}
