"""What audit must find on every log: subclass ``AuditContract`` with a way to open two logs.

An administrator can do to a log whatever he wants, so here he copies it into another one, with changes, and has that
audited in its place. A writer with a small aggregate (``tests/desks/tally.py``) makes the events.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import msgspec
import pytest

from desks.audit.auditor import Auditor, key_of
from desks.audit.checkpoints import CHECKPOINTS, read_file
from desks.audit.ledger import ledgers, partitions_of
from desks.audit.note import NoteRefused, VerifierKey
from desks.audit.proof import Inclusion, check, decode, prove_consistency, prove_inclusion
from desks.audit.verify import Report, verify
from desks.audit.witness import Answer, FolderWitness
from desks.errors import Mismatch
from desks.partitions import Partitions
from desks.topics import CHAIN, COMMANDS, EVENTS, UPCASTS, genesis, link
from desks.writer import Writer
from engine.errors import Fenced
from engine.kafka_log import KafkaLog
from engine.log import Log, Record
from engine.sqlite_log import SqliteLog
from management.command import Actor, Received
from schemas.layout import Layout, Spread
from tests.desks.tally import TALLY, Add, Limit
from tests.desks.test_keys import key

PARTITIONS = Partitions(2)
AUDIT, WITNESS = key(5), key(6)
CHECKED_BY = key_of("T20", AUDIT)
SEEN_BY = VerifierKey("witness", WITNESS.public, 4)
TOPICS = (EVENTS,)
ANN = Actor("ann")

Change = Callable[[Record], Record | None]


class Clock:
    """Log time, a second later each time."""

    def __init__(self) -> None:
        self._now = count(1_600_000_000_000_000, 1_000_000)

    def __call__(self) -> int:
        return next(self._now)


WRITERS: WeakKeyDictionary[Log, Writer] = WeakKeyDictionary()  # opening one takes longer than all it writes here


async def write(log: Log, number: int, keys: Sequence[str] = ("ct:A", "ct:D")) -> None:
    """Have events happen, in both partitions."""
    if log not in WRITERS:
        options: dict[str, Any] = {"partitions": PARTITIONS, "aggregates": {"ct": TALLY}}
        WRITERS[log] = await Writer.open(log, {"ct": Limit()}, Clock(), b"pepper", **options)
    wishes = [Received(str(uuid4()), keys[at % len(keys)], Add(), ANN, 1_000) for at in range(number)]
    await asyncio.gather(*(WRITERS[log].submit(wish) for wish in wishes))


async def audit(log: Log, **options: Any) -> Auditor:
    return await Auditor.open(log, "T20", AUDIT, Clock(), **{"partitions": PARTITIONS, "topics": TOPICS, **options})


async def report(log: Log, **kept: Sequence[str]) -> Report:
    return await verify(log, "T20", CHECKED_BY, partitions=PARTITIONS, kept=kept, topics=TOPICS)


def kinds(found: Report) -> set[str]:
    return {finding.kind for finding in found.findings}


async def copy(log: Log, to: Log, change: Change) -> None:
    """Write another log of what there is, with changes; the chain over the events is made anew."""
    chains = {number: genesis(PARTITIONS.mark(number)) for number in range(PARTITIONS.count)}
    records: list[Record] = []
    for topic in (COMMANDS, EVENTS, CHECKPOINTS):
        for place in range(log.partitions(topic)):
            for stored in log.read(topic, limit=10_000, partition=place):
                record = change(Record(topic, stored.key, stored.value, stored.time, stored.headers))
                if record is not None and topic == EVENTS:
                    number = PARTITIONS.read_mark(stored)
                    chains[number] = link(chains[number], record.value)
                    record = msgspec.structs.replace(record, headers={**record.headers, CHAIN: chains[number]})
                records += [record] if record else []
    await to.append(records)


class AuditContract:
    """The promise of ``desks/audit``, as tests."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[[str], Log]:
        """Return a way to open a log by its name."""
        raise NotImplementedError

    @pytest.fixture
    async def log(self, opened: Callable[[str], Log]) -> AsyncIterator[Log]:
        log = opened("games")
        yield log
        await log.close()

    @pytest.fixture
    async def other(self, opened: Callable[[str], Log]) -> AsyncIterator[Log]:
        log = opened("other")
        yield log
        await log.close()

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "checkpoints.jsonl"

    @pytest.fixture
    def witness(self, tmp_path: Path) -> FolderWitness:
        (folder := tmp_path / "witness").mkdir()
        return FolderWitness(folder, "witness", WITNESS, [CHECKED_BY], Clock())

    async def test_what_was_signed_is_there_and_what_came_since_is_said(self, log: Log, file: Path) -> None:
        assert partitions_of(log) == Partitions()
        await write(log, 7)
        assert partitions_of(log) == PARTITIONS
        auditor = await audit(log, file=file)
        assert sum(signed.checkpoint.size for signed in await auditor.checkpoint()) == 7
        assert await auditor.checkpoint() == []  # nothing has grown
        await write(log, 4)
        await auditor.checkpoint()
        await write(log, 2)
        found = await report(log, file=list(read_file(file)))
        assert found.findings == ()
        assert found.unsigned == 2
        assert found.checkpoints == auditor.signed == len(list(read_file(file)))
        assert sum(tree.size for tree in found.trees) == 13

    async def test_another_auditor_goes_on_where_the_one_before_stopped(self, log: Log) -> None:
        await write(log, 7)
        before = await audit(log)
        await before.checkpoint()
        await write(log, 6)
        signed = await (await audit(log)).checkpoint()
        assert (await report(log)).findings == ()
        roots = {tree.origin: tree.root for tree in (await report(log)).trees}
        assert {one.checkpoint.origin: one.checkpoint.root.hex() for one in signed} == roots
        await write(log, 2)
        with pytest.raises(Fenced):
            await before.checkpoint()

    async def test_an_event_that_was_edited_is_found_though_the_chain_was_made_anew(self, log: Log, other: Log) -> None:
        await write(log, 12, ["ct:A"])
        auditor = await audit(log)
        await auditor.checkpoint()
        await write(log, 4, ["ct:A"])
        await auditor.checkpoint()
        seen = count(1)

        def edit(record: Record) -> Record:
            if record.topic == EVENTS and next(seen) == 14:
                return msgspec.structs.replace(record, value=record.value.replace(b'"ann"', b'"bob"'))
            return record

        await copy(log, other, edit)
        (finding,) = (await report(other)).findings
        assert (finding.kind, finding.first, finding.last) == ("edited", 13, 16)
        assert finding.text == "records 13 to 16 are not what was signed (the log)"

    async def test_a_log_that_was_cut_is_found_by_whoever_saw_the_rest(
        self, log: Log, other: Log, file: Path, witness: FolderWitness
    ) -> None:
        await write(log, 5, ["ct:A"])
        auditor = await audit(log, file=file, witnesses=[witness])
        await auditor.checkpoint()
        await write(log, 3, ["ct:A"])
        (newest,) = await auditor.checkpoint()
        SEEN_BY.verify(newest.note)
        events, checkpoints = count(1), count(1)

        def cut(record: Record) -> Record | None:
            if record.topic == CHECKPOINTS:
                return record if next(checkpoints) == 1 else None
            return record if record.topic != EVENTS or next(events) <= 5 else None

        await copy(log, other, cut)
        assert (await report(other)).findings == ()  # by itself it is a log like any other
        for place, notes in (("file", list(read_file(file))), ("witness", witness.notes())):
            found = await report(other, **{place: notes})
            assert [one.kind for one in found.findings] == ["truncated"]
            assert found.findings[0].text == f"8 records were signed ({place}), and the log holds 5"
        with pytest.raises(Mismatch, match="8 records were signed, and the log knows of 5") as caught:
            await audit(other, file=file)
        assert caught.value.signed == (8, newest.checkpoint.root)
        assert caught.value.found[0] == 5
        await write(other, 1, ["ct:A"])  # the forger goes on
        forger = await audit(other, witnesses=[witness])
        with pytest.raises(Mismatch, match="witness has a head of 8 records that the log, with 6, has not"):
            await forger.checkpoint()
        await write(other, 5, ["ct:A"])  # and is longer in the end
        with pytest.raises(Mismatch, match="witness has seen another history"):
            await (await audit(other, witnesses=[witness])).checkpoint()

    async def test_two_logs_from_one_are_found_where_their_checkpoints_meet(
        self, log: Log, other: Log, file: Path
    ) -> None:
        await write(log, 3, ["ct:A"])
        await (await audit(log, file=file)).checkpoint()
        await copy(log, other, lambda record: record)
        for one in (log, other):
            await write(one, 2, ["ct:A"])
        await (await audit(log, file=file)).checkpoint()
        await (await audit(other)).checkpoint()
        assert kinds(await report(log)) == kinds(await report(other)) == set()
        assert kinds(await report(other, file=list(read_file(file)))) == {"forked"}
        with pytest.raises(Mismatch, match="the log and the file have two heads for 5 records") as caught:
            await audit(other, file=file)
        (size, signed), (found_size, found) = caught.value.signed, caught.value.found
        assert (size, found_size) == (5, 5)
        assert signed != found

    async def test_a_record_is_proved_to_be_there_by_one_document(self, log: Log) -> None:
        await write(log, 9, ["ct:A"])
        auditor = await audit(log)
        (first,) = await auditor.checkpoint()
        ledger = next(one for one in ledgers(log, PARTITIONS, TOPICS) if one.origin("T20") == first.checkpoint.origin)
        proof = await prove_inclusion(log, PARTITIONS, ledger, 4, first.note)
        data = msgspec.json.encode(proof)
        assert check(decode(data), CHECKED_BY) == first.checkpoint
        assert isinstance(proof, Inclusion)
        assert len(proof.proof) == 4
        with pytest.raises(NoteRefused, match="the record is not number 5 of podium/T20"):
            check(msgspec.structs.replace(proof, value=proof.value + b" "), CHECKED_BY)
        await write(log, 9, ["ct:A"])
        (second,) = await auditor.checkpoint()
        assert check(decode(data), CHECKED_BY) == first.checkpoint
        onwards = await prove_consistency(log, PARTITIONS, ledger, first.note, second.note)
        assert check(decode(msgspec.json.encode(onwards)), CHECKED_BY) == second.checkpoint
        with pytest.raises(NoteRefused, match=r"18 records of .* do not go on from 9"):
            check(msgspec.structs.replace(onwards, proof=onwards.proof[:-1]), CHECKED_BY)
        with pytest.raises(ValueError, match="no leaf 9 in a tree of 9"):
            await prove_inclusion(log, PARTITIONS, ledger, 9, first.note)


