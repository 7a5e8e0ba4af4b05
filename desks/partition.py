"""One partition of the people side, decided in memory: commands in, records for the log and outcomes out.

Sans I/O. What it decides has happened to its own state at once, so that the next command of the same batch sees it; to
everybody else it happens when the log has taken the records. Where the log refuses, this is thrown away and read again.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from desks.codec import Codec, decode_outcome, decode_refusal, encode
from desks.outcome import AsideCode, Code, Outcome, Position
from desks.outcomes import Kept, Outcomes
from desks.partitions import LONGEST_KEY, Partitions, filing_key
from desks.states import States
from desks.topics import (
    CHAIN,
    COMMAND,
    COMMANDS,
    DEAD_LETTERS,
    EVENTS,
    REPLIES,
    SERIAL,
    DeadLetter,
    genesis,
    headers,
    link,
)
from engine.log import Record
from management.aggregates import Aggregate, aggregate_of
from management.command import Received, Recorded, Refusal, Tick

__all__ = ["Partition", "Spoiled", "Step"]


class Spoiled(Exception):  # noqa: N818 - it says what the partition is
    """An aggregate failed on an event of its own: the partition is of no use until it is read again."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(command, reason)
        self.command = command
        self.reason = reason


class Step(NamedTuple):
    """What a command comes to; nothing of it holds before the records are durable."""

    outcome: Outcome
    records: list[Record]


