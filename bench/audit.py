"""What it costs to prove a log and to seal a person.

An SQLite log of events of some 400 bytes in one partition is written once; the chain over them is real. In this
process, by its processor time, which a busy neighbour disturbs less than wall time:

- tree: leaves hashed and taken in, from memory;
- checkpoint: an auditor that reads the log from its beginning, grows the tree and signs it once;
- verify: ``podium audit verify`` without its process: chain, tree, the checkpoint compared;
- proof: of a record in the middle, made by reading the whole log; its size, and that of a checkpoint;
- seal, open: a person's six fields, keys unwrapped already; admit: a new person's keys, 500 in a commit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures import Figure, Report, figure_of, say
from bench.scale import pick
from desks.audit.auditor import Auditor, key_of
from desks.audit.ledger import Ledger, leaf_of
from desks.audit.proof import prove_inclusion
from desks.audit.tree import Frontier, hash_leaf
from desks.audit.verify import verify
from desks.facts import Document, Facts
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.keys import HeldKey
from desks.partitions import Partitions
from desks.topics import CHAIN, EVENTS, SERIAL, genesis, headers, link
from desks.vault import Place, Vault
from engine.log import Record
from engine.sqlite_log import SqliteLog

__all__ = ["measure"]

ONE = Partitions(1)
BATCH = 1000
PLACE = Place("per:P", "C1")
SIGNER = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
ANN = Facts(
    family_name="Ó Súilleabháin",
    given_name="Ann",
    gender="W",
    nationality="IRL",
    email="ann@example.org",
    documents=(Document("IRL", "P", "PA1234567"),),
)
METHOD = (
    "an SQLite log of events of 400 bytes in one partition; records, or persons, per second of processor time of this "
    "process; medians"
)


def measure() -> Report:
    """Measure; see the head of this file."""
    count, repeats, people = pick(5_000, 50_000, 2_000_000), pick(1, 3, 3), pick(200, 5_000, 20_000)
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        log = SqliteLog.open(Path(folder) / "games.db")
        say(f"writing {count} events into a log")
        _write(log, count)
        figures = asyncio.run(_audit(log, count, repeats))
        log.close_now()
        say(f"sealing {people} persons")
        figures += _vault(Path(folder), people, repeats)
    return Report("audit", figures, f"{METHOD}; {count} events, {people} persons")


def _write(log: SqliteLog, count: int) -> None:
    chain, mark, records = genesis(ONE.mark(0)), ONE.mark(0), list[Record]()
    for serial in range(1, count + 1):
        value = b'{"id":"%032x","key":"per:P%d","text":"%s"}' % (serial, serial, b"x" * 330)
        chain = link(chain, value)
        more = {SERIAL: b"%d" % serial, CHAIN: chain}
        records.append(Record(EVENTS, f"per:P{serial}", value, serial, headers(EVENTS, mark, **more)))
        if len(records) == BATCH or serial == count:
            log.append_now(records)
            records.clear()


async def _audit(log: SqliteLog, count: int, repeats: int) -> list[Figure]:
    kept = [leaf_of(stored) for stored in log.read(EVENTS, limit=min(count, 50_000))]
    tree, signed, checked = list[float](), list[float](), list[float]()
    note = ""
    for repeat in range(repeats):
        say(f"trees, run {repeat + 1} of {repeats}")
        tree.append(len(kept) / _spent(partial(_grow, kept)))
        # Each in an era of its own: none finds what one before has signed, and all read the whole log.
        auditor = await Auditor.open(log, "T20", SIGNER, lambda: 1, partitions=ONE, topics=(EVENTS,), era=repeat + 1)
        began = time.process_time()
        (one,) = await auditor.checkpoint()
        signed.append(count / (time.process_time() - began))
        note = note or one.note
        began = time.process_time()
        report = await verify(log, "T20", key_of("T20", SIGNER), partitions=ONE, topics=(EVENTS,))
        checked.append(count / (time.process_time() - began))
        assert not report.findings
    proof = await prove_inclusion(log, ONE, Ledger(EVENTS, 0, 1), count // 2, note)
    document = msgspec.json.encode(proof)
    return [
        figure_of("checkpoint: events read, hashed and signed", "records/s", signed),
        figure_of("verify: chain and tree", "records/s", checked),
        figure_of("tree: leaves from memory", "records/s", tree),
        Figure("a proof, with its record and checkpoint", len(document), "bytes", "lower"),
        Figure("hashes in it", len(proof.proof), "", "lower"),
        Figure("a checkpoint", len(note.encode()), "bytes", "lower"),
    ]


def _grow(leaves: list[bytes]) -> None:
    tree = Frontier()
    for leaf in leaves:
        tree.append(hash_leaf(leaf))
    tree.root()


def _vault(folder: Path, people: int, repeats: int) -> list[Figure]:
    names = [f"P{number}" for number in range(people)]
    admitted, sealing, opening = list[float](), list[float](), list[float]()
    for repeat in range(repeats):
        store = KeyStore.open(folder / f"keys-{repeat}.db")
        vault = Vault(store, HeldWrapper(bytes(32)))
        admitted.append(people / _spent(partial(_admit, vault, names)))
        few = names[:1000]
        sealed = _seal(vault, few)  # after which their keys are unwrapped
        sealing.append(len(few) / _spent(partial(_seal, vault, few)))
        opening.append(len(few) / _spent(partial(_open, vault, few, sealed)))
        store.close()
    return [
        figure_of("admit: new persons' keys", "persons/s", admitted),
        figure_of("seal: a person's facts", "persons/s", sealing),
        figure_of("open: a person's facts", "persons/s", opening),
    ]


def _seal(vault: Vault, names: list[str]) -> list[bytes]:
    return [vault.seal(name, PLACE, ANN) for name in names]


def _open(vault: Vault, names: list[str], sealed: list[bytes]) -> None:
    for name, data in zip(names, sealed, strict=True):
        vault.open(name, PLACE, data)


def _admit(vault: Vault, names: list[str]) -> None:
    for at in range(0, len(names), 500):
        vault.admit(names[at : at + 500])


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
