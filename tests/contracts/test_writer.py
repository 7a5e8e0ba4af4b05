"""What the writer of the people side must do on every log: subclass ``WriterContract`` with a way to open one.

The aggregates are real ones (quota books), and one made for the tests that fails in every way in which an aggregate can
(``tests/desks/tally.py``). Trouble comes through a log that lets it through when it is told to.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

import schemas.policy
from desks.codec import Codec
from desks.errors import BrokenHistory, DesksError, NotServed, OtherPartitions, Unavailable
from desks.outcome import Outcome, Position
from desks.partitions import Partitions, scan
from desks.reading import Heard, hear
from desks.recovery import recover
from desks.ticks import LAG, run_ticks
from desks.topics import COMMANDS, DEAD_LETTERS, EVENTS, REPLIES, SNAPSHOTS, UPCASTS
from desks.writer import Writer
from engine.kafka_log import KafkaLog
from engine.log import Log, Record, Stored
from engine.sqlite_log import SqliteLog
from management.aggregates import AGGREGATES
from management.command import Actor, Grant, Received, Refusal, Tick
from management.quota import HoldQuota, QuotaHeld, SetQuota
from schemas.layout import Layout, Spread
from schemas.policy.quota import decode
from tests.desks.tally import TALLY, Add, Added, Break, Limit, Ring
from tests.desks.troubled_log import TroubledLog, WithoutSnapshots

AGGREGATES_HERE = {"ct": TALLY, "ro": AGGREGATES["ro"]}
POLICIES = {"ct": Limit(), "ro": decode(Path(schemas.policy.__path__[0], "t20", "quota.toml").read_bytes())}
PEPPER = b"pepper"
SOON = 60.0  # seconds: when a test gives up; nothing is asserted about less
DAY = 86_400_000_000  # microseconds

SYSTEM = Actor("system", (Grant("SYSTEM"),))
AUTHORITY = Actor("bob", (Grant("GAMES_AUTHORITY"),))
ANN = Actor("ann", (Grant("RO_ACR", "ro:FRA"),))

NO_COMMANDS = [  # bytes, the code of the refusal, and part of its text
    (b"", "MALFORMED", "Input data was truncated"),
    (b"\xff\xfe", "MALFORMED", "JSON is malformed"),
    (b'{"id":"%s","key":"ct:A"}', "MALFORMED", "missing required field `command`"),
    (b'{"id":"%s","key":"ct:A","command":{"type":"no such"}}', "MALFORMED", "in the command, Invalid value"),
    (b'{"id":"%s","key":"ct:A","command":{"type":"add","count":"Ann"}}', "MALFORMED", "Expected `int`"),
    (b'{"id":"%s","key":"ct:A","command":{},"actor":{"id":"x"}}', "MALFORMED", "unknown field `actor`"),
    (b'{"id":"%s","key":"xx:A","command":{}}', "UNKNOWN_KEY", "no aggregate has such keys"),
    (b'{"id":"%s","key":"ct","command":{}}', "UNKNOWN_KEY", "no aggregate has such keys"),
    (b'{"id":"7","key":"ct:A","command":{"type":"add"}}', "MALFORMED", "its id is no UUID"),
    (b'{"id":"{%s}","key":"ct:A","command":{"type":"add"}}', "MALFORMED", "not written as a UUID is"),
    (
        b'{"id":"%s","key":"ct:' + b"A" * 300 + b'","command":{"type":"add"}}',
        "MALFORMED",
        "its key is no text, or too long",
    ),
]

_numbers = count(1)


def name(number: int | None = None) -> str:
    """Return the id of a command, another one each time or that of a number."""
    return str(UUID(int=(7 << 76) | (number if number is not None else next(_numbers))))


def received(command: Any, key: str = "ct:A", by: Actor = SYSTEM, **more: Any) -> Received[Any]:
    """Write a command briefly."""
    return Received(**{"id": name(), "key": key, "command": command, "actor": by, "at": 1_000, **more})


class Clock:
    """Log time, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_600_000_000_000_000

    def __call__(self) -> int:
        return self.now


class Logs:
    """Where the log of a test is."""

    async def open(self) -> Log:
        """Open the log; the one before is closed, or its process was killed."""
        raise NotImplementedError

    async def beside(self, log: Log) -> Log:
        """Open it for another writer while ``log`` is open."""
        raise NotImplementedError


