"""The people side at the size of a Games: persons with cards, volunteers at work, scans of all gates.

Persons go from the application to the validated card, by six commands each, decided as a writer decides them. Loading
is measured in memory (what deciding costs) and through a writer on a log (what durability adds); then a snapshot, and a
start from it. Cards are signed, gates decide about them, scans are taken in, and everything is looked at again after
ten times as many persons, by processor time, since that says what the code costs whatever else the machine does.
"""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import schemas
from bench.child import ask, tell
from bench.figures import Figure, Report, figure_of, ratio_of, say
from bench.scale import pick
from desks import card_token
from desks.codec import Codec
from desks.gate_publication import Entitlements, Facts, pack_entitlements
from desks.gate_spool import scan_genesis
from desks.keys import HeldKey
from desks.partition import Partition
from desks.partitions import Partitions
from desks.policies import read_policies
from desks.recovery import Loaded, save, saved
from desks.scan_batch import Batch
from desks.scan_intake import ScanIntake
from desks.topics import link
from desks.writer import Writer
from engine.sqlite_log import SqliteLog
from management.access import decide_access
from management.application import HoldGrant, OpenApplication, RecordClearance, Submit, Verify
from management.card_desk import Produce, Validate
from management.command import Actor, Grant, Received
from management.entitlement import entitle
from management.gate import Gate, Snapshot, Token
from management.scan import ScanRecorded
from management.status_list import NOT_VALIDATED, REVOKED, VALID, StatusList, decode, encode
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    PublishAssignments,
    RecordAccess,
)

__all__ = ["Answer", "measure", "volunteers"]

POLICIES = read_policies(Path(schemas.__file__).parent / "policy" / "t20")
SPRING, JULY = 1_617_235_200_000, 1_627_207_200_000  # ms
CLEAR_UNTIL = 1_638_316_800_000
ACTOR = Actor(
    "bench",
    tuple(Grant(role) for role in ("RO_ACR", "SECURITY_CHECK", "WF_PLANNER", "SYSTEM")),
)
OPERATOR = Actor("operator", tuple(Grant(role) for role in ("OC_ACR_OPERATOR", "VENUE_ACR")))
HOUR = 3_600_000
VENUES, TEAM = 40, 25  # people of a shift
METHOD = (
    "persons from the application to the validated card by six commands, volunteers of 40 venues enrolled with access "
    "and a published shift; times are processor time of one core, except where they wait for the disk"
)


class Answer(msgspec.Struct):
    """What one process measured."""

    figures: dict[str, list[float]]


def commands_of(number: int) -> Iterator[tuple[Any, Actor, int]]:
    """Yield what a person's card takes: command, by whom, when."""
    hold = HoldGrant(f"H{number}", "AAA", "Aa", SPRING + HOUR)
    yield OpenApplication("A1", "AAA", "Aa", "ATHLETE", "SWM", sealed=bytes(120)), ACTOR, SPRING
    yield (
        Submit(
            "A1",
            complete=("NAME", "BIRTH", "DOCUMENT", "NATIONALITY", "DISCIPLINE"),
            photo="PASSED",
            consents=("SELF",),
            born=date(1999, 5, 1),
            document_until=date(2025, 1, 1),
            hold=hold,
            sealed=bytes(120),
        ),
        ACTOR,
        SPRING,
    )
    yield Verify("A1"), OPERATOR, SPRING
    yield RecordClearance("CLEAR", "POLICE", CLEAR_UNTIL), ACTOR, SPRING
    yield Produce("A1", serial=number, index=number, photo=True), OPERATOR, SPRING
    yield Validate(number, point="OLV", bearer_present=True, document_matches=True), OPERATOR, JULY


def person(number: int) -> Iterator[Received[Any]]:
    """Yield the commands of a person as received."""
    for index, (command, actor, at) in enumerate(commands_of(number)):
        name = str(UUID(int=(7 << 76) | (number << 4) | index))
        yield Received(name, f"per:P{number}", command, actor, at)


