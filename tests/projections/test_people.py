"""People, organisations, venues, the weather, the links; and what the games fold makes of them."""

from __future__ import annotations

import msgspec
import pytest

from schemas import messages as m
from schemas.views import StatusRow
from tests.projections.hand import Hand, in_every_order, reemit, rsc

EVENT = rsc("ATHM100M")


def person(code: str = "A", name: str = "Ada", organisation: str = "USA", **fields: object) -> m.Participant:
    return m.Participant(code=code, name=name, organisation=organisation, **fields)  # type: ignore[arg-type]


def team(code: str = "T", **fields: object) -> m.Team:
    return m.Team(code=code, name="Team", organisation="USA", **fields)  # type: ignore[arg-type]


def correction(target: str, message: m.Message) -> m.Correction:
    return m.Correction(target=target, unit="", message=msgspec.Raw(m.encode(message)))


def test_a_name_may_be_spelt_anew_before_anybody_is_known() -> None:
    hand = in_every_order(("central", person()), ("operations", m.NameChanged(participant="A", name="Àda")))
    assert hand.field("athlete/A", "name") == {}
    assert hand.rows("athlete/A")["@"].name == "Àda"  # type: ignore[attr-defined]


def test_a_team_is_shown_as_one() -> None:
    hand = in_every_order(
        ("central", team("ATHM4X100M--USA01", members=("A", "B"))),
        ("operations", m.NameChanged(participant="ATHM4X100M--USA01", name="States")),
        ("ath.desk", m.Entry(event=EVENT, participant="ATHM4X100M--USA01")),
    )
    (row,) = hand.rows("teams/ATH").values()
    assert (row.name, row.members, row.events) == ("States", ("A", "B"), (EVENT,))  # type: ignore[attr-defined]
    assert hand.rows("participants/ATH") == {}


def test_a_participant_is_listed_where_registered_or_entered() -> None:
    hand = in_every_order(
        ("central", person(disciplines=("SWM",))),
        ("ath.desk", m.Entry(event=EVENT, participant="A")),
        ("operations", m.Entry(event=rsc("CSPMK1"), participant="A", withdrawn=True)),
    )
    assert hand.field("participants/SWM", "events") == {"A": ()}
    assert hand.field("participants/ATH", "events") == {"A": (EVENT,)}
    assert hand.rows("participants/CSP") == {}
    hand.say("central", person(disciplines=()), session="s2")
    assert hand.rows("participants/SWM") == {}
    assert hand.all == reemit(hand.fold)


def test_who_is_taken_back_is_gone_everywhere() -> None:
    hand = in_every_order(
        ("central", person(disciplines=("ATH",))),
        ("ath.desk", m.Entry(event=EVENT, participant="A")),
        ("operations", m.Retraction(target="central/s1/1", unit="")),
    )
    assert (hand.rows("athlete/A"), hand.rows("participants/ATH")) == ({}, {})


def test_a_code_that_was_wrong_moves() -> None:
    hand = in_every_order(
        ("central", person("A", disciplines=("ATH",))), ("ath.desk", correction("central/s1/1", person("B")))
    )
    assert hand.rows("athlete/A") == {}
    assert hand.rows("athlete/B").keys() == {"@"}


def test_a_team_taken_back_leaves_the_participant_of_its_code() -> None:
    hand = in_every_order(
        ("central", person("T")), ("ath.desk", team()), ("operations", m.Retraction(target="ath.desk/s1/1", unit=""))
    )
    assert hand.rows("athlete/T")["@"].name == "Ada"  # type: ignore[attr-defined]


def test_a_correction_of_a_correction_and_its_retraction_in_every_order() -> None:
    hand = in_every_order(
        ("central", person(name="a")),
        ("ath.desk", correction("central/s1/1", person(name="b"))),
        ("ath.timing", correction("ath.desk/s1/1", person(name="c"))),
        ("operations", m.Retraction(target="ath.timing/s1/1", unit="")),
    )
    assert hand.rows("athlete/A")["@"].name == "b"  # type: ignore[attr-defined]


