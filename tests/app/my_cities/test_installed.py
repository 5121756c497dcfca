from __future__ import annotations

from pathlib import Path

import small_city
from app_screens import part

from toolkit.app.my_cities import installed
from toolkit.streets import pack_zip, removed

SCRIPT = "from toolkit.app.my_cities import installed\ninstalled.show('en')\n"


def test_a_saved_pack_is_the_exported_one(tmp_path: Path) -> None:
    written = pack_zip.export_pack("helsinki-centre", tmp_path / "helsinki-centre.zip")
    assert installed.packed("helsinki-centre") == written.read_bytes()


def test_a_removal_that_fails_is_a_sentence_and_offers_no_undo(home: Path) -> None:
    small_city.install(home, rows=20)
    page = part(SCRIPT)
    page.button(key="remove:small").click().run()
    removed.set_aside("small")
    small_city.install(home, "other", rows=20)
    page.button(key="sure:small").click().run()
    keys = {str(one.key) for one in page.button}
    assert not page.exception
    assert "undo_removal" not in keys


def test_what_fails_is_said_in_burmese() -> None:
    script = (
        "from functools import partial\nfrom toolkit.app.my_cities import installed\n"
        "from toolkit.streets import removed\n"
        "installed._try(partial(removed.restore, 'none-such'), 'my')\n"
    )
    (error,) = part(script).error
    assert "none" in error.value
    assert "no longer kept" not in error.value


def test_what_another_session_removed_is_not_offered(home: Path) -> None:
    small_city.install(home, rows=20)
    removed.set_aside("small")
    keys = {str(one.key) for one in part(SCRIPT).button}
    assert not keys & {"undo_removal", "remove:small"}