class Partition:
    """The state of one partition as its writer has it."""

    def __init__(
        self, number: int, partitions: Partitions, codec: Codec, policies: Mapping[str, Any], poison: Mapping[str, str]
    ) -> None:
        self.number = number
        self.codec = codec
        self.mark = partitions.mark(number)
        self.states = States(codec)
        self.outcomes = Outcomes()
        self.serial = 0  # of the newest event
        self.chain = genesis(self.mark)
        self.time = 0  # log time of the newest record, microseconds
        self._policies = policies
        self._poison = poison  # id of a command -> what it did to this partition

    @property
    def position(self) -> Position:
        """The newest event."""
        return Position(self.number, self.serial)

    def digest(self) -> str:
        """Return the hash over all aggregates, 32 hex digits: equal where the same has happened."""
        whole = blake2b(self.mark, digest_size=16)
        for digest in self.states.digests():
            whole.update(digest)
        return whole.hexdigest()

    # -- deciding

    def take(self, received: Received[Any], time: int, place: str = "") -> Step:
        """Decide a command at a log time; raises ``Spoiled`` where that cannot be undone here."""
        self.time = time
        if flaw := name_flaw(received):
            return self.dead_letter(received, "MALFORMED", flaw, place)
        aggregate = aggregate_of(received.key, self.codec.aggregates)
        if aggregate is None:
            return self.dead_letter(received, "UNKNOWN_KEY", "no aggregate has such keys", place)
        if reason := self._poison.get(received.id):
            return self.dead_letter(received, "POISON", reason, place)
        try:
            digest = self.codec.digest_command(received)
            if kept := self.outcomes.find(received.id):
                return Step(self._again(received, kept, digest), [])
            command = self.codec.encode_command(received, aggregate)
            decided = self._decide(received, aggregate)
            refusal = decode_refusal(encode(decided)) if isinstance(decided, Refusal) else None
            events = [] if isinstance(decided, Refusal) else self._recorded(received, decided)
        except Exception as error:  # whatever the aggregate's code does, the partition goes on
            return self.dead_letter(received, "POISON", blame(error), place)
        if events:
            self._evolve(received, [recorded for recorded, _ in events])
        records = [Record(COMMANDS, received.key, command, time, headers(COMMANDS, self.mark))]
        records += [self._event(recorded, data, time) for recorded, data in events]
        outcome = self._outcome(received, tuple(recorded.id for recorded, _ in events), refusal)
        reply = encode(outcome)
        records.append(Record(REPLIES, received.key, reply, time, headers(REPLIES, self.mark, **{COMMAND: digest})))
        self.outcomes.add(received.id, Kept(digest, reply, time))
        return Step(outcome, records)

    def _decide(self, received: Received[Any], aggregate: Aggregate) -> list[Any] | Refusal:
        version = self.states.version(received.key)
        if isinstance(received.command, Tick) and not received.actor.may("SYSTEM", received.key):
            return _refuse("NOT_AUTHORISED", "Only the system says that time has passed.")
        if received.expected is not None and received.expected != version:
            text = f"It has version {version} by now, and {received.expected} was expected."
            return _refuse("VERSION", text, {"version": version, "expected": received.expected})
        return aggregate.decide(self.states.state(received.key), received, self._policies[aggregate.prefix])

    def _recorded(self, received: Received[Any], events: list[Any]) -> list[tuple[Recorded[Any], bytes]]:
        """Return events as they will lie on the log, each read back: what is evolved is what a replay evolves."""
        version, command = self.states.version(received.key), UUID(received.id)
        recorded = []
        for index, event in enumerate(events):
            name = str(uuid5(command, str(index)))
            data = encode(
                Recorded(
                    name,
                    received.key,
                    version + 1 + index,
                    event,
                    received.id,
                    received.actor.id,
                    received.at,
                    received.correlation,
                )
            )
            recorded.append((self.codec.decode_event(received.key, data), data))
        return recorded

    def _evolve(self, received: Received[Any], recorded: list[Recorded[Any]]) -> None:
        try:
            self.states.evolve(received.key, recorded)
        except Exception as error:
            raise Spoiled(received.id, blame(error)) from error

    def _event(self, recorded: Recorded[Any], data: bytes, time: int) -> Record:
        self.serial += 1
        self.chain = link(self.chain, data)
        more = {SERIAL: b"%d" % self.serial, CHAIN: self.chain}
        return Record(EVENTS, recorded.key, data, time, headers(EVENTS, self.mark, **more))

    # -- answering

    def _outcome(
        self, received: Received[Any], events: tuple[str, ...] = (), refusal: Refusal | None = None
    ) -> Outcome:
        version = self.states.version(received.key)
        return Outcome(received.id, received.key, self.position, version, events, refusal)

    def _again(self, received: Received[Any], kept: Kept, digest: bytes) -> Outcome:
        if kept.digest == digest:
            return decode_outcome(kept.data)
        text = "Another command had this id already; a new command needs a new one."
        return self._outcome(received, refusal=_refuse("IDEMPOTENCY_CONFLICT", text))

    def dead_letter(self, received: Received[Any], code: AsideCode, reason: str, place: str, size: int = 0) -> Step:
        """Put a command aside that cannot be decided; the same again is looked at anew."""
        texts = [text.encode(errors="replace").decode() for text in (received.id, received.key, received.actor.id)]
        name, key, actor = (text[:LONGEST_KEY] for text in texts)
        letter = DeadLetter(name, key, code, reason, place, actor, received.at, size)
        outcome = Outcome(name, key, self.position, self.states.version(key), refusal=Refusal(code, f"{reason}."))
        own = headers(DEAD_LETTERS, self.mark)
        return Step(outcome, [Record(DEAD_LETTERS, filing_key(received.key), encode(letter), self.time, own)])

    # -- time

    def ticks_due(self, until: int, limit: int) -> list[tuple[int, str, int]]:
        """Return the aggregates with a deadline at or before an instant, ms: deadline, key, version."""
        return [(due, key, self.states.version(key)) for due, key in self.states.due(until, limit)]


def _refuse(code: Code, text: str, about: Mapping[str, Any] | None = None) -> Refusal:
    return Refusal(code, text, about or {})


def name_flaw(received: Received[Any]) -> str:
    """Say what is wrong with the id or the key of a command, "" where nothing is."""
    try:
        identifier = str(UUID(received.id))
    except ValueError:
        return "its id is no UUID"
    if identifier != received.id:  # in another spelling it would be another command, with the same events
        return "its id is not written as a UUID is"
    return "" if filing_key(received.key) else "its key is no text, or too long"


def blame(error: Exception) -> str:
    """Say what failed and where, without a word of what was being worked on."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
