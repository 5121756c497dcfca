"""A removed pack comes back whole, until another one is removed."""

from __future__ import annotations

import pytest
import small_city

from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.streets import pack, pack_zip, removed


@pytest.fixture
def two(home):
    small_city.install(home, "first", rows=20)
    small_city.install(home, "second", rows=20)
    return home


@pytest.mark.usefixtures("two")
def test_a_removed_pack_is_gone_and_comes_back_the_same():
    before = pack.pack_sha256("first")
    removed.set_aside("first")
    assert "first" not in pack.pack_names()
    assert removed.last() == "first"
    removed.restore("first")
    assert pack.pack_sha256("first") == before
    assert pack.open_pack("first").manifest.id == "first"
    assert removed.last() is None


def test_only_the_last_one_is_kept(two):
    removed.set_aside("first")
    removed.set_aside("second")
    assert removed.last() == "second"
    with pytest.raises(InputDataError, match="no longer kept"):
        removed.restore("first")
    assert not list(two.rglob("first"))


def test_what_was_brought_in_since_is_not_replaced(two):
    removed.set_aside("first")
    small_city.install(two, "first", rows=10)
    since = pack.pack_sha256("first")
    with pytest.raises(InputDataError, match="brought in again"):
        removed.restore("first")
    assert pack.pack_sha256("first") == since


@pytest.mark.parametrize("name", ["../first", "first/..", "", ".removed", "none"])
@pytest.mark.usefixtures("two")
def test_a_name_that_is_no_kept_pack_brings_back_nothing(name):
    removed.set_aside("first")
    with pytest.raises(InputDataError):
        removed.restore(name)
    with pytest.raises((InputDataError, NotFoundError)):
        removed.set_aside(name)
    assert removed.last() == "first"


def test_what_is_built_in_is_not_removed(home):
    with pytest.raises(InputDataError, match="comes with the toolkit"):
        removed.set_aside("helsinki-centre")
    assert not (home / pack.FOLDER).exists()


def test_nothing_is_left_once_it_is_forgotten(two):
    removed.set_aside("first")
    removed.discard()
    assert removed.last() is None
    assert not list(two.rglob("first"))
    removed.discard()


def test_forgetting_all_streets_takes_it_along(two):
    removed.set_aside("first")
    pack_zip.remove_all()
    assert not (two / pack.FOLDER).exists()