def volunteers(count: int, begin: int = JULY) -> Iterator[Received[Any]]:
    """Yield what puts volunteers on the rosters of their venues from a time on, each with one shift he was told of."""
    serial = 1 << 60
    for first in range(0, count, TEAM):
        venue, shift = f"V{first // TEAM % VENUES}", f"s{first // TEAM}"
        starts = begin + (first // TEAM // VENUES) * 8 * HOUR
        window = AccessWindow(venue, "BLUE", SPRING, begin + (CLEAR_UNTIL - JULY))
        wishes: list[Any] = [
            PlanShift(shift, "STEWARD", "BLUE", starts, starts + 8 * HOUR, 540, 540, TEAM - 9, units=())
        ]
        people = [f"W{number}" for number in range(first, min(count, first + TEAM))]
        for name in people:
            wishes += [EnrolPerson(name, Profile(("GENERAL",))), RecordAccess(name, Access(1, (window,)))]
        wishes += [ProposeAssignment(f"{shift}-{name}", shift, name) for name in people]
        wishes.append(PublishAssignments(tuple(f"{shift}-{name}" for name in people)))
        for wish in wishes:
            serial += 1
            yield Received(str(UUID(int=(7 << 76) | serial)), f"wf:{venue}", wish, ACTOR, SPRING)


def rss() -> int:
    """Return the bytes of memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


# -- deciding, in memory ----------------------------------------------------------------------------------------------


def decide(persons: int, workers: int) -> Answer:
    """Decide for so many persons in memory, with snapshots as a writer makes them; then for a thousand more."""
    partition = Partition(0, Partitions(1), Codec(b"bench"), POLICIES, {})
    loaded = Loaded(partition)
    gc.freeze()
    before, began, count = rss(), time.process_time(), 0

    def keep() -> None:
        records = save(loaded)
        saved(loaded, records, range(loaded.slots + 1, loaded.slots + 1 + len(records)))
        partition.outcomes = type(partition.outcomes)()  # those of a week are on the log, and a Games takes months

    for number in range(persons):
        for received in person(number):
            assert partition.take(received, received.at * 1000).outcome.accepted
            count += 1
        if number % 5000 == 4999:
            keep()
    took = time.process_time() - began
    keep()
    keep()
    gc.collect()
    grown = rss() - before
    began = time.process_time()
    for number in range(persons, persons + 1000):
        for received in person(number):
            partition.take(received, received.at * 1000)
    more = (time.process_time() - began) / 6000
    began, assigned = time.process_time(), 0
    for received in volunteers(workers):
        outcome = partition.take(received, received.at * 1000).outcome
        assert outcome.accepted, outcome
        assigned += 1
    working = time.process_time() - began
    return Answer(
        {
            "commands": [count / took],
            "memory": [grown / persons],
            "us": [more * 1e6],
            "workforce": [assigned / working],
        }
    )


# -- through a writer, on a log ---------------------------------------------------------------------------------------


async def write(persons: int, folder: Path) -> Answer:
    """Have a writer decide for so many persons on a file; then snapshots, and a start."""
    log = SqliteLog.open(folder / "people.db")

    def clock() -> int:
        return JULY * 1000

    writer = await Writer.open(log, POLICIES, clock, b"bench")
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, persons, 500):
        await asyncio.gather(*(_carded(writer, number) for number in range(first, min(persons, first + 500))))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    began = time.process_time()
    await writer.save()
    saving = time.process_time() - began
    digests = [writer.digest(number) for number in range(writer.partitions.count)]
    await writer.close()
    began = time.process_time()
    again = await Writer.open(log, POLICIES, clock, b"bench")
    starting = time.process_time() - began
    assert [again.digest(number) for number in range(again.partitions.count)] == digests
    await again.close()
    await log.close()
    commands = persons * 6
    return Answer(
        {
            "commands": [commands / took],
            "commands cpu": [commands / cpu],
            "snapshot": [saving],
            "start": [starting / persons * 1e6],
        }
    )


async def _carded(writer: Writer, number: int) -> None:
    for received in person(number):
        outcome = await writer.submit(received)
        assert outcome.accepted, outcome


# -- cards and gates --------------------------------------------------------------------------------------------------


def issue(cards: int, scans: int) -> Answer:
    """Sign cards, make the list and the facts of all of them, and decide about scans at a gate."""
    policy = POLICIES["per"]
    key = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    function = policy.function("Aa", "ATHLETE")
    entitlements = {serial: entitle(function, "SWM", (), 1) for serial in range(cards)}

    def token(serial: int) -> Token:
        return Token("T20", serial, serial, "AAA", "Aa", 0, 4_000_000_000_000, entitlements[serial])

    began, codes = time.process_time(), list[str]()
    for serial in range(cards):
        code = card_token.encode(token(serial), policy, key)
        if serial % (cards // 100) == 0:
            codes.append(code)
    signing = time.process_time() - began
    chance = random.Random(7)
    statuses = {serial: chance.choices((VALID, REVOKED, NOT_VALIDATED), (98, 1, 1))[0] for serial in range(cards)}
    began = time.process_time()
    data = encode(statuses, cards)
    listing = time.process_time() - began
    known: StatusList = decode(data)
    terms, of = pack_entitlements(entitlements)
    facts = Facts("T20", 1, JULY, policy, terms, of, released={"SWM": ("SWC",)})
    size = len(msgspec.msgpack.encode(facts))
    snapshot = Snapshot(policy, known, 1, JULY, 0, Entitlements(facts), facts.released)
    gate = Gate("G1", "SWC", "2", "SWC")
    ring, took = {key.kid: key.public}, list[int]()
    for number in range(scans):
        start = time.thread_time_ns()
        asked = card_token.decode(codes[number % len(codes)], policy, ring)
        decide_access(asked, gate, JULY, "IN", snapshot)
        took.append(time.thread_time_ns() - start)
    took.sort()
    return Answer(
        {
            "signing": [cards / signing],
            "list": [listing],
            "list size": [len(data)],
            "facts size": [size],
            "p50": [took[len(took) // 2] / 1000],
            "p99": [took[len(took) * 99 // 100] / 1000],
            "p99.9": [took[len(took) * 999 // 1000] / 1000],
        }
    )


async def scan(scans: int, folder: Path) -> Answer:
    """Take scans of a hundred devices into a log, in batches of 500."""
    keys = {f"D{number}": HeldKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(100)}
    log = SqliteLog.open(folder / "scans.db")
    devices = {name: key.public for name, key in keys.items()}
    intake = await ScanIntake.open(log, "T20", devices, lambda: JULY * 1000)
    chains = {name: scan_genesis("T20", name) for name in keys}
    batches = []
    for number in range(0, scans, 500):
        device = f"D{number // 500 % 100}"
        first = number // 50_000 * 500 + 1
        records = tuple(
            msgspec.json.encode(_scan(device, seq, number + seq - first)) for seq in range(first, first + 500)
        )
        batches.append(Batch("T20", device, first, chains[device], records).encode(keys[device]))
        for record in records:
            chains[device] = link(chains[device], record)
    began, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        await intake.take(batch)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    await log.close()
    return Answer({"scans": [scans / took], "scans cpu": [scans / cpu]})


def _scan(device: str, seq: int, serial: int) -> ScanRecorded:
    return ScanRecorded(
        f"{device}/{seq}", device, seq, serial % 535_000, "G1", "IN", JULY, "ALLOW", "OK", 1, 1, offline=False
    )


# -- all of it --------------------------------------------------------------------------------------------------------


def measure() -> Report:
    """Measure; see the head of this file."""
    persons, workers, scans = pick(300, 53_500, 535_000), pick(100, 5_000, 50_000), pick(2_000, 200_000, 2_000_000)
    cards, written = pick(500, 535_000, 535_000), pick(100, 10_000, 53_500)
    say(f"deciding for {persons:,} persons and {workers:,} volunteers, and for a tenth of them")
    many = ask("bench.people", "decide", persons, workers, answer=Answer).figures
    few = ask("bench.people", "decide", persons // 10, workers // 10, answer=Answer).figures
    say(f"writing {written:,} persons")
    wrote = ask("bench.people", "write", written, answer=Answer).figures
    say(f"signing {cards:,} cards, deciding at a gate, taking in {scans:,} scans")
    issued = ask("bench.people", "issue", cards, min(scans, 500_000), answer=Answer).figures
    scanned = ask("bench.people", "scan", scans, answer=Answer).figures

    def one(name: str, unit: str, found: list[float], **more: Any) -> Figure:
        return figure_of(name, unit, found, **more)

    limit = {"row": "13", "target": 1.1, "better": "lower"}
    return Report(
        "people",
        [
            one(f"commands decided, {persons:,} persons", "1/s", many["commands"]),
            *ratio_of("processor time for a command, 10 x the persons / 1 x", many["us"], few["us"], **limit),
            one("memory for a person with a card", "bytes", many["memory"], better="lower"),
            one(f"commands decided, {workers:,} volunteers", "1/s", many["workforce"]),
            one(f"commands written, {written:,} persons", "1/s", wrote["commands"]),
            one(f"a snapshot of what is left, {written:,} persons", "s", wrote["snapshot"], better="lower"),
            one("commands written, of processor time", "1/s", wrote["commands cpu"]),
            one("a start, for each person", "us", wrote["start"], better="lower"),
            one(f"cards signed, {cards:,}", "1/s", issued["signing"]),
            one("the status list of all, made", "s", issued["list"], better="lower"),
            one("the status list of all, bytes", "bytes", issued["list size"], better="lower"),
            one("a decision at the gate, from the code on, p50", "us", issued["p50"], better="lower"),
            one("a decision at the gate, from the code on, p99", "us", issued["p99"], better="lower"),
            one("a decision at the gate, from the code on, p99.9", "us", issued["p99.9"], better="lower"),
            one(f"scans taken in, {scans:,}", "1/s", scanned["scans"]),
            one("scans taken in, of processor time", "1/s", scanned["scans cpu"]),
        ],
        METHOD,
    )


def _main(what: str, first: str, second: str = "0") -> Answer:
    count, more = int(first), int(second)
    with tempfile.TemporaryDirectory(prefix="podium-people-") as folder:
        match what:
            case "decide":
                return decide(count, more)
            case "write":
                return asyncio.run(write(count, Path(folder)))
            case "issue":
                return issue(count, more)
            case _:
                return asyncio.run(scan(count, Path(folder)))


if __name__ == "__main__":
    tell(_main(*sys.argv[1:]))
