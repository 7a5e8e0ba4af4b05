"""Laws of the gateway: whatever is sent, again, out of turn, or while the log refuses, the log holds the truth.

The model is plain: for each session a dict from serial to bytes, and a set of lost serials. A machine sends, sends
again, skips, declares lost, lets the log refuse, and restarts; the gateway must say what the model says, and what was
acknowledged must be in the log, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.batch import Answer
from engine.errors import LogFailed, NoPartition
from engine.gateway import Gateway
from engine.limits import Limits
from engine.log import Fence, Record, Stored
from engine.raw import GENESIS, RAW, Raw, link, raw_of

SOURCES = st.sampled_from(["SWM", "SWM", "SWM", "ATH"])
SESSIONS = st.sampled_from(["S", "S", "S", "T"])
STEPS = st.sampled_from([0, 0, 0, 0, 0, 0, -1, -2, -3, 1, 2])  # from the next serial
RARELY = st.sampled_from([False, False, False, False, True])
BODIES = st.sampled_from([b"", b"a", b"b", b'{"at":1}'])


class ListLog:
    """A log in a list, whose storage refuses every append that it is told to."""

    id = "0" * 32

    def __init__(self) -> None:
        self.records: dict[str, list[Stored]] = {}
        self.refusals = 0  # appends still to refuse

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        await asyncio.sleep(0)  # so that offers arrive while it is under way
        if self.refusals:
            self.refusals -= 1
            raise LogFailed("list", "appending", "told to")
        positions = []
        for record in records:
            topic = self.records.setdefault(record.topic, [])
            topic.append(
                Stored(len(topic) + 1, record.topic, record.key, record.value, record.time, dict(record.headers))
            )
            positions.append(len(topic))
        return positions

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        if partition:
            raise NoPartition("list", topic, partition)
        return self.records.get(topic, [])[after : after + limit]

    def partitions(self, topic: str) -> int:
        return 1

    def partition_of(self, topic: str, key: str) -> int:
        return 0

    def follow(self, topic: str, after: int = 0, *, partition: int = 0) -> AsyncIterator[list[Stored]]:
        raise NotImplementedError

    def head(self, topic: str, *, partition: int = 0) -> int:
        return len(self.records.get(topic, []))

    async def fence(self, name: str) -> Fence:
        raise NotImplementedError

    async def close(self) -> None:
        return


class Model:
    """What one session should be."""

    def __init__(self) -> None:
        self.last = 0
        self.bytes: dict[int, bytes] = {}
        self.lost: set[int] = set()

    def expect(self, serial: int, data: bytes) -> str:
        """Return the code that a message should be answered with, were all well."""
        if serial in self.bytes:
            return "duplicate" if self.bytes[serial] == data else "conflict"
        if serial in self.lost:
            return "healed"
        return "stored" if serial == self.last + 1 else "gap"

    def take(self, serial: int, data: bytes) -> None:
        """Take an accepted message in."""
        self.bytes[serial] = data
        self.lost.discard(serial)
        self.last = max(self.last, serial)

    def copy(self) -> Model:
        """Return a copy."""
        again = Model()
        again.last, again.bytes, again.lost = self.last, dict(self.bytes), set(self.lost)
        return again


class GatewayMachine(RuleBasedStateMachine):
    """Sends bursts: what is in one burst is in flight together."""

    @initialize()
    def start(self) -> None:
        """Begin with an empty log."""
        self.log = ListLog()
        self.loop = asyncio.new_event_loop()
        self.time = 0
        self.models: dict[tuple[str, str], Model] = {}
        self.acknowledged: dict[str, bytes] = {}
        self.open()

    def open(self) -> None:
        self.gateway = Gateway(self.log, self.now, limits=Limits(silence=5))

    @rule(really=RARELY)
    def restart(self, really: bool) -> None:
        """The process is killed, with nothing in flight; another one takes the log."""
        if really:
            self.open()

    def now(self) -> int:
        self.time += 1_000_000
        return self.time

    def model(self, source: str, session: str) -> Model:
        return self.models.setdefault((source, session), Model())

    @rule(
        sends=st.lists(st.tuples(SOURCES, SESSIONS, STEPS, BODIES), min_size=1, max_size=12),
        split=st.integers(0, 12),
        refusals=st.sampled_from([0, 0, 0, 0, 1, 2]),
    )
    def burst(self, sends: list[tuple[str, str, int, bytes]], split: int, refusals: int) -> None:
        """Send serials near the next one, some while the first are being stored, and perhaps the log refuses."""
        self.log.refusals = refusals
        before = {key: model.copy() for key, model in self.models.items()}
        answers: list[Answer] = []
        sent: list[tuple[str, str, int, bytes, str]] = []

        async def send() -> None:
            for number, (source, session, step, data) in enumerate(sends):
                if number == split:
                    await asyncio.sleep(0)
                model = self.model(source, session)
                serial = max(1, model.last + 1 + step)
                code = model.expect(serial, data)
                if code in ("stored", "healed"):
                    model.take(serial, data)
                sent.append((source, session, serial, data, code))
                self.gateway.submit(source, session, serial, data, "", notify=answers.append)
            await self.gateway._pipeline.drain()

        self.loop.run_until_complete(send())
        self.log.refusals = 0
        assert len(answers) == len(sent)
        assert [answer.serial for answer in answers] == [serial for _, _, serial, _, _ in sent]  # in order
        if not refusals:
            assert [answer.code for answer in answers] == [code for *_, code in sent]
            self.note_acknowledged(sent)
        else:  # some were refused: what counts is what the answers say
            self.models = before
            for (source, session, serial, data, _), answer in zip(sent, answers, strict=True):
                if answer.code in ("stored", "healed"):
                    self.model(source, session).take(serial, data)
                    self.acknowledged[f"{source}/{session}/{serial}"] = data

    def note_acknowledged(self, sent: list[tuple[str, str, int, bytes, str]]) -> None:
        for source, session, serial, data, code in sent:
            if code in ("stored", "healed", "duplicate"):
                self.acknowledged[f"{source}/{session}/{serial}"] = data

    @rule(source=SOURCES, session=SESSIONS, skip=st.integers(0, 2), count=st.integers(1, 3))
    def lose(self, source: str, session: str, skip: int, count: int) -> None:
        """Declare the next serials lost, or some beyond them, which is no use."""
        model = self.model(source, session)
        first = model.last + 1 + skip

        async def declare() -> Answer:
            return await self.gateway.declare_lost(source, session, first, first + count - 1, "x")

        answer = self.loop.run_until_complete(declare())
        assert answer.code == ("gap" if skip else "lost")
        if not skip:
            model.lost |= set(range(first, first + count))
            model.last += count

    @rule(source=SOURCES, session=SESSIONS, gone=st.booleans(), really=RARELY)
    def link(self, source: str, session: str, gone: bool, really: bool) -> None:
        """A source connects or goes, and time passes."""
        if not really:
            return

        async def change() -> None:
            if gone:
                self.gateway.disconnected(source, "gone")
            else:
                self.gateway.connected(source, session, "peer")
            self.gateway.tick()
            await self.gateway._pipeline.drain()

        self.loop.run_until_complete(change())

    def raws(self) -> list[Raw]:
        return [raw_of(stored) for stored in self.log.read(RAW, limit=1_000_000)]

    @invariant()
    def the_log_holds_what_the_model_holds(self) -> None:
        held: dict[tuple[str, str], dict[int, bytes]] = {}
        names = [raw.name for raw in self.raws()]
        assert len(set(names)) == len(names)  # nothing doubles
        for raw in self.raws():
            if raw.serial > 0:
                held.setdefault((raw.source, raw.session), {})[raw.serial] = raw.data
        assert held == {key: model.bytes for key, model in self.models.items() if model.bytes}

    @invariant()
    def what_was_acknowledged_is_in_the_log(self) -> None:
        held = {raw.name: raw.data for raw in self.raws()}
        assert {name: held.get(name) for name in self.acknowledged} == self.acknowledged

    @invariant()
    def serials_are_gap_free_save_declared_losses(self) -> None:
        for (source, session), model in self.models.items():
            assert set(model.bytes) | model.lost == set(range(1, model.last + 1))
            assert not set(model.bytes) & model.lost
            assert self.gateway.status(source, session)[0] == model.last

    @invariant()
    def every_source_is_a_chain_and_time_never_steps_back(self) -> None:
        heads: dict[str, bytes] = {}
        for raw in self.raws():
            before = heads.get(raw.source, GENESIS)
            assert raw.chain == link(before, raw.source, raw.session, raw.serial, raw.data)
            heads[raw.source] = raw.chain
        assert all(before.time <= after.time for before, after in pairwise(self.raws()))

    @invariant()
    def the_notes_say_what_was_lost_and_healed(self) -> None:
        lost: dict[tuple[str, str], set[int]] = {}
        healed: dict[tuple[str, str], set[int]] = {}
        for raw in self.raws():
            if raw.serial < 0:
                note = msgspec.json.decode(raw.data)
                for kind, found in (("serials_lost", lost), ("serials_healed", healed)):
                    if note["kind"] == kind:
                        serials = set(range(note["first"], note["last"] + 1))
                        found.setdefault((raw.source, note["session"]), set()).update(serials)
        for key, model in self.models.items():
            declared, whole = lost.get(key, set()), healed.get(key, set())
            assert model.lost <= declared - whole
            assert declared - model.lost >= whole

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.close()


TestGateway = GatewayMachine.TestCase
TestGateway.settings = settings(stateful_step_count=30)
