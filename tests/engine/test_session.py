"""The stream of one source: what each message is to those before it, and what is left when the log refuses."""

from __future__ import annotations

import pytest

from engine.raw import GENESIS, Raw, link
from engine.session import (
    FRESH,
    Backfill,
    Conflict,
    Duplicate,
    Gap,
    Stream,
    Verdict,
    explain,
    name_flaw,
    place_flaw,
)
from schemas.messages import SerialsLost, SourceConnected, SourceDisconnected, SourceReturned, SourceSilent


def send(stream: Stream, serial: int, data: bytes = b"x", session: str = "S") -> Verdict:
    """Offer a message and take it in where it is fit."""
    verdict = stream.judge(session, serial, data)
    if isinstance(verdict, type(FRESH) | Backfill):
        stream.apply(stream.chained(session, serial, 0, 1, data))
    return verdict


def lose(stream: Stream, first: int, last: int, session: str = "S") -> Raw:
    """Declare serials lost, as the gateway does."""
    raw = stream.note(session, SerialsLost(session=session, first=first, last=last), 1)
    stream.apply(raw)
    return raw


def hold(stream: Stream) -> None:
    """Let the log hold all that was taken in."""
    stream.durable = stream.mark()
    for session in stream.sessions.values():
        session.durable = session.mark()


@pytest.fixture
def stream() -> Stream:
    return Stream("SWM")


def test_serials_of_a_session_follow_each_other_from_1(stream: Stream) -> None:
    assert [send(stream, serial) for serial in (2, 1, 3, 2, 3)] == [Gap(0), FRESH, Gap(1), FRESH, FRESH]
    assert (stream.last("S"), stream.last("T")) == (3, 0)


def test_every_session_has_its_own_serials(stream: Stream) -> None:
    assert [send(stream, 1), send(stream, 1, session="T"), send(stream, 2, session="T"), send(stream, 2)] == [FRESH] * 4


def test_the_same_bytes_again_are_a_duplicate_and_other_bytes_a_conflict(stream: Stream) -> None:
    send(stream, 1, b"a")
    send(stream, 2, b"b")
    assert [send(stream, 1, b"a"), send(stream, 2, b"b"), send(stream, 1, b"b")] == [
        Duplicate(),
        Duplicate(),
        Conflict(),
    ]


def test_an_empty_message_is_one_like_any_other(stream: Stream) -> None:
    assert [send(stream, 1, b""), send(stream, 1, b""), send(stream, 1, b"a")] == [FRESH, Duplicate(), Conflict()]


def test_messages_are_chained_over_sessions_in_the_order_in_which_they_came(stream: Stream) -> None:
    first = stream.chained("S", 1, 5, 6, b"a")
    stream.apply(first)
    second = stream.chained("T", 1, 7, 8, b"b")
    assert first == Raw("SWM", "S", 1, 5, 6, b"a", link(GENESIS, "SWM", "S", 1, b"a"))
    assert second.chain == link(first.chain, "SWM", "T", 1, b"b")


def test_lost_serials_are_passed_over_and_their_messages_heal_when_they_come(stream: Stream) -> None:
    send(stream, 1)
    lose(stream, 2, 4)
    assert stream.last("S") == 4
    assert send(stream, 5) is FRESH
    assert send(stream, 3, b"late") == Backfill(None)
    assert [send(stream, 3, b"late"), send(stream, 3, b"other"), send(stream, 5)] == [
        Duplicate(),
        Conflict(),
        Duplicate(),
    ]
    assert send(stream, 2) == Backfill(None)
    last = send(stream, 4)
    assert isinstance(last, Backfill)
    assert last.heals is not None
    assert (last.heals.first, last.heals.last) == (2, 4)
    assert stream.last("S") == 5


def test_the_declaration_of_lost_serials_must_begin_at_the_next(stream: Stream) -> None:
    send(stream, 1)
    assert stream.judge_loss("S", 2, 9) is FRESH
    assert stream.judge_loss("S", 3, 9) == Gap(1)
    assert stream.judge_loss("S", 1, 9) == Gap(1)
    assert stream.judge_loss("S", 1, 1) == Duplicate()
    assert stream.judge_loss("T", 1, 4) is FRESH
    lose(stream, 2, 9)
    assert stream.judge_loss("S", 2, 9) == Duplicate()


def test_losing_a_billion_serials_costs_nothing(stream: Stream) -> None:
    lose(stream, 1, 10**9)
    assert send(stream, 10**9 + 1) is FRESH
    assert send(stream, 10**9 + 1) == Duplicate()
    assert len(stream.sessions["S"].digests) == 1


def test_notes_count_down_from_minus_1_in_each_session(stream: Stream) -> None:
    notes = [lose(stream, 1, 2), lose(stream, 3, 4), lose(stream, 1, 2, session="T")]
    assert [note.name for note in notes] == ["SWM/S/-1", "SWM/S/-2", "SWM/T/-1"]


def test_a_note_that_an_archive_brings_is_known_by_its_serial_and_bytes(stream: Stream) -> None:
    assert [send(stream, -3, b"{}"), send(stream, -3, b"{}"), send(stream, -3, b"[]"), send(stream, -1, b"{}")] == [
        FRESH,
        Duplicate(),
        Conflict(),
        FRESH,
    ]
    assert lose(stream, 1, 2).serial == -4


