"""Where a card opens: venues, zones, infinity, and what one person is granted or denied."""

from __future__ import annotations

from collections.abc import Mapping

from management.entitlement import Entitlement, Override, Place, entitle, opens_venue, opens_zone
from tests.management.accredited import JULY, T20

SCHEDULE: Mapping[str, tuple[str, ...]] = {"SWM": ("SWC",), "ATH": ("STA",)}
LATER = JULY + 1


def entitled(category: str, function: str, *overrides: Override, discipline: str = "") -> Entitlement:
    return entitle(T20.function(category, function), discipline, overrides, version=1)


def grant(venue: str = "", zone: str = "", expires: int = LATER) -> Override:
    return Override("GRANT", "sup-a", expires, venue, zone)


def deny(venue: str = "", zone: str = "", expires: int = LATER) -> Override:
    return Override("DENY", "sup-a", expires, venue, zone)


def venues(
    entitlement: Entitlement, zone: str = "WHITE", schedule: Mapping[str, tuple[str, ...]] = SCHEDULE
) -> set[str]:
    """Return the venues that are open in July at the gate to a zone."""
    return {venue for venue in T20.venues if opens_venue(entitlement, Place(venue, zone), JULY, schedule, T20)}


def zones(entitlement: Entitlement, venue: str) -> set[str]:
    """Return the zones of a venue that are open in July."""
    return {zone for zone in T20.zones if opens_zone(entitlement, Place(venue, zone), JULY, T20)}


def test_a_function_opens_its_venues_and_those_of_the_discipline_in_the_released_schedule() -> None:
    athlete = entitled("Aa", "ATHLETE", discipline="SWM")
    assert venues(athlete) == {"OLV", "OLP", "SWC"}
    assert venues(athlete, schedule={}) == {"OLV", "OLP"}
    assert venues(athlete, schedule={"SWM": ("VEL", "TRP")}) == {"OLV", "OLP", "VEL", "TRP"}


def test_a_discipline_opens_nothing_to_a_function_that_has_no_part_in_it() -> None:
    assert venues(entitled("Ap", "ALTERNATE", discipline="SWM")) == {"TRP", "OLP"}
    assert venues(entitled("Ap", "ALTERNATE"), schedule={"": ("SWC",)}) == {"TRP", "OLP"}


def test_all_venues_are_all_but_those_left_out_and_those_that_nobody_knows() -> None:
    journalist = entitled("E", "JOURNALIST")
    assert venues(journalist) == {"SWC", "STA", "VEL", "TRP", "OLV", "MPC", "IBC", "OLP"}
    assert venues(journalist, zone="R") == {"SWC", "STA", "VEL", "TRP", "MPC", "IBC", "OLP"}
    assert not opens_venue(journalist, Place("XXX", "WHITE"), JULY, SCHEDULE, T20)


def test_zones_are_those_of_the_function_by_type_of_venue() -> None:
    journalist = entitled("E", "JOURNALIST")
    assert zones(journalist, "SWC") == {"4", "WHITE"}
    assert zones(journalist, "OLV") == {"V"}
    assert zones(journalist, "OFH") == set()
    assert zones(journalist, "XXX") == set()


def test_infinity_is_every_zone_of_that_type_of_venue_and_never_the_residential_one() -> None:
    operations = entitled("OCOG", "OPERATIONS")
    assert zones(operations, "SWC") == {"BLUE", "2", "4", "5", "6", "WHITE", "RED"}
    assert zones(operations, "MPC") == {"4", "5", "WHITE", "RED"}
    assert zones(operations, "OLV") == {"V", "RED"}
    assert zones(operations, "OFH") == set()


def test_one_person_is_granted_a_venue_or_a_zone() -> None:
    assert venues(entitled("Ap", "ALTERNATE", grant("SWC"))) == {"TRP", "OLP", "SWC"}
    assert zones(entitled("E", "JOURNALIST", grant("SWC", "6")), "SWC") == {"4", "WHITE", "6"}
    assert zones(entitled("E", "JOURNALIST", grant("SWC", "6")), "STA") == {"4", "WHITE"}
    assert zones(entitled("E", "JOURNALIST", grant(zone="6")), "STA") == {"4", "WHITE", "6"}


def test_a_grant_of_a_zone_opens_no_venue_and_a_grant_of_a_venue_no_zone() -> None:
    assert venues(entitled("Ap", "ALTERNATE", grant("SWC", "2"))) == {"TRP", "OLP"}
    assert zones(entitled("Ap", "ALTERNATE", grant("SWC")), "SWC") == set()
    assert venues(entitled("Ap", "ALTERNATE", grant())) == {"TRP", "OLP"}


def test_a_denial_wins_over_every_grant() -> None:
    athlete = entitled("Aa", "ATHLETE", grant("SWC"), deny("SWC"), deny("OLV"), discipline="SWM")
    assert venues(athlete) == {"OLP"}
    assert venues(entitled("E", "JOURNALIST", deny("STA"), grant("STA"))) == venues(entitled("E", "JOURNALIST")) - {
        "STA"
    }
    assert zones(entitled("OCOG", "OPERATIONS", grant("SWC", "BLUE"), deny(zone="BLUE")), "SWC") == {
        *("2", "4", "5", "6", "WHITE", "RED")
    }
    assert zones(entitled("OCOG", "OPERATIONS", deny("SWC", "BLUE")), "STA") == zones(
        entitled("OCOG", "OPERATIONS"), "STA"
    )


def test_an_override_ends_when_it_expires() -> None:
    assert venues(entitled("Ap", "ALTERNATE", grant("SWC", expires=JULY))) == {"TRP", "OLP"}
    assert zones(entitled("E", "JOURNALIST", deny(zone="4", expires=JULY)), "SWC") == {"4", "WHITE"}


def test_an_unknown_function_opens_only_what_is_granted() -> None:
    assert entitled("Aa", "COACH") == Entitlement(1)
    assert venues(entitled("ZZ", "ATHLETE", grant("MPC"), discipline="SWM")) == {"MPC"}
