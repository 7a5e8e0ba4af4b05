"""The places of volunteers on a real log: an offer lapses, the next reserve is called, and his hold expires."""

from __future__ import annotations

from pathlib import Path

from management.command import Tick
from management.headcount import AddReserve, HoldPlace, SetHeadcount
from management.volunteer_commands import (
    AmendApplication,
    Match,
    OpenApplication,
    RecordInterview,
    Screen,
    Submit,
)
from tests.desks.people import People, Step
from tests.management.volunteer_hands import (
    ADULT,
    DAYS,
    HOUR,
    MINUTE,
    NOW,
    PLANNER,
    POLICY,
    RESPOND_BY,
    SECOND,
    SYSTEM,
    offer,
    person,
)

ANN, PLACES = "vol:MAIN:ANN", "hc:MAIN:STA:STEWARD"
HELD: list[Step] = [
    (PLACES, SetHeadcount(1), PLANNER, NOW),
    (PLACES, HoldPlace("h1", "ANN"), PLANNER, NOW),
    (PLACES, AddReserve("BOB", 1), PLANNER, NOW),
    (PLACES, AddReserve("CAT", 2), PLANNER, NOW),
]
OFFERED: list[Step] = [
    *(
        (ANN, one, person("ANN"), NOW)
        for one in (OpenApplication(), AmendApplication(("STEWARD",), DAYS), Submit(ADULT))
    ),
    *((ANN, one, PLANNER, NOW) for one in (Screen(), RecordInterview(80), Match("STEWARD", "STA"), offer())),
]


async def taken(people: People) -> dict[str, str]:
    """Return who has a place or waits for one, and how."""
    state = await people.state(PLACES)
    places = {place.person: place.status for place in state.places.values()}
    return {name: places.get(name, "WAITS") for name in state.people}


async def test_a_place_goes_from_one_to_the_next(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*HELD, *OFFERED)
    await people.react()
    assert await taken(people) == {"ANN": "OFFERED", "BOB": "WAITS", "CAT": "WAITS"}
    lapsed = RESPOND_BY + SECOND
    await people.do((ANN, Tick(lapsed), SYSTEM, lapsed))
    await people.react()
    assert await taken(people) == {"BOB": "HELD", "CAT": "WAITS"}
    expired = NOW + POLICY.hold_minutes * MINUTE + 48 * HOUR
    await people.do((PLACES, Tick(expired), SYSTEM, expired))  # nobody made BOB an offer
    await people.react()
    assert await taken(people) == {"CAT": "HELD"}
    assert await people.declined() == []
    await people.close()
