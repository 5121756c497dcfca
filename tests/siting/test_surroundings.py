"""What is known of a place beside its streets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn_city import layers

from toolkit.siting.surroundings import inventory, inventory_text, pack_layers
from toolkit.streets.pack import open_pack


def test_what_is_not_known_is_no_zero():
    found = inventory(layers())
    assert found["places"] == {"known": False, "count": None, "kinds": {}}
    assert inventory_text(found) == (
        "Read beside lines and classes: nothing. "
        "Not known, so without weight: traffic lights, places, bridges."
    )


def test_what_is_known_is_counted():
    here = layers(
        signal_xy_m=np.zeros((2, 2)),
        place_xy_m=np.zeros((3, 2)),
        place_kind=["police", "bank", "police"],
        bridge=np.arange(220) < 1,
    )
    assert inventory_text(inventory(here)) == (
        "Read beside lines and classes: traffic lights 2 junctions, places 3 (bank 1, police 2), "
        "bridges 1. Not known, so without weight: nothing."
    )


def test_bridges_of_a_pack_from_a_table_without_them_are_not_known():
    pack = open_pack("helsinki-centre")
    known = pack_layers(pack)
    assert known.bridge is not None
    assert known.bridge.any()
    counts = {**pack.manifest.counts, "missing_bridges": 1}
    bare = replace(pack, manifest=pack.manifest.model_copy(update={"counts": counts}))
    assert pack_layers(bare).bridge is None


def test_one_way_streets_and_lanes_of_a_pack_are_its_own():
    pack = open_pack("helsinki-centre")
    known = pack_layers(pack)
    assert known.oneway is not None
    assert known.lanes is not None
    assert known.oneway.tolist() == pack.streets["oneway"].tolist()
    assert 0 < np.isfinite(known.lanes).mean() < 1
    assert np.nansum(known.lanes) == pack.streets["lanes"].sum()
    counts = {**pack.manifest.counts, "missing_oneway": 1}
    bare = replace(
        pack,
        manifest=pack.manifest.model_copy(update={"counts": counts}),
        streets=pack.streets.assign(lanes=np.nan),
    )
    assert pack_layers(bare).oneway is None
    assert pack_layers(bare).lanes is None