def test_organisations_venues_and_the_weather_are_shown_and_taken_back() -> None:
    hand = Hand()
    said = [
        m.Organisation(code="USA", name="States", ranked=False),
        m.Venue(code="STA", name="Stadium", offset=120),
        m.Weather(venue="STA", temperature="21"),
        m.Weather(venue="STA", point="start", wind="2"),
    ]
    hand.say("central", *said)
    assert hand.field("organisations", "ranked") == {"USA": False}
    assert hand.rows("org/USA").keys() == {"@"}
    assert hand.field("venues", "offset") == {"STA": 120}
    assert hand.rows("weather/STA").keys() == {"@", "start"}
    assert hand.all == reemit(hand.fold)
    for serial in (1, 2, 3, 4):
        hand.say("operations", m.Retraction(target=f"central/s1/{serial}", unit=""))
    assert hand.all == {}


def test_an_organisation_without_a_rank_is_counted() -> None:
    unit = rsc("SWMM100MFR", "FNL-", "000100--")
    hand = Hand()
    hand.say("central", person("A", organisation="AIN"), person("B", organisation="USA"))
    hand.say("swm.timing", m.Finish(unit=unit, subject="A", mark="50.1"), m.Finish(unit=unit, subject="B", mark="50.2"))
    hand.say("swm.desk", m.ResultStatus(unit=unit, status="OFFICIAL"))
    hand.say("central", m.Organisation(code="AIN", name="Neutral", ranked=False))
    assert hand.field("medals/table", "rank") == {"AIN": None, "USA": 1}
    assert hand.field("medals/table", "sort") == {"AIN": 1, "USA": 2}
    hand.say("central", m.Organisation(code="AIN", name="Neutral", at=1))
    assert hand.field("medals/table", "rank") == {"AIN": 1, "USA": 2}
    assert hand.all == reemit(hand.fold)


def status(hand: Hand) -> StatusRow:
    row = hand.rows("status/ath")["ath.timing"]
    assert isinstance(row, StatusRow)
    return row


def test_the_link_of_a_source_is_operational_and_no_content() -> None:
    hand = Hand()
    empty = hand.views.digest()
    source = "ath.timing"
    hand.say(source, m.SourceConnected(source=source))
    assert status(hand).connected
    hand.say(source, m.SourceSilent(source=source, since=5))
    assert (status(hand).silent, status(hand).since) == (True, 5)
    hand.say(source, m.SourceReturned(source=source), m.Heartbeat())
    assert (status(hand).silent, status(hand).since) == (False, 0)
    hand.say(source, m.SourceDisconnected(source=source))
    assert not status(hand).connected
    assert (hand.all, hand.views.digest()) == ({}, empty)


@pytest.mark.parametrize(
    "message", [m.VenueOn(venue="STA"), m.VenueOff(venue="STA"), m.Discipline(code="ATH", name="A")]
)
def test_what_nothing_is_shown_of_is_kept(message: m.Message) -> None:
    hand = Hand()
    hand.say("central", message)
    assert hand.all == {}
    assert [entry.message for entry in hand.fold.people.state.said.values()] == [message]


def test_records_are_claimed_ratified_and_refused_in_every_order() -> None:
    unit = rsc("ATHM100M", "FNL-", "000100--")
    claim = m.RecordClaimed(unit=unit, subject="A", type="WR", mark="9.57")
    loaded = m.RecordLoaded(event=EVENT, type="WR", mark="9.58", holder="Bolt")
    key = f"{EVENT}/WR/{unit}/A"
    for ratified, state in ((True, "ratified"), (False, None)):
        hand = in_every_order(
            ("central", loaded),
            ("ath.desk", claim),
            ("operations", m.RecordRatified(unit=unit, subject="A", type="WR", ratified=ratified)),
        )
        assert hand.field("records/ATH", "mark")[f"{EVENT}/WR"] == "9.58"
        assert hand.field("records/ATH", "state").get(key) == state
    hand = in_every_order(
        ("ath.desk", claim),
        ("operations", m.Retraction(target="ath.desk/s1/1", unit=unit)),
        ("ath.timing", m.Start(unit=unit)),
    )
    assert hand.rows("records/ATH") == {}
    assert hand.rows(f"result/{unit}")["@"].pending == 0  # type: ignore[attr-defined]
    hand = in_every_order(("central", loaded), ("ath.desk", m.Retraction(target="central/s1/1", unit=EVENT)))
    assert hand.rows("records/ATH") == {}
