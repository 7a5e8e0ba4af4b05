"""The gateway on a real log: stored first, answered in order, and noted when a source comes, goes or falls silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.archive_intake import Replayed
from engine.batch import Answer
from engine.errors import Fenced, LogFailed
from engine.gateway import Gateway
from engine.limits import Limits
from engine.log import Fence, Record
from engine.raw import GENESIS, RAW, REFUSED, Raw, link, raw_of
from engine.sqlite_log import SqliteLog
from schemas.messages import SerialsHealed, SerialsLost, SourceConnected, SourceReturned, SourceSilent, decode, encode

if TYPE_CHECKING:
    from tests.engine.conftest import HandClock

Opens = Callable[[], SqliteLog]


def stored(log: SqliteLog) -> list[Raw]:
    """Return all raw messages of a log."""
    return [raw_of(record) for record in log.read(RAW)]


def names(log: SqliteLog) -> list[str]:
    """Return the names of all raw messages of a log."""
    return [raw.name for raw in stored(log)]


class FailingLog(SqliteLog):
    """A log whose storage refuses when it is told to."""

    broken = False
    error: Exception | None = None

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        if self.error:
            await asyncio.sleep(0)
            raise self.error
        return await super().append(records, fence=fence)


# -- messages


async def test_a_message_is_answered_when_the_log_holds_it(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    chain = link(GENESIS, "SWM", "S", 1, b'{"kind":"start","at":7}')
    answer = await gateway.offer("SWM", "S", 1, b'{"kind":"start","at":7}')
    assert answer == Answer("stored", 1, 1, chain)
    assert stored(log) == [Raw("SWM", "S", 1, 7, clock.now, b'{"kind":"start","at":7}', chain, 1)]
    assert gateway.status("SWM", "S") == (1, chain)
    assert gateway.in_flight == 0


async def test_messages_are_pipelined_and_answered_in_the_order_of_the_offers(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    heard: list[Answer] = []
    for serial in (1, 2, 3, 2, 5, 4):
        gateway.submit("SWM", "S", serial, b"%d" % serial, "", notify=heard.append)
    assert heard == []
    assert gateway.status("SWM", "S") == (0, GENESIS)
    assert (await gateway.offer("SWM", "S", 5, b"5")).code == "stored"
    assert [(answer.code, answer.serial, answer.last) for answer in heard] == [
        ("stored", 1, 1),
        ("stored", 2, 2),
        ("stored", 3, 3),
        ("duplicate", 2, 3),
        ("gap", 5, 3),
        ("stored", 4, 4),
    ]
    assert names(log) == ["SWM/S/1", "SWM/S/2", "SWM/S/3", "SWM/S/4", "SWM/S/5"]


async def test_the_acknowledgement_of_a_duplicate_waits_for_the_original(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    first = gateway.offer("SWM", "S", 1, b"x")
    again = gateway.offer("SWM", "S", 1, b"x")
    assert not again.done()
    assert (await first).code == "stored"
    assert (await again).code == "duplicate"
    assert names(log) == ["SWM/S/1"]


async def test_with_nothing_under_way_a_duplicate_is_answered_at_once(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    chain = (await gateway.offer("SWM", "S", 1, b"x")).head
    assert gateway.offer("SWM", "S", 1, b"x").result() == Answer("duplicate", 1, 1, chain)


async def test_other_bytes_under_the_same_serial_are_refused_and_kept_apart(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    chain = (await gateway.offer("SWM", "S", 1, b"a", "10.0.0.1:5")).head
    for _ in range(2):
        answer = await gateway.offer("SWM", "S", 1, b"b", "10.0.0.1:5")
        assert answer == Answer("conflict", 1, 1, chain, "other bytes are stored under SWM/S/1")
    (refused,) = log.read(REFUSED)  # once: a sender that repeats itself does not fill the log
    assert (refused.key, refused.value) == ("SWM", b"b")
    assert refused.headers == {
        "reason": b"other bytes are stored under SWM/S/1",
        "peer": b"10.0.0.1:5",
        "source": b"SWM",
        "session": b"S",
        "serial": b"1",
        "size": b"1",
        "v": b"1",
    }
    assert names(log) == ["SWM/S/1"]


@pytest.mark.parametrize(("source", "session", "serial"), [("", "S", 1), ("SWM", "a b", 1), ("SWM", "S", 0)])
async def test_a_message_without_a_proper_name_is_refused(
    log: SqliteLog, clock: HandClock, source: str, session: str, serial: int
) -> None:
    answer = await Gateway(log, clock).offer(source, session, serial, b"x")
    assert (answer.code, answer.last) == ("malformed", 0)
    assert [record.headers["reason"].decode() for record in log.read(REFUSED)] == [answer.text]
    assert names(log) == []


async def test_of_refused_bytes_only_so_many_are_kept(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, limits=Limits(refused=3))
    heard: list[Answer] = []
    gateway.refuse("SWM", "S", 7, b"abcdef", peer="", reason="too long", notify=heard.append, code="too_large", size=99)
    await gateway.close()
    (refused,) = log.read(REFUSED)
    assert (refused.value, refused.headers["size"]) == (b"abc", b"99")
    assert heard == [Answer("too_large", 7, 0, GENESIS, "too long")]


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b'{"kind":"start","at":1700000000000}', 1_700_000_000_000),
        (b'{"kind":"start"}', 0),
        (b'{"at":"noon"}', 0),
        (b"<OdfBody/>", 0),
        (b"\x01\xff\x00", 0),
        (b"", 0),
    ],
)
async def test_whatever_the_bytes_are_they_are_stored_and_the_venue_time_is_peeked(
    log: SqliteLog, clock: HandClock, data: bytes, at: int
) -> None:
    await Gateway(log, clock).offer("SWM", "S", 1, data)
    assert [(raw.data, raw.at) for raw in stored(log)] == [(data, at)]


async def test_log_time_stands_still_where_the_clock_steps_back(open_log: Opens, clock: HandClock) -> None:
    log = open_log()
    gateway = Gateway(log, clock)
    start = clock.now
    await gateway.offer("SWM", "S", 1, b"x")
    clock.forward(-60)
    await gateway.offer("SWM", "S", 2, b"x")
    await gateway.close()
    again = Gateway(log, clock)
    await again.offer("SWM", "S", 3, b"x")
    clock.forward(61)
    await again.offer("SWM", "S", 4, b"x")
    assert [raw.time - start for raw in stored(log)] == [0, 0, 0, 1_000_000]


async def test_a_gateway_goes_on_where_the_log_ends(open_log: Opens, clock: HandClock) -> None:
    log = open_log()
    first = Gateway(log, clock)
    await first.offer("SWM", "S", 1, b"1")
    await first.declare_lost("SWM", "S", 2, 3, "sender")
    head = (await first.offer("SWM", "S", 4, b"4")).head
    await first.close()
    await log.close()

    log = open_log()
    gateway = Gateway(log, clock)
    assert gateway.status("SWM", "S") == (4, head)
    answers = [await gateway.offer("SWM", "S", serial, data) for serial, data in ((1, b"1"), (4, b"x"), (2, b"2"))]
    assert [answer.code for answer in answers] == ["duplicate", "conflict", "healed"]
    assert (await gateway.offer("SWM", "S", 5, b"5")).head == stored(log)[-1].chain


async def test_a_second_session_may_send_its_day_again(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    for session in ("S", "T"):
        assert [(await gateway.offer("SWM", session, n, b"%d" % n)).code for n in (1, 2)] == ["stored", "stored"]
    assert names(log) == ["SWM/S/1", "SWM/S/2", "SWM/T/1", "SWM/T/2"]


# -- lost serials


async def test_lost_serials_are_declared_and_healed_as_notes_in_the_stream(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    await gateway.offer("SWM", "S", 1, b"1")
    assert (await gateway.offer("SWM", "S", 4, b"4")).code == "gap"
    answer = await gateway.declare_lost("SWM", "S", 2, 3, "sender")
    assert (answer.code, answer.serial, answer.last) == ("lost", 3, 3)
    assert (await gateway.declare_lost("SWM", "S", 2, 3, "sender")).code == "duplicate"
    codes = [(await gateway.offer("SWM", "S", n, b"%d" % n)).code for n in (4, 3, 2)]
    assert codes == ["stored", "healed", "healed"]
    assert names(log) == ["SWM/S/1", "SWM/S/-1", "SWM/S/4", "SWM/S/3", "SWM/S/2", "SWM/S/-2"]
    at = clock.now // 1000
    assert [decode(raw.data) for raw in stored(log) if raw.serial < 0] == [
        SerialsLost(session="S", first=2, last=3, by="sender", at=at),
        SerialsHealed(session="S", first=2, last=3, at=at),
    ]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(3, 4, "gap"), (1, 4, "gap"), (2, 1, "malformed"), (0, 4, "malformed"), (2, 2**63, "malformed")],
)
async def test_a_declaration_that_does_not_fit_is_refused(
    log: SqliteLog, clock: HandClock, first: int, last: int, code: str
) -> None:
    gateway = Gateway(log, clock)
    await gateway.offer("SWM", "S", 1, b"1")
    answer = await gateway.declare_lost("SWM", "S", first, last, "sender")
    assert (answer.code, answer.last, answer.text != "") == (code, 1, True)
    assert names(log) == ["SWM/S/1"]


# -- when the log refuses


async def test_what_the_log_refuses_is_forgotten_with_all_that_followed(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock
) -> None:
    log = FailingLog.open(tmp_path_factory.mktemp("log") / "games.podium")
    gateway = Gateway(log, clock)
    head = (await gateway.offer("SWM", "S", 1, b"1")).head
    log.error = LogFailed("games.podium", "appending", "disk full")
    first = gateway.offer("SWM", "S", 2, b"2")
    await asyncio.sleep(0)  # the commit is under way
    answers = [await first, *[await gateway.offer("SWM", "S", n, b"x") for n in (3, 2)]]
    assert [(answer.code, answer.retry) for answer in answers] == [
        ("unavailable", True),
        ("gap", True),
        ("unavailable", True),
    ]
    assert answers[0].text == "games.podium: appending failed: disk full"
    log.error = None
    assert gateway.status("SWM", "S") == (1, head)
    assert (await gateway.offer("SWM", "S", 2, b"2")).head == link(head, "SWM", "S", 2, b"2")
    assert names(log) == ["SWM/S/1", "SWM/S/2"]
    await log.close()


async def test_what_was_chained_to_a_refused_message_is_refused_too(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock
) -> None:
    log = FailingLog.open(tmp_path_factory.mktemp("log") / "games.podium")
    gateway = Gateway(log, clock)
    log.error = LogFailed("games.podium", "appending", "disk full")
    first = gateway.offer("SWM", "S", 1, b"1")
    await asyncio.sleep(0)
    second = gateway.offer("SWM", "S", 2, b"2")
    log.error = None  # the next commit would succeed, and would hold a message without the one before it
    assert [(await first).code, (await second).code] == ["unavailable", "unavailable"]
    assert names(log) == []
    await log.close()


async def test_a_gateway_that_was_fenced_off_takes_nothing_more(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, fence=await log.fence("gateway"))
    assert (await gateway.offer("SWM", "S", 1, b"1")).code == "stored"
    newer = Gateway(log, clock, fence=await log.fence("gateway"))
    answers = [await gateway.offer("SWM", "S", 2, b"2") for _ in range(2)]
    assert [answer.code for answer in answers] == ["unavailable", "unavailable"]
    assert answers[1].text == str(Fenced(str(log.path), "gateway", 1, 2))
    assert (await newer.offer("SWM", "S", 2, b"2")).code == "stored"


async def test_a_closed_gateway_has_answered_everybody_and_takes_nothing(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    pending = gateway.offer("SWM", "S", 1, b"1")
    await gateway.close()
    assert pending.result().code == "stored"
    late = await gateway.offer("SWM", "S", 2, b"2")
    assert late == Answer("unavailable", 2, 0, b"", "the gateway is closing", retry=True)
    assert (await gateway.declare_lost("SWM", "S", 2, 2, "x")).code == "unavailable"


async def test_a_sender_that_cannot_be_told_keeps_nobody_else_waiting(log: SqliteLog, clock: HandClock) -> None:
    troubles: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
    gateway = Gateway(log, clock)

    def gone(_: Answer) -> None:
        raise ConnectionResetError

    gateway.submit("SWM", "S", 1, b"1", "", notify=gone)
    assert (await gateway.offer("SWM", "S", 2, b"2")).code == "stored"
    assert [type(trouble["exception"]) for trouble in troubles] == [ConnectionResetError]


# -- links


def notes(log: SqliteLog) -> list[str]:
    """Return what the notes of a log say, in short."""
    found = []
    for raw in stored(log):
        if raw.serial < 0:
            note = msgspec.json.decode(raw.data)
            found.append(" ".join(str(note[key]) for key in ("kind", "session", "peer", "reason") if note.get(key)))
    return found


async def test_connections_come_and_go_as_notes(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    gateway.connected("SWM", "S", "10.0.0.1:5")
    await gateway.offer("SWM", "S", 1, b"1")
    gateway.connected("SWM", "T", "10.0.0.1:6")
    gateway.disconnected("SWM", "bye")
    gateway.disconnected("SWM", "bye")
    await gateway.close()
    assert notes(log) == [
        "source_connected S 10.0.0.1:5",
        "source_disconnected S replaced by 10.0.0.1:6",
        "source_connected T 10.0.0.1:6",
        "source_disconnected T bye",
    ]
    assert names(log) == ["SWM/S/-1", "SWM/S/1", "SWM/S/-2", "SWM/T/-1", "SWM/T/-2"]


async def test_a_gateway_notes_at_its_start_that_nobody_is_connected_any_more(
    open_log: Opens, clock: HandClock
) -> None:
    log = open_log()
    killed = Gateway(log, clock)
    killed.connected("SWM", "S", "p")
    await killed.offer("SWM", "S", 1, b"1")
    gateway = Gateway(log, clock)
    gateway.tick()
    gateway.tick()
    await gateway.close()
    assert notes(log) == ["source_connected S p", "source_disconnected S the gateway stopped"]
    await killed.close()


async def test_a_note_that_the_log_refused_is_written_later(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock
) -> None:
    log = FailingLog.open(tmp_path_factory.mktemp("log") / "games.podium")
    gateway = Gateway(log, clock)
    log.error = LogFailed("games.podium", "appending", "disk full")
    gateway.connected("SWM", "S", "p")
    await gateway.offer("SWM", "S", 1, b"1")
    log.error = None
    gateway.tick()
    await gateway.close()
    assert notes(log) == ["source_connected S p", "source_disconnected S the gateway stopped"]
    await log.close()


async def test_silence_and_return_are_noted_once_each(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, limits=Limits(silence=10))
    await gateway.offer("SWM", "S", 1, b"1")
    since = clock.now // 1000
    clock.forward(9.9)
    gateway.tick()
    clock.forward(0.1)
    gateway.tick()
    clock.forward(60)
    gateway.tick()
    await gateway.offer("SWM", "S", 2, b"2")
    await gateway.offer("SWM", "S", 3, b"3")
    assert [(raw.name, raw.at - since) for raw in stored(log) if raw.serial < 0] == [
        ("SWM/S/-1", 10_000),
        ("SWM/S/-2", 70_000),
    ]
    assert [decode(raw.data) for raw in stored(log) if raw.serial < 0] == [
        SourceSilent(source="SWM", since=since, at=since + 10_000),
        SourceReturned(source="SWM", at=since + 70_000),
    ]
    assert names(log)[-3:] == ["SWM/S/-2", "SWM/S/2", "SWM/S/3"]


async def test_a_source_that_has_left_is_not_silent(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, limits=Limits(silence=10))
    gateway.connected("SWM", "S", "p")
    await gateway.offer("SWM", "S", 1, b"1")
    gateway.disconnected("SWM", "bye")
    clock.forward(60)
    gateway.tick()
    await gateway.close()
    assert notes(log) == ["source_connected S p", "source_disconnected S bye"]


async def test_a_source_that_was_never_heard_is_not_silent(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, limits=Limits(silence=10))
    await gateway.declare_lost("SWM", "S", 1, 1, "operator")
    gateway.tick()
    await gateway.close()
    assert notes(log) == ["serials_lost S"]


async def test_without_a_limit_nobody_is_silent(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, limits=Limits(silence=0))
    await gateway.offer("SWM", "S", 1, b"1")
    clock.forward(1e6)
    gateway.tick()
    await gateway.close()
    assert notes(log) == []


def test_a_venue_does_not_speak_as_the_gateway_or_the_people_side(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    assert [gateway.admits(source) for source in ("swm", "swm.desk", "gateway", "gateway-2", "management")] == [
        True,
        True,
        False,
        False,
        False,
    ]


# -- archives

CONNECTED = encode(SourceConnected(source="SWM", session="S", peer="p", at=1))
DAY = [
    ("SWM", "S", -1, 1, 1_000, CONNECTED),
    ("SWM", "S", 1, 5, 2_000, b'{"at":5}'),
    ("ATH", "A", 1, 6, 2_500, b"a1"),
    ("SWM", "S", 2, 7, 3_000, b"s2"),
]


def test_an_archive_is_stored_with_its_times_and_its_notes(log: SqliteLog, clock: HandClock) -> None:
    replayed = Gateway(log, clock).store(DAY)
    assert [raw[:6] for raw in replayed.raws] == DAY
    assert replayed.raws == stored(log)
    assert (replayed.duplicates, replayed.refused, replayed.lost) == (0, 0, 0)


def test_the_chain_is_that_of_the_live_gateway(log: SqliteLog, clock: HandClock) -> None:
    chain = GENESIS
    for source, session, serial, _, _, data in DAY:
        if source == "SWM":
            chain = link(chain, source, session, serial, data)
    Gateway(log, clock).store(DAY)
    assert stored(log)[-1].chain == chain


def test_an_archive_goes_on_where_the_log_ends(log: SqliteLog, clock: HandClock) -> None:
    Gateway(log, clock).store(DAY[:3])
    replayed = Gateway(log, clock).store(DAY)
    assert ([raw[:6] for raw in replayed.raws], replayed.duplicates) == (DAY[3:], 3)
    assert Gateway(log, clock).store(DAY) == Replayed([], 4, 0, 0)
    assert [raw[:6] for raw in stored(log)] == DAY


def test_a_conflict_in_an_archive_is_refused(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    gateway.store(DAY)
    replayed = gateway.store([("SWM", "S", 2, 7, 9_000, b"other"), ("a/b", "S", 1, 0, 9_000, b"x")])
    assert (replayed.raws, replayed.refused) == ([], 2)
    assert [(r.key, r.value, r.time, r.headers["reason"].decode()) for r in log.read(REFUSED)] == [
        ("SWM", b"other", 9_000, "other bytes are stored under SWM/S/2"),
        ("", b"x", 9_000, "the source's name holds a slash, white space or a control character"),
    ]


def test_what_an_archive_leaves_out_is_lost_and_what_it_brings_late_heals_it(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    replayed = gateway.store([("SWM", "S", serial, 0, 1000 * serial, b"x") for serial in (1, 4, 2, 3, 5)])
    assert (replayed.lost, replayed.refused) == (2, 0)
    assert [raw.serial for raw in replayed.raws] == [1, -1, 4, 2, 3, -2, 5]
    assert decode(replayed.raws[1].data) == SerialsLost(session="S", first=2, last=3, by="archive", at=4)
    assert decode(replayed.raws[5].data) == SerialsHealed(session="S", first=2, last=3, at=3)
    assert gateway.store([("SWM", "S", serial, 0, 0, b"x") for serial in (1, 4, 2)]).duplicates == 3


async def test_the_archive_of_a_log_gives_the_same_log(
    log: SqliteLog, tmp_path_factory: pytest.TempPathFactory, clock: HandClock
) -> None:
    gateway = Gateway(log, clock)
    gateway.connected("SWM", "S", "p")
    await gateway.offer("SWM", "S", 1, b"1")
    await gateway.declare_lost("SWM", "S", 2, 3, "sender")
    for serial in (4, 2, 3):
        clock.forward(1)
        await gateway.offer("SWM", "S", serial, b"x")
    await gateway.close()

    copy = SqliteLog.open(tmp_path_factory.mktemp("copy") / "games.podium")
    for raw in stored(log):  # one at a time, as the smallest parts
        Gateway(copy, clock).store([raw[:6]])
    assert stored(copy) == stored(log)
    await copy.close()


def test_a_part_of_an_archive_is_stored_wholly_or_not_at_all(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)

    def broken() -> object:
        yield from DAY
        raise ValueError("the archive is cut off")

    with pytest.raises(ValueError, match="cut off"):
        gateway.store(broken())  # type: ignore[arg-type]
    assert names(log) == []
    assert len(gateway.store(DAY).raws) == len(DAY)


async def test_after_an_archive_the_same_session_may_go_on_live(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    gateway.store(DAY)
    answer = await gateway.offer("SWM", "S", 3, b"live")
    assert (answer.code, stored(log)[-1].time) == ("stored", clock.now)


async def test_an_archive_does_not_overtake_live_messages(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    pending = gateway.offer("SWM", "S", 1, b"x")
    with pytest.raises(RuntimeError, match="in flight"):
        gateway.store(DAY)
    await pending