class TestOnSqlite(AuditContract):
    """One file holds all partitions."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[[str], Log]:
        return lambda name: SqliteLog.open(tmp_path / f"{name}.podium")

    async def test_a_checkpoint_that_nobody_signed_is_found(self, log: Log, other: Log) -> None:
        await write(log, 3, ["ct:A"])
        await (await audit(log)).checkpoint()

        def forge(record: Record) -> Record:
            value = record.value.replace(b"\n3\n", b"\n2\n") if record.topic == CHECKPOINTS else record.value
            return msgspec.structs.replace(record, value=value)

        await copy(log, other, forge)
        assert kinds(await report(other)) == {"forged"}
        with pytest.raises(Mismatch, match="the signature of podium/T20 is none of this text"):
            await audit(other)

    async def test_a_witness_that_was_away_catches_up(self, log: Log, witness: FolderWitness) -> None:
        class Flaky:
            name = "witness"
            away = False

            async def ask(self, body: str) -> Answer:
                if self.away:
                    raise OSError("nobody answers")
                return await witness.ask(body)

        flaky = Flaky()
        await write(log, 3, ["ct:A"])
        auditor = await audit(log, witnesses=[flaky])
        await auditor.checkpoint()
        flaky.away = True
        for _ in range(2):
            await write(log, 3, ["ct:A"])
            (signed,) = await auditor.checkpoint()
            assert auditor.trouble == {"witness": "nobody answers"}
            with pytest.raises(NoteRefused, match="witness has not signed it"):
                SEEN_BY.verify(signed.note)
        flaky.away = False
        await write(log, 3, ["ct:A"])
        (signed,) = await (await audit(log, witnesses=[flaky])).checkpoint()  # which does not know what it has seen
        SEEN_BY.verify(signed.note)
        kept = witness.kept(signed.checkpoint.origin)
        assert kept == signed.checkpoint

    async def test_a_row_that_was_edited_in_the_file_is_found_where_it_is(self, log: Log, tmp_path: Path) -> None:
        await write(log, 12, ["ct:A"])
        await (await audit(log)).checkpoint()
        await log.close()
        with sqlite3.connect(tmp_path / "games.podium") as database:
            (number,) = database.execute("SELECT number FROM topics WHERE name = ?", (EVENTS,)).fetchone()
            edited = "CAST(replace(CAST(value AS TEXT), '\"ann\"', '\"bob\"') AS BLOB)"
            database.execute(f"UPDATE topic_{number} SET value = {edited} WHERE position = 6")
        database.close()
        again = SqliteLog.open(tmp_path / "games.podium", readonly=True)
        found = await report(again)
        assert [(one.kind, one.first, one.last) for one in found.findings] == [("chain", 6, 6), ("edited", 1, 12)]
        await again.close()

    async def test_the_last_record_that_was_signed_may_not_be_gone(self, log: Log, tmp_path: Path) -> None:
        await write(log, 12, ["ct:A"])
        await (await audit(log)).checkpoint()
        await log.close()
        with sqlite3.connect(tmp_path / "games.podium") as database:
            (number,) = database.execute("SELECT number FROM topics WHERE name = ?", (EVENTS,)).fetchone()
            database.execute(f"DELETE FROM topic_{number} WHERE position > 9")
        database.close()
        again = SqliteLog.open(tmp_path / "games.podium")
        assert kinds(await report(again)) == {"truncated"}
        with pytest.raises(Mismatch, match="12 records were signed, and the log holds 9") as caught:
            await audit(again)
        assert (caught.value.signed[0], caught.value.found[0]) == (12, 9)
        await again.close()


class TestOnKafka(AuditContract):
    """Each partition is one of the broker's."""

    @pytest.fixture
    def opened(self, kafka: str) -> Callable[[str], Log]:
        layout = Layout(dict.fromkeys(UPCASTS, Spread(PARTITIONS.count)))
        run = uuid4().hex
        return lambda name: KafkaLog.open(f"kafka://{kafka}/{run}-{name}", layout=layout)
