"""Decoding: from the bytes of a source to assertions, and what cannot be decoded."""

from collections.abc import Sequence

import msgspec
import pytest

from projections.decode import GAMES_KEY, Assertion, Decoder, Undecodable, parse_name
from schemas import messages as m
from schemas.games import DEFAULT_GAMES
from tests.projections.hand import Hand, rsc

UNIT = rsc("ATHM100M", "FNL-", "000100--")
OTHER = rsc("SWMM100MFR", "FNL-", "000100--")
FINISH = m.Finish(unit=UNIT, subject="A", mark="9.80")


def decode(*messages: m.Message | bytes, source: str = "ath.timing") -> list[Sequence[Assertion] | Undecodable]:
    decoder = Decoder(DEFAULT_GAMES)
    return [
        decoder.decode(source, "s1", serial, one if isinstance(one, bytes) else m.encode(one))
        for serial, one in enumerate(messages, start=1)
    ]


def one(message: m.Message | bytes, source: str = "ath.timing") -> Assertion:
    (assertions,) = decode(message, source=source)
    assert not isinstance(assertions, Undecodable)
    (assertion,) = assertions
    return assertion


def why(message: m.Message | bytes) -> str:
    (refused,) = decode(message)
    assert isinstance(refused, Undecodable)
    return refused.why


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (FINISH, "ATH"),
        (m.Entry(event=rsc("SWMM100MFR"), participant="A"), "SWM"),
        (m.Communication(discipline="ATH", number="1", title="t"), "ATH"),
        (m.Participant(code="A", name="N", organisation="USA"), GAMES_KEY),
        (m.Weather(venue="STA"), GAMES_KEY),
    ],
)
def test_the_key_is_the_discipline_or_games(message: m.Message, key: str) -> None:
    assert one(message).key == key


def test_an_assertion_has_its_name_and_its_place() -> None:
    assert one(FINISH) == Assertion("ATH", FINISH, ("ath.timing", "s1", 1), (50, "ath.timing", 0, 1))


@pytest.mark.parametrize(
    ("source", "kind", "authority"),
    [
        ("operations", FINISH, 99),
        ("ath.timing", FINISH, 50),
        ("ath.desk", FINISH, 6),
        ("ath.backup", FINISH, 4),
        ("central", FINISH, 3),
        ("ath.desk", m.Irm(unit=UNIT, subject="A", irm="DQ"), 50),
        ("central", m.UnitScheduled(unit=UNIT), 50),
    ],
)
def test_the_authority_of_a_source_is_by_kind(source: str, kind: m.Message, authority: int) -> None:
    assert one(kind, source).order[0] == authority


def test_sessions_count_in_the_order_in_which_they_came() -> None:
    decoder = Decoder(DEFAULT_GAMES)
    numbers = []
    for session in ("b", "a", "b", "c"):
        assertions = decoder.decode("t", session, 1, m.encode(FINISH))
        assert not isinstance(assertions, Undecodable)
        numbers += [assertion.order[2] for assertion in assertions]
    assert numbers == [0, 1, 0, 2]


def test_a_correction_is_what_it_says_with_a_target() -> None:
    inner = msgspec.Raw(m.encode(FINISH))
    found = one(m.Correction(target="t/s/3", unit=UNIT, message=inner, reason="seen"), "ath.desk")
    assert (found.key, found.message, found.target, found.reason) == ("ATH", FINISH, ("t", "s", 3), "seen")
    assert found.order[0] == DEFAULT_GAMES.authority("finish", "results_desk")