class WriterContract:
    """The promise of ``desks/writer.py``, as tests."""

    partitions = Partitions(4)

    @pytest.fixture
    def logs(self, tmp_path: Path) -> Logs:
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    async def log(self, logs: Logs) -> AsyncIterator[TroubledLog]:
        log = TroubledLog(await logs.open())
        yield log
        await log.close()

    async def open(self, log: Log, clock: Clock, **options: Any) -> Writer:
        options = {"partitions": self.partitions, "aggregates": AGGREGATES_HERE, **options}
        return await Writer.open(log, options.pop("policies", POLICIES), clock, PEPPER, **options)

    @pytest.fixture
    async def writer(self, log: TroubledLog, clock: Clock) -> AsyncIterator[Writer]:
        writer = await self.open(log, clock)
        yield writer
        await writer.close()

    async def read(self, log: Log, topic: str) -> list[Stored]:
        """Return all that a topic holds of the people side."""
        nothing = dict.fromkeys(range(self.partitions.count), 0)
        return [stored async for _, stored in scan(log, topic, self.partitions, nothing)]

    async def count(self, log: Log, topic: str) -> int:
        """Return how many records a topic holds of the people side."""
        return len(await self.read(log, topic))

    async def events(self, log: Log) -> list[Heard]:
        """Return all events."""
        codec = Codec(PEPPER, AGGREGATES_HERE)
        return [hear(stored, self.partitions, codec) for stored in await self.read(log, EVENTS)]

    async def total(self, log: Log, key: str) -> int:
        """Return what was counted under a key, by the log."""
        found = [heard.recorded for heard in await self.events(log) if heard.recorded.key == key]
        return sum(recorded.event.count for recorded in found if isinstance(recorded.event, Added))

    def key_in(self, partition: int, prefix: str = "ct") -> str:
        """Return a key of a partition."""
        return next(key for n in count() if self.partitions.of(key := f"{prefix}:K{n}") == partition)

    async def check(self, log: Log, clock: Clock, writer: Writer) -> None:
        """See that a writer holds what the log holds, and that the log is sound."""
        held = [writer.digest(number) for number in range(self.partitions.count)]
        await writer.close()
        fresh = await self.open(log, clock)
        assert [fresh.digest(number) for number in range(self.partitions.count)] == held
        await fresh.close()
        versions = defaultdict(list)
        serials = defaultdict(list)
        for position, recorded in await self.events(log):
            versions[recorded.key].append(recorded.version)
            serials[position.partition].append(position.serial)
        for numbers in (*versions.values(), *serials.values()):
            assert numbers == list(range(1, len(numbers) + 1))

    # -- outcomes

    async def test_an_accepted_command_says_what_happened_and_where(self, log: TroubledLog, writer: Writer) -> None:
        key = "ct:A"
        wish = received(Add(2, steps=3), key, at=77, correlation="import 5")
        outcome = await writer.submit(wish)
        position = Position(self.partitions.of(key), 3)
        events = tuple(str(uuid5(UUID(wish.id), str(index))) for index in range(3))
        assert outcome == Outcome(wish.id, key, position, 3, events)
        assert outcome.accepted
        heard = await self.events(log)
        assert [one.position.serial for one in heard] == [1, 2, 3]
        assert [(r.id, r.key, r.version, r.event, r.cause, r.actor, r.at, r.correlation) for _, r in heard] == [
            (events[n], key, n + 1, Added(2), wish.id, "system", 77, "import 5") for n in range(3)
        ]

    async def test_command_events_and_reply_are_one_append(self, log: TroubledLog, writer: Writer) -> None:
        outcome = await writer.submit(received(Add(1, steps=2)))
        assert [[record.topic for record in batch] for batch in log.batches] == [[COMMANDS, EVENTS, EVENTS, REPLIES]]
        assert {record.key for record in log.batches[0]} == {"ct:A"}
        (reply,) = await self.read(log, REPLIES)
        assert json.loads(reply.value)["events"] == list(outcome.events)

    async def test_a_refusal_is_an_outcome_on_the_log(self, log: TroubledLog, writer: Writer) -> None:
        wish = received(Add(2_000_000))
        outcome = await writer.submit(wish)
        refusal = Refusal("FULL", "There are too many.", {"total": 0})
        assert outcome == Outcome(wish.id, "ct:A", Position(self.partitions.of("ct:A"), 0), 0, (), refusal)
        assert not outcome.accepted
        assert [record.topic for record in log.batches[0]] == [COMMANDS, REPLIES]
        assert await self.events(log) == []

    async def test_a_wish_that_is_so_already_is_accepted_without_events(self, writer: Writer) -> None:
        await writer.submit(received(SetQuota("E", 1), "ro:FRA", AUTHORITY))
        again = await writer.submit(received(SetQuota("E", 1), "ro:FRA", AUTHORITY))
        assert (again.accepted, again.events, again.version) == (True, (), 1)

    async def test_versions_of_a_key_have_no_holes_whoever_sends(
        self, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        keys = [f"ct:K{n}" for n in range(7)]
        await asyncio.gather(*(writer.submit(received(Add(1, steps=1 + n % 3), keys[n % 7])) for n in range(200)))
        await self.check(log, clock, writer)
        assert len(await self.events(log)) == 399

    async def test_commands_that_come_together_share_commits(self, log: TroubledLog, writer: Writer) -> None:
        await asyncio.gather(*(writer.submit(received(Add())) for _ in range(200)))
        assert [sum(record.topic == COMMANDS for record in batch) for batch in log.batches] == [50] * 4

    async def test_commands_are_decided_in_the_order_in_which_they_came(self, writer: Writer) -> None:
        outcomes = await asyncio.gather(*(writer.submit(received(Add())) for _ in range(120)))
        assert [outcome.version for outcome in outcomes] == list(range(1, 121))

    # -- the same command again

    async def test_the_same_command_again_gets_its_first_outcome(self, log: TroubledLog, writer: Writer) -> None:
        wish = received(Add(1, steps=2))
        first = await writer.submit(wish)
        await writer.submit(received(Add()))
        assert await writer.submit(wish) == first
        assert await self.total(log, "ct:A") == 3

    async def test_a_copy_that_comes_later_may_have_another_time(self, writer: Writer) -> None:
        first = await writer.submit(received(Add(), id=name(1), at=1))
        assert await writer.submit(received(Add(), id=name(1), at=2)) == first

    async def test_copies_in_flight_are_one_command(self, log: TroubledLog, writer: Writer) -> None:
        wish = received(Add())
        outcomes = await asyncio.gather(*(writer.submit(wish) for _ in range(70)))
        assert outcomes == [outcomes[0]] * 70
        assert await self.total(log, "ct:A") == 1

    async def test_a_refused_command_stays_refused(self, writer: Writer) -> None:
        wish = received(HoldQuota("E", "per:P1/1"), "ro:FRA", ANN)
        first = await writer.submit(wish)
        assert first.refusal is not None
        assert first.refusal.code == "QUOTA"
        await writer.submit(received(SetQuota("E", 1), "ro:FRA", AUTHORITY))
        assert await writer.submit(wish) == first
        assert (await writer.submit(received(HoldQuota("E", "per:P1/1"), "ro:FRA", ANN))).accepted

    @pytest.mark.parametrize(
        "other",
        [{"command": Add(2)}, {"by": Actor("eve", (Grant("SYSTEM"),))}, {"expected": 1}],
        ids=["another payload", "another actor", "another version"],
    )
    async def test_another_command_under_the_same_id_is_a_conflict(
        self, log: TroubledLog, writer: Writer, other: dict[str, Any]
    ) -> None:
        first = await writer.submit(received(Add(1), id=name(1)))
        conflict = await writer.submit(received(**{"command": Add(1), "id": name(1), **other}))
        assert conflict.refusal is not None
        assert conflict.refusal.code == "IDEMPOTENCY_CONFLICT"
        assert await writer.submit(received(Add(1), id=name(1))) == first
        assert await self.total(log, "ct:A") == 1

    async def test_outcomes_outlive_the_writer(self, logs: Logs, clock: Clock) -> None:
        wishes = [received(Add(), "ct:A"), received(Add(9_000_000), "ct:B"), received(Add(2, steps=2), "ct:C")]
        log = await logs.open()
        writer = await self.open(log, clock)
        first = [await writer.submit(wish) for wish in wishes]
        await writer.close()
        await log.close()
        log = await logs.open()
        writer = await self.open(log, clock)
        assert [await writer.submit(wish) for wish in wishes] == first
        conflict = await writer.submit(received(Add(5), id=wishes[0].id))
        assert conflict.refusal is not None
        assert conflict.refusal.code == "IDEMPOTENCY_CONFLICT"
        assert await self.total(log, "ct:A") == 1
        await writer.close()
        await log.close()

    @pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
    async def test_outcomes_are_kept_for_seven_days_of_log_time(
        self, log: TroubledLog, clock: Clock, restart: bool
    ) -> None:
        writer = await self.open(log, clock)
        old, wish = received(Add()), received(Add())
        await writer.submit(old)
        clock.now += 1
        first = await writer.submit(wish)
        clock.now += 7 * DAY
        await writer.submit(received(Add()))
        if restart:
            await writer.save()
            await writer.close()
            writer = await self.open(log, clock)
        assert await writer.submit(wish) == first
        assert (await writer.submit(old)).version == 4  # forgotten, and so done anew
        await writer.close()

    # -- versions

    async def test_a_command_for_another_version_is_refused(self, log: TroubledLog, writer: Writer) -> None:
        assert (await writer.submit(received(Add(), expected=0))).version == 1
        refused = await writer.submit(received(Add(), expected=0))
        assert refused.refusal == Refusal(
            "VERSION", "It has version 1 by now, and 0 was expected.", {"version": 1, "expected": 0}
        )
        assert (await writer.submit(received(Add(), expected=1))).version == 2
        assert await self.total(log, "ct:A") == 2

    async def test_of_two_that_saw_the_same_one_wins(self, writer: Writer) -> None:
        outcomes = await asyncio.gather(*(writer.submit(received(Add(), expected=0)) for _ in range(20)))
        assert [outcome.refusal.code if outcome.refusal else "" for outcome in outcomes] == [""] + ["VERSION"] * 19

    # -- when the log refuses

    async def test_what_the_log_refused_has_not_happened(self, log: TroubledLog, clock: Clock, writer: Writer) -> None:
        await writer.submit(received(Add(1)))
        wishes = [received(Add(10)), received(Add(100))]
        log.refusals = 1
        failed = await asyncio.gather(*(writer.submit(wish) for wish in wishes), return_exceptions=True)
        assert [type(one) for one in failed] == [Unavailable, Unavailable]
        assert (await writer.submit(received(Add(1000)))).version == 2
        assert await self.total(log, "ct:A") == 1001
        again = await asyncio.gather(*(writer.submit(wish) for wish in wishes))  # sent again, it happens
        assert [outcome.version for outcome in again] == [3, 4]
        await self.check(log, clock, writer)

    async def test_what_comes_while_the_log_refuses_is_decided_on_what_it_holds(
        self, log: TroubledLog, writer: Writer
    ) -> None:
        log.open.clear()
        log.refusals = 1
        first = asyncio.create_task(writer.submit(received(Add(1))))
        await log.waiting.wait()
        second = asyncio.create_task(writer.submit(received(Add(2), expected=0)))
        await asyncio.sleep(0)
        log.open.set()
        with pytest.raises(Unavailable, match=r"the command found no answer: .*told to"):
            await first
        assert (await second).version == 1

    async def test_an_append_whose_answer_was_lost_has_happened_once(
        self, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        wishes = [received(Add(1)), received(Add(2_000_000)), received(Add(10))]
        log.lost_answers = 1
        outcomes = await asyncio.gather(*(writer.submit(wish) for wish in wishes))
        assert [outcome.accepted for outcome in outcomes] == [True, False, True]
        assert await self.total(log, "ct:A") == 11
        assert [await writer.submit(wish) for wish in wishes] == outcomes
        await self.check(log, clock, writer)

    async def test_a_log_that_cannot_even_be_read_is_read_later(
        self, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        await writer.submit(received(Add(1)))
        log.refusals, log.unreadable = 1, 2
        for wish in (received(Add(10)), received(Add(100))):  # the second finds it so before anything is decided
            with pytest.raises(Unavailable):
                await writer.submit(wish)
        assert log.unreadable == 0
        assert (await writer.submit(received(Add(1000)))).version == 2
        assert await self.total(log, "ct:A") == 1001
        await self.check(log, clock, writer)

    async def test_who_stops_waiting_disturbs_nobody(self, log: TroubledLog, writer: Writer) -> None:
        wish = received(Add(1))
        gone = asyncio.create_task(writer.submit(wish))
        stays = asyncio.create_task(writer.submit(received(Add(10))))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await stays).version == 2
        assert (await writer.submit(wish)).version == 1
        assert await self.total(log, "ct:A") == 11

    # -- one writer

    async def test_a_writer_that_was_asleep_stores_nothing(
        self, logs: Logs, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        await writer.submit(received(Add(1)))
        log.open.clear()  # it falls asleep between deciding and appending
        asleep = [asyncio.create_task(writer.submit(received(Add(10)))) for _ in range(3)]
        await log.waiting.wait()
        waits = asyncio.create_task(writer.submit(received(Add(100))))
        other = await self.open(await logs.beside(log._log), clock)
        assert (await other.submit(received(Add(1000)))).version == 2
        log.open.set()
        failed = await asyncio.gather(*asleep, waits, return_exceptions=True)
        assert [type(one) for one in failed] == [NotServed] * 4
        assert self.partitions.of("ct:A") not in writer.serves
        with pytest.raises(NotServed, match="the newest is"):
            await writer.submit(received(Add(10)))
        assert await self.total(log, "ct:A") == 1001
        assert (await other.submit(received(Add(1)))).version == 3
        await self.check(log, clock, other)

    async def test_a_writer_that_was_asleep_saves_nothing(
        self, logs: Logs, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        await writer.submit(received(Add(1)))
        other = await self.open(await logs.beside(log._log), clock)
        with pytest.raises(NotServed):
            await writer.save()
        assert await self.read(log, SNAPSHOTS) == []
        with pytest.raises(NotServed):
            await writer.submit(received(Add(1)))
        await other.close()

    async def test_taking_over_under_load_loses_nothing(
        self, logs: Logs, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        accepted: list[Outcome] = []

        async def load(writers: list[Writer]) -> None:
            for n in range(60):
                wish = received(Add(), f"ct:K{n % 5}")
                while not (outcome := await first(writers, wish)):  # noqa: ASYNC110 - a client hears of no event
                    await asyncio.sleep(0.001)  # one has lost it, and the next does not have it yet
                accepted.append(outcome)

        async def first(writers: list[Writer], wish: Received[Any]) -> Outcome | None:
            for one in writers:  # the same command to the next writer, as a client would
                try:
                    return await one.submit(wish)
                except NotServed:
                    continue
            return None

        writers = [writer]
        loads = [asyncio.create_task(load(writers)) for _ in range(4)]
        for _ in range(3):
            await asyncio.sleep(0.005)
            writers.append(await self.open(await logs.beside(log._log), clock))
        await asyncio.gather(*loads)
        assert len({outcome.id for outcome in accepted}) == len(accepted) == 240
        assert sorted(e for outcome in accepted for e in outcome.events) == sorted(
            heard.recorded.id for heard in await self.events(log)
        )
        await self.check(log, clock, writers[-1])

    async def test_partitions_are_taken_over_one_by_one(
        self, logs: Logs, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        other = await self.open(await logs.beside(log._log), clock, numbers=[1, 2])
        with pytest.raises(NotServed):
            await writer.submit(received(Add(), self.key_in(1)))
        assert (await writer.submit(received(Add(), self.key_in(0)))).accepted
        assert (await other.submit(received(Add(), self.key_in(1)))).accepted
        with pytest.raises(NotServed, match="this writer does not have it"):
            await other.submit(received(Add(), self.key_in(0)))
        await writer.acquire([1])
        assert (await writer.submit(received(Add(), self.key_in(1)))).version == 2
        assert list(writer.serves) == [0, 1, 2, 3]  # nothing has told it yet that 2 is gone
        with pytest.raises(NotServed):
            await writer.submit(received(Add(), self.key_in(2)))
        assert list(writer.serves) == [0, 1, 3]
        await other.close()

    async def test_a_closed_writer_answers_what_waited_and_takes_nothing_more(
        self, log: TroubledLog, writer: Writer
    ) -> None:
        waiting = [asyncio.create_task(writer.submit(received(Add()))) for _ in range(120)]
        await asyncio.sleep(0)
        await writer.close()
        assert [(await task).version for task in waiting] == list(range(1, 121))
        with pytest.raises(NotServed, match="the writer is closed"):
            await writer.submit(received(Add()))

    # -- poison

    @pytest.mark.parametrize("where", ["decide", "evolve", "event", "refusal"])
    async def test_poison_stops_nobody(self, log: TroubledLog, clock: Clock, writer: Writer, where: str) -> None:
        poison = received(Break(where))
        before, outcome, after = await asyncio.gather(
            writer.submit(received(Add(1))), writer.submit(poison, "api"), writer.submit(received(Add(10)))
        )
        assert (before.version, after.version) == (1, 2)
        assert outcome.refusal is not None
        assert outcome.refusal.code == "POISON"
        (letter,) = await self.read(log, DEAD_LETTERS)
        told = json.loads(letter.value)
        assert (told["id"], told["key"], told["code"], told["place"]) == (poison.id, "ct:A", "POISON", "api")
        assert "secret" not in letter.value.decode()
        assert await self.total(log, "ct:A") == 11
        await self.check(log, clock, writer)

    async def test_poison_in_evolving_is_not_tried_again_and_again(self, log: TroubledLog, writer: Writer) -> None:
        poison = received(Break("evolve"))
        for _ in range(3):
            outcome = await writer.submit(poison)
            assert outcome.refusal is not None
            assert outcome.refusal.code == "POISON"
        assert len(await self.read(log, DEAD_LETTERS)) == 3
        assert await self.total(log, "ct:A") == 0

    async def test_what_is_no_command_is_put_aside(self, log: TroubledLog, clock: Clock, writer: Writer) -> None:
        for number, (data, code, why) in enumerate(NO_COMMANDS):
            place = f"file.xlsx row {number}"
            outcome = await writer.submit_bytes(data.replace(b"%s", name(3).encode()), SYSTEM, 9, place)
            assert outcome.refusal is not None
            assert (data, outcome.refusal.code) == (data, code)
            assert why in outcome.refusal.text
        letters = await self.read(log, DEAD_LETTERS)
        told = {letter["place"]: letter for letter in (json.loads(stored.value) for stored in letters)}
        codes = {f"file.xlsx row {number}": code for number, (_, code, _) in enumerate(NO_COMMANDS)}
        assert {place: letter["code"] for place, letter in told.items()} == codes
        assert {(letter["actor"], letter["at"]) for letter in told.values()} == {("system", 9)}
        assert {letter.time for letter in letters} == {clock.now}
        assert b"Ann" not in b"".join(letter.value for letter in letters)
        assert (await writer.submit(received(Add()))).version == 1

    async def test_a_command_as_a_client_sends_it(self, log: TroubledLog, writer: Writer) -> None:
        data = b'{"id":"%s","key":"ct:A","command":{"type":"add","count":3},"expected":0}' % name(3).encode()
        outcome = await writer.submit_bytes(data, SYSTEM, 9, "api")
        assert (outcome.id, outcome.version) == (name(3), 1)
        assert await writer.submit(received(Add(3), id=name(3), expected=0)) == outcome
        assert await self.total(log, "ct:A") == 3

    async def test_a_key_of_nobody_is_put_aside(self, log: TroubledLog, writer: Writer) -> None:
        outcome = await writer.submit(received(Add(), "xx:\ud800"))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "MALFORMED"
        outcome = await writer.submit(received(Add(), "xx:A"))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "UNKNOWN_KEY"
        letters = {json.loads(stored.value)["key"]: stored.key for stored in await self.read(log, DEAD_LETTERS)}
        assert letters == {"xx:?": "", "xx:A": "xx:A"}

    # -- time

    async def test_a_deadline_passes_by_a_command_some_seconds_later(self, log: TroubledLog, writer: Writer) -> None:
        await writer.submit(received(Ring(10_000)))
        assert writer.ticks(10_000 + LAG - 1) == []
        (tick,) = writer.ticks(10_000 + LAG)
        assert (tick.key, tick.command, tick.at) == ("ct:A", Tick(10_000), 10_000 + LAG)
        outcome = await writer.submit(tick)
        assert len(outcome.events) == 1
        assert writer.ticks(99_000) == []
        assert len(await self.read(log, COMMANDS)) == 2

    async def test_two_schedulers_send_the_same_command(self, writer: Writer) -> None:
        await writer.submit(received(Ring(10_000)))
        (one,), (other,) = writer.ticks(20_000), writer.ticks(20_001)
        assert one.id == other.id
        assert await writer.submit(one) == await writer.submit(other)

    async def test_a_later_deadline_at_the_same_instant_fires_too(self, writer: Writer) -> None:
        for _ in range(2):
            await writer.submit(received(Ring(10_000)))
            (tick,) = writer.ticks(20_000)
            assert len((await writer.submit(tick)).events) == 1
        assert writer.ticks(99_000) == []

    async def test_ticks_come_in_order_from_all_keys(self, writer: Writer) -> None:
        for n in range(20):
            await writer.submit(received(Ring(10_000 - n), f"ct:K{n}"))
        assert [tick.command.until for tick in writer.ticks(99_000)] == list(range(9_981, 10_001))

    async def test_nobody_but_the_system_says_that_time_has_passed(self, writer: Writer) -> None:
        await writer.submit(received(Ring(10_000)))
        outcome = await writer.submit(received(Tick(20_000), by=ANN))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "NOT_AUTHORISED"

    async def test_the_loop_of_the_scheduler_fires_what_is_due(self, log: TroubledLog, writer: Writer) -> None:
        log.refusals = 1  # what the log does not take is sent again
        with pytest.raises(Unavailable):
            await writer.submit(received(Ring(1)))
        for at in (1, 2, 3, 4_000_000):
            await writer.submit(received(Ring(at)))
        log.refusals = 1
        scheduler = asyncio.create_task(run_ticks(writer, lambda: 10_000_000, pause=0.001))
        reached = await writer.progress.wait(Position(self.partitions.of("ct:A"), 7), SOON)
        scheduler.cancel()
        assert reached
        assert [heard.recorded.event.at for heard in await self.events(log)][4:] == [1, 2, 3]

    @pytest.mark.parametrize("saved", [False, True], ids=["from events", "from a snapshot"])
    async def test_a_deadline_outlives_the_writer(self, log: TroubledLog, clock: Clock, saved: bool) -> None:
        writer = await self.open(log, clock)
        await writer.submit(received(Ring(10_000)))
        ticks = writer.ticks(20_000)
        if saved:
            await writer.save()
        await writer.close()
        writer = await self.open(log, clock)
        assert writer.ticks(20_000) == ticks
        await writer.submit(ticks[0])
        assert writer.ticks(20_000) == []
        await writer.close()

    # -- snapshots

    async def test_a_snapshot_and_the_rest_is_the_whole(self, log: TroubledLog, clock: Clock, seed: int) -> None:
        moments = random.Random(seed)
        writer = await self.open(log, clock, snapshot_every=moments.choice([3, 10, 1000]))
        wishes: list[Received[Any]] = []
        outcomes: list[Outcome] = []
        for _ in range(15):
            if moments.random() < 0.2:
                await writer.save()
            if moments.random() < 0.1:
                await writer.close()
                writer = await self.open(log, clock, snapshot_every=moments.choice([3, 10, 1000]))
            commands = [moments.choice([Add(n), Add(n, steps=2), Ring(n)]) for n in range(moments.randint(1, 12))]
            burst = [received(command, f"ct:K{moments.randrange(12)}") for command in commands]
            wishes += burst
            outcomes += await asyncio.gather(*(writer.submit(wish) for wish in burst))
        held = [writer.digest(number) for number in range(4)]
        await writer.save()
        await writer.close()
        found = await recover(log, self.partitions, range(4), codec=Codec(PEPPER, AGGREGATES_HERE), policies=POLICIES)
        assert [loaded.unsaved for loaded in found.values()] == [0] * 4
        again = await self.open(log, clock)
        assert [again.digest(number) for number in range(4)] == held
        assert await asyncio.gather(*(again.submit(wish) for wish in wishes)) == outcomes
        await again.close()
        whole = await self.open(WithoutSnapshots(log), clock)
        assert [whole.digest(number) for number in range(4)] == held
        await whole.close()

    async def test_a_snapshot_of_thirty_days_ago_is_as_good(self, log: TroubledLog, clock: Clock) -> None:
        writer = await self.open(log, clock)
        old = received(Add())
        await writer.submit(old)
        await writer.save()
        for _ in range(30):
            clock.now += DAY
            await writer.submit(received(Add()))
        held = writer.digest(self.partitions.of("ct:A"))
        await writer.close()
        again = await self.open(log, clock)
        assert again.digest(self.partitions.of("ct:A")) == held
        assert (await again.submit(old)).version == 32  # its outcome is forgotten
        await again.close()

    async def test_a_start_reads_twice_what_there_is_and_not_what_there_was(
        self, log: TroubledLog, clock: Clock
    ) -> None:
        writer = await self.open(log, clock, snapshot_every=10)
        keys = [f"ct:K{n}" for n in range(100)]
        for start in range(60):  # a few are always at work, and each of the others now and then
            busy = [keys[n % 8] for n in range(12)] + [keys[(start * 3 + n) % 100] for n in range(3)]
            await asyncio.gather(*(writer.submit(received(Add(), key)) for key in busy))
        assert await self.count(log, SNAPSHOTS) > 450
        await writer.close()
        log.reads.clear()
        again = await self.open(log, clock)
        slots = [stored for stored in log.reads if stored.topic == SNAPSHOTS]
        events = [stored for stored in log.reads if stored.topic == EVENTS]
        assert len(slots) <= 3 * 100
        assert len(events) <= 4 * 4 * 15  # a burst beyond the last snapshot, as four partitions may share what is read
        await again.close()

    async def test_a_snapshot_that_the_log_refuses_harms_nothing(self, log: TroubledLog, clock: Clock) -> None:
        writer = await self.open(log, clock, snapshot_every=5)
        log.refused_topic = SNAPSHOTS
        assert [(await writer.submit(received(Add()))).version for _ in range(12)] == list(range(1, 13))
        assert await self.read(log, SNAPSHOTS) == []
        log.refused_topic = ""
        await writer.save()
        assert len(await self.read(log, SNAPSHOTS)) == 1
        await self.check(log, clock, writer)

    # -- what lies on the log

    async def test_events_that_somebody_else_wrote_are_found(
        self, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        await writer.submit(received(Add(), "ct:A"))
        await writer.close()
        (event,) = await self.read(log, EVENTS)
        headers = {**event.headers, "serial": b"2"}
        await log.append([Record(EVENTS, "ct:A", event.value, event.time, headers)])
        with pytest.raises(BrokenHistory, match=r"management.events, partition \d, position \d+: its chain"):
            await self.open(log, clock)

    async def test_a_missing_event_is_found(self, log: TroubledLog, clock: Clock, writer: Writer) -> None:
        await writer.submit(received(Add(), "ct:A"))
        await writer.close()
        (event,) = await self.read(log, EVENTS)
        headers = {**event.headers, "serial": b"3"}
        await log.append([Record(EVENTS, "ct:A", event.value, event.time, headers)])
        with pytest.raises(BrokenHistory, match="event 2 of the partition should stand here"):
            await self.open(log, clock)

    async def test_another_number_of_partitions_is_refused(
        self, log: TroubledLog, clock: Clock, writer: Writer
    ) -> None:
        await writer.submit(received(Add(), "ct:A"))
        await writer.close()
        with pytest.raises(OtherPartitions, match="but there are 5 here"):
            await self.open(log, clock, partitions=Partitions(5))

    async def test_facts_about_a_person_do_not_stay(self, log: TroubledLog, writer: Writer) -> None:
        first = await writer.submit(received(Add(born="2001-02-03"), id=name(1)))
        for topic in (COMMANDS, EVENTS, REPLIES):
            for stored in await self.read(log, topic):
                assert b"2001" not in stored.value
        assert await writer.submit(received(Add(born="2001-02-03"), id=name(1))) == first
        conflict = await writer.submit(received(Add(born="2001-02-04"), id=name(1)))
        assert conflict.refusal is not None
        assert conflict.refusal.code == "IDEMPOTENCY_CONFLICT"

    async def test_log_time_never_steps_back(self, log: TroubledLog, clock: Clock, writer: Writer) -> None:
        await writer.submit(received(Add()))
        clock.now -= DAY
        await writer.submit(received(Add()))
        await writer.close()
        writer = await self.open(log, clock)
        await writer.submit(received(Add()))
        await writer.close()
        times = [stored.time for stored in await self.read(log, EVENTS)]
        assert times == sorted(times)

    # -- reading what one wrote

    async def test_a_reader_waits_for_what_was_written(self, log: TroubledLog, writer: Writer) -> None:
        log.open.clear()
        submitted = asyncio.create_task(writer.submit(received(Add(1, steps=2))))
        await log.waiting.wait()
        position = Position(self.partitions.of("ct:A"), 2)
        assert not await writer.progress.wait(position, 0.0)  # decided, and not durable
        log.open.set()
        outcome = await submitted
        assert outcome.position == position
        assert await writer.progress.wait(outcome.position, SOON)

    async def test_scenario_4_quota_race(self, log: TroubledLog, clock: Clock, writer: Writer) -> None:
        """Acceptance scenario 4: 200 ask at once for the one free place."""
        await writer.submit(received(SetQuota("E", 1), "ro:FRA", AUTHORITY))
        wishes = [received(HoldQuota("E", f"per:P{n}/1"), "ro:FRA", ANN) for n in range(200)]
        outcomes = await asyncio.gather(*(writer.submit(wish) for wish in wishes))
        codes = [outcome.refusal.code if outcome.refusal else "" for outcome in outcomes]
        assert sorted(codes) == [""] + ["QUOTA"] * 199
        winner = wishes[codes.index("")]
        assert await writer.submit(winner) == outcomes[codes.index("")]
        held = [heard.recorded.event for heard in await self.events(log)][1:]
        assert [event.hold for event in held if isinstance(event, QuotaHeld)] == [winner.id]
        await self.check(log, clock, writer)


class TestOnSqlite(WriterContract):
    """One file holds all partitions."""

    @pytest.fixture
    def logs(self, tmp_path: Path) -> Logs:
        class File(Logs):
            async def open(self) -> Log:
                return SqliteLog.open(tmp_path / "games.podium")

            async def beside(self, log: Log) -> Log:
                return log  # one process writes a file: two writers in it share the log

        return File()


class TestOnKafka(WriterContract):
    """Each partition is one of the broker's, and two writers are two clients of it."""

    @pytest.fixture
    def logs(self, kafka: str) -> Iterator[Logs]:
        url = f"kafka://{kafka}/{uuid4().hex}"
        layout = Layout(dict.fromkeys(UPCASTS, Spread(self.partitions.count)))

        class Broker(Logs):
            async def open(self) -> Log:
                return KafkaLog.open(url, layout=layout)

            async def beside(self, log: Log) -> Log:
                others.append(KafkaLog.open(url))
                return others[-1]

        others: list[KafkaLog] = []
        yield Broker()
        for other in others:
            other.close_now()


def test_errors_are_of_one_tree() -> None:
    assert {error.__base__ for error in (NotServed, Unavailable, BrokenHistory, OtherPartitions)} == {DesksError}
