"""Names of assumptions, as they follow "the biggest unknown is"."""

from __future__ import annotations

from toolkit.language.translate import tr


def name(key: str, lang: str) -> str | None:
    """Return the name of an assumption; None if it has none."""
    names = {
        "count.least_known": tr("the least share of cameras that an outsider knows of", lang),
        "count.least_make_share": tr("the least share of a make that was counted", lang),
        "count.least_flow_share": tr(
            "the least share of the cameras of a year that were counted", lang
        ),
        "count.removed_per_year": tr("how many cameras are taken down in a year", lang),
        "count.growth_median": tr("how many cameras a city usually adds in a year", lang),
        "count.growth_p95": tr("how many cameras the fastest cities add in a year", lang),
        "count.common_share": tr("how much all sources overlook alike", lang),
        "count.same_time_years": tr("how far apart reports may lie and confirm one another", lang),
        "count.most_years_ahead": tr("how far ahead a date may be asked for", lang),
        "count.place_among_cities": tr("how many cameras there are (no number is reported)", lang),
        "count.stale_years": tr("the age at which a report is marked as old", lang),
        "installed_prob.talks": tr("how often talks lead to cameras", lang),
        "installed_prob.tender": tr("how often tenders lead to cameras", lang),
        "installed_prob.planned": tr("how often plans are carried out", lang),
        "installed_prob.years": tr("how long it takes until plans are carried out", lang),
        "sites.cameras_per_site": tr("the number of cameras per site", lang),
        "sites.uniform_share": tr("the share of sites without any preference", lang),
        "sites.siting_spread": tr("how much operators of different cities differ", lang),
        "sites.named_places_log_lift": tr(
            "how much likelier cameras are in places named for them", lang
        ),
        "sites.stretch_m": tr("the length of street that holds one site at most", lang),
        "sites.level_height_m": tr("the height of one storey of a building", lang),
        "sites.cluster_size": tr("how much sites keep to some districts", lang),
        "sites.district_m": tr(
            "the size of the districts that an operator favours or leaves out", lang
        ),
        "sites.spacing_m": tr("the least distance between two sites", lang),
        "sites.coverage_log_ratio": tr("how much street the sites of a city have in reach", lang),
        "sites.bearing_along": tr("how many cameras look along their street", lang),
        "sites.bearing_across": tr("how many cameras look across their street", lang),
        "sites.bearing_spread_deg": tr("how exactly cameras keep to such directions", lang),
        "sites.mapped_in_scope": tr("how many mapped cameras are among the reported ones", lang),
        "optics.height_m": tr("the height at which cameras hang", lang),
        "optics.person_height_m": tr("the height of a standing person", lang),
        "optics.face_height_m": tr("the height of a face above the street", lang),
        "optics.plate_height_m": tr("the height of a number plate above the street", lang),
        "optics.face_tilt_cap_deg": tr("the steepest view in which faces are matched", lang),
        "optics.plate_tilt_cap_deg": tr("the steepest view in which plates are read", lang),
        "optics.mix_concentration": tr("how much the assumed mix of camera types weighs", lang),
        "optics.named_installed": tr("what reported kinds of camera say of the mix", lang),
        "optics.named_tender": tr("what kinds named in a tender say of the mix", lang),
        "optics.named_programme": tr("what kinds named for a programme say of the mix", lang),
        "optics.within_city_share": tr("how unlike the cameras of one city are", lang),
        "optics.availability": tr("the share of cameras that work", lang),
        "threshold.seen_px_m": tr("the picture density at which a person is seen", lang),
        "threshold.recognised_px_m": tr(
            "the picture density at which an acquaintance is recognised", lang
        ),
        "threshold.identified_px_m": tr(
            "the picture density at which a stranger can be identified", lang
        ),
        "threshold.face_px_m": tr("the picture density at which a face can be matched", lang),
        "threshold.plate_px_m": tr("the picture density at which a number plate can be read", lang),
        "optics.max_range_m": tr("the greatest distance at which any camera serves", lang),
        "switch.none": tr(
            "how likely matching or reading is in use where no report names it", lang
        ),
        "switch.programme": tr(
            "how likely it is in use where it is reported of the programme", lang
        ),
        "switch.city": tr("how likely it is in use where it is reported of the city", lang),
        "city.junction_site_share": tr("the share of sites at junctions", lang),
        "city.foreign_fabric_log_sd": tr("how much streets differ between cities", lang),
        "city.path_ratio": tr("how many paths there are for people on foot only", lang),
        "city.built_cell_km_per_km2": tr("how much street makes a square kilometre built up", lang),
        "city.township_radius_km": tr("the size of the built-up township", lang),
        "report.valid_days": tr("how long a printed report may be handed out", lang),
        "city.core_allocation": tr(
            "whether the cameras are all in the centre or spread across the township", lang
        ),
        "optics.night": tr("day or night", lang),
        "optics.ir_claim_share": tr("how far infrared lamps reach", lang),
        "optics.night_face_share": tr("how well faces are matched at night", lang),
        "optics.face_yaw_cap_deg": tr("how far a face may be turned aside and still match", lang),
        "optics.plate_yaw_cap_deg": tr("how far a plate may be turned aside and still read", lang),
        "optics.plate_rear_counts": tr("whether rear plates of cars count", lang),
        "optics.ptz_tele_share": tr("how much of the time a camera that turns is zoomed in", lang),
        "optics.car_plate_width_m": tr("the width of a car plate", lang),
        "optics.motorcycle_plate_width_m": tr("the width of a motorcycle plate", lang),
        "optics.burmese_script_ratio": tr(
            "how much denser the picture must be to read Burmese script", lang
        ),
        "optics.city_outage_prob": tr("how likely the whole system of a city is down", lang),
        "count.origin_log_sd": tr("how much counts of different origin differ", lang),
        "city.population_log_sd": tr("how sure the population is", lang),
        "observation.recall": tr("the share of cameras that somebody who counts notices", lang),
        "observation.core_radius_km": tr(
            "the radius of the part of the city that holds the cameras", lang
        ),
        "observation.main_street_share": tr("the share of street that is main streets", lang),
        "observation.cluster_size": tr("how unevenly cameras are spread over blocks of 1 km", lang),
        "observation.junctions_per_km": tr("how many junctions there are along a street", lang),
        "observation.log_lift_main": tr("how many more cameras stand along main streets", lang),
        "observation.log_lift_signal": tr("how many more cameras stand at main junctions", lang),
        "sites.mapped_stale_years": tr(
            "the age at which a mapped camera is no longer counted", lang
        ),
        "mapped.private_count": tr("whether mapped private cameras count", lang),
        "trips.foot_median_km": tr("the usual length of an ordinary walk", lang),
        "trips.foot_log_sd": tr("how much the length of an ordinary walk varies", lang),
        "trips.foot_shortest_km": tr("the length of the shortest walk", lang),
        "trips.foot_longest_km": tr("the length of the longest walk", lang),
        "trips.motorcycle_median_km": tr("the usual length of an ordinary motorcycle ride", lang),
        "trips.motorcycle_log_sd": tr(
            "how much the length of an ordinary motorcycle ride varies", lang
        ),
        "trips.motorcycle_shortest_km": tr("the length of the shortest motorcycle ride", lang),
        "trips.motorcycle_longest_km": tr("the length of the longest motorcycle ride", lang),
        "trips.car_median_km": tr("the usual length of an ordinary car drive", lang),
        "trips.car_log_sd": tr("how much the length of an ordinary car drive varies", lang),
        "trips.car_shortest_km": tr("the length of the shortest car drive", lang),
        "trips.car_longest_km": tr("the length of the longest car drive", lang),
        "trips.route_log_sd": tr("how much people's routes differ from the shortest", lang),
        "trips.longest_detour": tr("the longest detour that is taken", lang),
        "trips.directness": tr("how much longer a way is than the straight line", lang),
        "trips.face_side": tr("which side of a person a camera must see to match the face", lang),
        "trips.plate_side": tr("which side of a vehicle a camera must see to read the plate", lang),
        "trips.facing_within_deg": tr(
            "how far from the direction of travel a camera may stand", lang
        ),
        "export.cell_m": tr("the size of a cell in exported files", lang),
    }
    return names.get(key)


def field(key: str, lang: str) -> str:
    """Return the name of a field of an assumption; the field itself if it has none."""
    names = {
        "value": tr("value", lang),
        "low": tr("low end", lang),
        "high": tr("high end", lang),
        "distribution": tr("distribution", lang),
    }
    return names.get(key, key)


def field_value(text: str, lang: str) -> str:
    """Return a value of a field: kinds of distributions by their names, others as they are."""
    names = {
        "fixed": tr("fixed", lang),
        "uniform": tr("uniform", lang),
        "loguniform": tr("log-uniform", lang),
        "triangular": tr("triangular", lang),
        "normal": tr("normal", lang),
        "lognormal": tr("log-normal", lang),
    }
    return names.get(text, text)
