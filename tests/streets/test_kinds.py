from __future__ import annotations

from toolkit.streets import kinds, make_packs, pack_zip
from toolkit.streets.readers.osm import file as osm
from toolkit.streets.readers.tables import read


def test_the_kinds_are_those_of_the_readers():
    of_readers = {*osm.SUFFIXES, *read.SUFFIXES, make_packs.GRAPHML_SUFFIX, pack_zip.SUFFIX}
    assert set(kinds.ENDINGS) == of_readers
    assert len(kinds.ENDINGS) == len(of_readers)