def test_the_notes_say_what_is_known_of_the_link(stream: Stream) -> None:
    seen = []
    for message in (
        SourceConnected(source="SWM", session="S", peer="p"),
        SourceSilent(source="SWM", since=1),
        SourceReturned(source="SWM"),
        SourceDisconnected(source="SWM", session="S"),
    ):
        stream.apply(stream.note("S", message, 1))
        seen.append((stream.link, stream.silent, stream.gone))
    assert seen == [
        (("S", "p"), False, False),
        (("S", "p"), True, False),
        (("S", "p"), False, False),
        (None, False, True),
    ]


def test_what_the_log_refused_was_never_accepted(stream: Stream) -> None:
    send(stream, 1)
    lose(stream, 2, 4)
    send(stream, 5)
    send(stream, 2, b"healed")
    hold(stream)
    before = (stream.mark(), {name: session.mark() for name, session in stream.sessions.items()})

    refused = []
    for session, serial, data in (("S", 6, b"x"), ("S", 3, b"healing"), ("T", 1, b"x")):
        assert isinstance(stream.judge(session, serial, data), type(FRESH) | Backfill)
        refused.append(stream.chained(session, serial, 0, 1, data))
        stream.apply(refused[-1])
    refused.append(lose(stream, 7, 9))
    stream.roll_back(refused)

    assert (stream.mark(), {name: session.mark() for name, session in stream.sessions.items()}) == before
    assert stream.judge("S", 6, b"other") is FRESH
    assert stream.judge("S", 3, b"other") == Backfill(None)
    assert stream.judge("S", 2, b"healed") == Duplicate()
    assert stream.judge("T", 1, b"other") is FRESH
    assert lose(stream, 6, 7).serial == -2


def test_the_last_durable_serial_follows_the_log(stream: Stream) -> None:
    send(stream, 1)
    assert (stream.last("S"), stream.last_durable("S"), stream.head) == (1, 0, GENESIS)
    hold(stream)
    assert (stream.last("S"), stream.last_durable("S"), stream.head) == (1, 1, stream.chain)
    assert stream.last_durable("T") == 0


def test_a_stream_is_rebuilt_by_applying_what_the_log_holds(stream: Stream) -> None:
    raws = []
    for serial in (1, 2):
        raws.append(stream.chained("S", serial, 0, 9, b"x"))
        stream.apply(raws[-1])
    raws.append(lose(stream, 3, 4))
    raws.append(stream.chained("S", 4, 0, 9, b"late"))
    stream.apply(raws[-1])

    again = Stream("SWM")
    for raw in raws:
        again.apply(raw)
    assert again.mark() == stream.mark()
    assert again.sessions["S"].mark() == stream.sessions["S"].mark()
    assert [again.judge("S", serial, b"x") for serial in (1, 2, 4, 5)] == [Duplicate(), Duplicate(), Conflict(), FRESH]
    assert isinstance(again.judge("S", 3, b"x"), Backfill)


def test_a_hole_that_somebody_else_left_in_the_log_counts_as_lost(stream: Stream) -> None:
    stream.apply(Raw("SWM", "S", 1, 0, 1, b"a", b"c"))
    stream.apply(Raw("SWM", "S", 4, 0, 1, b"d", b"c"))
    assert stream.last("S") == 4
    assert stream.judge("S", 4, b"d") == Duplicate()
    assert stream.judge("S", 2, b"b") == Backfill(None)


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("ath.timing", ""),
        ("Zürich-1", ""),
        ("x" * 64, ""),
        ("", "is empty"),
        ("x" * 65, "is longer than 64 characters"),
        *(
            (name, "holds a slash, white space or a control character")
            for name in ("a/b", "a b", "a\tb", "a\u00a0b", "\x7f")
        ),
    ],
)
def test_names(name: str, flaw: str) -> None:
    assert name_flaw(name) == flaw


def test_a_place_is_a_source_a_session_and_a_serial_above_0() -> None:
    assert place_flaw("SWM", "S", 1) == ""
    assert place_flaw("", "S", 1) == "the source's name is empty"
    assert place_flaw("SWM", "a b", 1) == "the session's name holds a slash, white space or a control character"
    assert place_flaw("SWM", "S", 0) == "serial 0 is not in 1 to 9223372036854775807"
    assert place_flaw("SWM", "S", 2**63) == "serial 9223372036854775808 is not in 1 to 9223372036854775807"


def test_a_refusal_says_what_to_do() -> None:
    assert (
        explain(Gap(6), "SWM/S", 9) == "SWM/S/9 does not follow 6: send 7 to 8 first, or declare what is missing lost"
    )
    assert explain(Gap(0), "SWM/S", 2) == "SWM/S/2 does not follow 0: send 1 first, or declare what is missing lost"
    assert explain(Conflict(), "SWM/S", 2) == "other bytes are stored under SWM/S/2"
    assert explain(Duplicate(), "SWM/S", 2) == "SWM/S/2 is stored already"
    assert explain(FRESH, "SWM/S", 2) == ""
