"""A small Games for tests: a race with a tie and a disqualification, a relay, and everything that hangs on them."""

from __future__ import annotations

from schemas.views import (
    AthleteRow,
    EventHead,
    MedallistRow,
    MedalTableRow,
    OrganisationRow,
    ParticipantRow,
    ResultHead,
    ResultRow,
    Row,
    ScheduleRow,
    StartRow,
    TeamRow,
)
from tests.feeds.fake_source import FakeSource

EVENT = "ATHM100M--------------------------"
UNIT = "ATHM100M--------------FNL-000100--"
RELAY = "ATHM4X100M------------FNL-000100--"
TEAM = "ATHM4X100M--AAA01"
START = 1_900_003_600_000  # ms


def small_games(mode: str = "live") -> FakeSource:
    """Return a source with all kinds of views that XML is offered for."""
    source = FakeSource(mode=mode)
    people: list[tuple[str, str, Row | None]] = [
        ("organisations", "AAA", OrganisationRow(code="AAA", name="Alphaland")),
        ("organisations", "BBB", OrganisationRow(code="BBB", name="Bravoland & Isles")),
        ("event/" + EVENT, "@", EventHead(event=EVENT, name="Men's 100 m", discipline="ATH")),
    ]
    for code, name, organisation in (
        ("101", "EXAMPLE Ada", "AAA"),
        ("102", 'O\'"QUOTE" <Bo>', "BBB"),
        ("103", "ÉTÉ Çelik", "AAA"),
    ):
        row = ParticipantRow(code=code, name=name, organisation=organisation, gender="M", events=(EVENT,))
        people.append(("participants/ATH", code, row))
        athlete = AthleteRow(code=code, name=name, organisation=organisation, gender="M")
        people.append((f"athlete/{code}", "@", athlete))
    team = TeamRow(code=TEAM, name="Alphaland", organisation="AAA", members=("101", "103"))
    source.put(*people, ("teams/ATH", TEAM, team))
    source.put(
        ("schedule/ATH", UNIT, ScheduleRow(unit=UNIT, name="Men's 100 m final", start=START, venue="STA", medal=1)),
        ("schedule/ATH", RELAY, ScheduleRow(unit=RELAY, start=START + 500, end=START + 60_000, status="DELAYED")),
        (f"startlist/{UNIT}", "101", StartRow(participant="101", order=4, bib="7")),
        (f"startlist/{UNIT}", "102", StartRow(participant="102", order=3)),
        (f"startlist/{UNIT}", "5", StartRow(participant="", order=5, place="TBD", from_unit=RELAY, takes="W")),
    )
    source.put(
        (f"result/{UNIT}", "@", ResultHead(unit=UNIT, status="OFFICIAL", model="timed", decimals=2, wind="+1.5")),
        (
            f"result/{UNIT}",
            "101",
            ResultRow(participant="101", rank=1, tied=True, sort=1, order=4, bib="7", mark="9.91"),
        ),
        (f"result/{UNIT}", "103", ResultRow(participant="103", rank=1, tied=True, sort=2, order=2, mark="9.91")),
        (
            f"result/{UNIT}",
            "102",
            ResultRow(participant="102", sort=3, order=3, irm="DQ", reason="TR16.8", parts={"RT": "0.099"}),
        ),
        (f"result/{RELAY}", TEAM, ResultRow(participant=TEAM, rank=1, sort=1, mark="38.00", gap="0.00")),
        (f"medallists/{EVENT}", "101", MedallistRow(participant="101", event=EVENT, medal="ME_GOLD", day="2030-03-17")),
        (f"medallists/{EVENT}", "103", MedallistRow(participant="103", event=EVENT, medal="ME_GOLD", unit=UNIT)),
        ("medallists/discipline/ATH", f"{EVENT}/101", MedallistRow(participant="101", event=EVENT, medal="ME_GOLD")),
        ("medallists/day/2030-03-17", f"{EVENT}/101", MedallistRow(participant="101", event=EVENT, medal="ME_GOLD")),
        ("medals/table", "AAA", medals("AAA", 1, 2, 0)),
        ("medals/table", "BBB", medals("BBB", 2, 0, 0)),
        ("medals/discipline/ATH", "AAA", medals("AAA", 1, 2, 0)),
        ("medals/day/2030-03-17", "AAA", medals("AAA", 1, 2, 0)),
        ("notices/ATH", "1", None),
    )
    return source


def medals(organisation: str, place: int, gold: int, bronze: int) -> MedalTableRow:
    """Return a line of a medal table, of men only."""
    return MedalTableRow(
        organisation=organisation,
        rank=place,
        sort=place,
        rank_total=place,
        sort_total=place,
        gold=gold,
        bronze=bronze,
        total=gold + bronze,
        men=(gold, 0, bronze),
    )