def test_a_retraction_goes_where_its_target_is() -> None:
    assert one(m.Retraction(target="a/b/c/3", unit=OTHER)).key == "SWM"
    assert one(m.Retraction(target="a/b/c/3", unit="")).key == GAMES_KEY
    assert one(m.Retraction(target="a/b/c/3", unit="")).target == ("a/b", "c", 3)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"kind":"nonsense"}', "unknown kind 'nonsense'"),
        (b"{}", "Object missing required field `kind`"),
        (b'{"kind":"wind","unit":"short","speed":"1"}', "Expected `str` of length >= 34 - at `$.unit`"),
        (m.encode(m.Wind(unit="x" * 34, speed="1")), "$.unit: not an RSC"),
        (m.encode(m.Entry(event="-" * 34, participant="A")), "$.event: not an RSC"),
        (m.encode(m.Retraction(target="nobody", unit="")), "$.target: no name of a raw message: 'nobody'"),
        (m.encode(m.Retraction(target="a/b/x", unit="")), "$.target: no name of a raw message: 'a/b/x'"),
        (
            m.encode(m.Correction(target="a/b/1", unit="", message=msgspec.Raw(b'{"kind":"nonsense"}'))),
            "$.message: unknown kind 'nonsense'",
        ),
        (
            m.encode(m.Correction(target="a/b/1", unit="", message=msgspec.Raw(m.encode(m.Start(unit="y" * 34))))),
            "$.message.unit: not an RSC",
        ),
    ],
)
def test_what_cannot_be_decoded_says_why(data: bytes, reason: str) -> None:
    assert why(data) == reason


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b'{"kind":"heartbeat","x":' + b"[" * 100_000,
        b'{"kind":"correction","target":"a/b/1","unit":"","message":' + b"[" * 100_000,
        b'{"kind":"heartbeat","at":123456789012345678901234567890}',
        b'{"kind":"heartbeat","at":-123456789012345678901234567890}',
        b'{"kind":"venue","code":"V","name":"N","offset":' + b"9" * 30 + b"}",
        m.encode(m.UnitScheduled(unit=UNIT)).replace(b"}", b',"end":999999999999999999}'),
        m.encode(FINISH).replace(b"}", b',"place":99999999999999999999}'),
        m.encode(m.Correction(target="a/b/1", unit=UNIT, message=msgspec.Raw(b"1"))),
        m.encode(
            m.Correction(
                target="a/b/1",
                unit=UNIT,
                message=msgspec.Raw(
                    m.encode(m.Correction(target="a/b/2", unit=UNIT, message=msgspec.Raw(m.encode(FINISH))))
                ),
            )
        ),
        m.encode(
            m.Correction(
                target="a/b/1", unit=UNIT, message=msgspec.Raw(m.encode(m.Retraction(target="a/b/2", unit=UNIT)))
            )
        ),
        m.encode(
            m.Correction(
                target="a/b/1", unit=UNIT, message=msgspec.Raw(m.encode(m.SerialsLost(session="s", first=1, last=1)))
            )
        ),
        m.encode(m.Finish(unit=UNIT, subject="@", mark="1")),
        m.encode(m.StartList(unit=UNIT, starters=(m.Starter("@"),))),
        m.encode(m.OrderDecided(unit=UNIT, order=(("@",),), basis="jury")),
        m.encode(m.Period(unit=UNIT, ordinal=1, scores={"@": "1"})),
    ],
    ids=range(16),
)
def test_what_nobody_should_send_is_listed_and_does_no_harm(data: bytes) -> None:
    hand = Hand()
    hand.send("ath.timing", data)
    assert [*hand.rows("status/undecoded")] == ["ath.timing/s1/1"]
    assert hand.fold.decoder.sources["ath.timing"].undecodable == 1
    hand.fold.dump(whole=True)
    assert hand.all == {}


def test_lost_serials_touch_what_the_session_had_spoken_of() -> None:
    lost = m.SerialsLost(session="s1", first=4, last=5)
    *_, last, healed = decode(FINISH, m.Start(unit=OTHER), lost, m.SerialsHealed(session="s1", first=4, last=5))
    assert not isinstance(last, Undecodable)
    assert not isinstance(healed, Undecodable)
    assert [(one.key, one.units) for one in last] == [("ATH", (UNIT,)), ("SWM", (OTHER,))]
    assert [one.key for one in healed] == ["ATH", "SWM"]


def test_a_new_session_has_spoken_of_nothing_yet() -> None:
    decoder = Decoder(DEFAULT_GAMES)
    decoder.decode("t", "s1", 1, m.encode(FINISH))
    decoder.decode("t", "s2", 1, m.encode(m.Start(unit=OTHER)))
    lost = decoder.decode("t", "s2", -1, m.encode(m.SerialsLost(session="s2", first=2, last=2)))
    assert not isinstance(lost, Undecodable)
    assert [one.units for one in lost] == [(OTHER,)]


def test_names_are_parsed() -> None:
    assert parse_name("a/b/-3") == ("a", "b", -3)
    for text in ("", "a", "a/1", "a/b/", "a/b/1x", "a/b/1_0", "a/b/ 1"):
        with pytest.raises(ValueError, match=r"\$.target"):
            parse_name(text)
