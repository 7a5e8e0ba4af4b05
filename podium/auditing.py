"""What the commands of ``podium audit`` do."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from desks.api.server import running
from desks.audit.auditor import Auditor, key_of
from desks.audit.checkpoints import read_checkpoints, read_file, resumed
from desks.audit.ledger import Ledger, ledgers, partitions_of, read_leaves
from desks.audit.note import COSIGNATURE, NoteRefused, VerifierKey
from desks.audit.proof import Inclusion, decode, prove_consistency, prove_inclusion
from desks.audit.proof import check as check_proof
from desks.audit.verify import Report
from desks.audit.verify import verify as hold_against
from desks.audit.witness import FolderWitness, HttpWitness
from desks.audit.witness_door import make_app
from desks.keyring import AUDIT, WITNESS, signing_key
from desks.partitions import Partitions
from desks.topics import EVENTS, SERIAL
from engine.log import Log
from podium.errors import OperatorError
from podium.passphrase import passphrase
from podium.wiring import name_of, open_log, wall_clock

__all__ = ["check", "prove", "public_key", "sign", "verify", "witness"]


def verify(path: Path, key: str, kept: Iterable[Path], era: int) -> str:
    """Hold a log against all checkpoints that are known, and say in one sentence how it went."""
    ours, notes = _public(key), {str(place): _notes(place) for place in kept}
    with open_log(path) as log:
        found = partitions_of(log)
        report = asyncio.run(hold_against(log, _games(ours), ours, partitions=found, kept=notes, era=era))
    for finding in report.findings:
        print(f"{finding.kind}: {finding.origin or 'checkpoints'}: {finding.text}")
    if report.findings:
        raise OperatorError(f"{name_of(path)}: it is not what was signed: {len(report.findings)} findings")
    if not report.checkpoints:
        raise OperatorError(f"{name_of(path)}: no checkpoint of {ours.name} is known, so nothing is proved")
    return f"{name_of(path)}: {_sum(report)}, kept by {', '.join(['the log', *notes])}"


def _sum(report: Report) -> str:
    records, trees = sum(tree.size for tree in report.trees), sum(tree.size > 0 for tree in report.trees)
    younger = f"; {report.unsigned} of them are younger than the newest" if report.unsigned else ""
    return f"{records} records in {trees} trees agree with {report.checkpoints} checkpoints{younger}"


def prove(path: Path, key: str, what: str, since: int, era: int) -> bytes:
    """Return a proof of a record, or that its tree goes on from an older checkpoint."""
    with open_log(path) as log:
        try:
            return asyncio.run(_prove(log, _public(key), what, since, era))
        except ValueError as error:
            raise OperatorError(f"{name_of(path)}: {error}") from error


async def _prove(log: Log, key: VerifierKey, what: str, since: int, era: int) -> bytes:
    partitions = partitions_of(log)
    ledger, index = await _find(log, partitions, what)
    origin = ledger.origin(_games(key), era)
    ours = [resumed(stored, key) for stored in read_checkpoints(log) if stored.key == origin]
    heads = {one.checkpoint.size: one.note for one in ours}
    if not heads or max(heads) <= index:
        raise ValueError(f"record {index + 1} of {origin} is in no checkpoint yet")
    newest = heads[max(heads)]
    if not since:
        return msgspec.json.encode(await prove_inclusion(log, partitions, ledger, index, newest))
    if since not in heads:
        raise ValueError(f"no checkpoint of {origin} has {since} records")
    return msgspec.json.encode(await prove_consistency(log, partitions, ledger, heads[since], newest))


async def _find(log: Log, partitions: Partitions, what: str) -> tuple[Ledger, int]:
    """Return the tree of a record and its number, from 0: by an event's id, or by its place."""
    trees = ledgers(log, partitions)
    topic, *numbers = what.split("/")
    if len(numbers) == 2 and all(one.isdigit() for one in numbers):
        number, record = (int(one) for one in numbers)
        for ledger in trees:
            if (ledger.topic, ledger.number) == (topic, number) and record > 0:
                return ledger, record - 1
        raise ValueError(f"{what} is not audited")
    events = {one.number: one for one in trees if one.topic == EVENTS}
    async for number, stored in read_leaves(log, partitions, EVENTS, dict.fromkeys(events, 0)):
        if what.encode() in stored.value and msgspec.json.decode(stored.value)["id"] == what:
            return events[number], int(stored.headers[SERIAL]) - 1
    raise ValueError(f"no event has the id {what}")


def check(data: bytes, key: str) -> str:
    """Return what a proof proves; raises ``OperatorError`` where that is nothing."""
    try:
        proof = decode(data)
        head = check_proof(proof, _public(key))
    except NoteRefused as error:
        raise OperatorError(str(error)) from error
    if isinstance(proof, Inclusion):
        return f"record {proof.index + 1} of {head.size} in {head.origin}:\n{proof.value.decode(errors='replace')}"
    return f"the {head.size} records of {head.origin} go on from what was signed before"


def sign(path: Path, keys: Path, games: str, *, file: Path | None, witnesses: Iterable[str], era: int) -> Iterator[str]:
    """Sign what grew; yields what was signed, and which witness did not."""
    signer, asked = signing_key(keys, AUDIT, passphrase()), [HttpWitness(url) for url in witnesses]

    async def once(log: Log) -> tuple[list[str], dict[str, str]]:
        found = partitions_of(log)
        auditor = await Auditor.open(
            log, games, signer, wall_clock, partitions=found, file=file, witnesses=asked, era=era
        )
        return [signed.note for signed in await auditor.checkpoint()], auditor.trouble

    with open_log(path, write=True) as log:
        notes, trouble = asyncio.run(once(log))
    yield from notes or ["nothing has grown since the newest checkpoint"]
    yield from (f"{name} has not cosigned: {why}" for name, why in trouble.items())


def public_key(keys: Path, games: str, *, witness: bool) -> str:
    """Return the public half of a signing key, which is made where there is none."""
    if witness:
        return str(VerifierKey(games, signing_key(keys, WITNESS, passphrase(), make=True).public, COSIGNATURE))
    return str(key_of(games, signing_key(keys, AUDIT, passphrase(), make=True)))


def witness(folder: Path, keys: Path, name: str, logs: Iterable[str], *, host: str, port: int) -> None:
    """Serve a witness until a signal comes."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [_public(one) for one in logs]
    seen = FolderWitness(folder, name, signing_key(keys, WITNESS, passphrase()), known, wall_clock)

    async def serve() -> None:
        leave = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, leave.set)
        async with running(make_app(seen), host, port) as bound:
            print(f"podium: witness {name} at http://{host}:{bound}", flush=True)
            await leave.wait()

    asyncio.run(serve())


def _games(key: VerifierKey) -> str:
    return key.name.rpartition("/")[2]


def _public(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text if "+" in text else Path(text).read_text())
    except NoteRefused as error:
        raise OperatorError(str(error)) from error


def _notes(place: Path) -> list[str]:
    """Return the checkpoints of a file, or of the folder of a witness."""
    if not place.exists():
        raise OperatorError(f"there are no checkpoints at {place}")
    if place.is_dir():
        return [file.read_text() for file in sorted(place.glob("*.checkpoint"))]
    return list(read_file(place))
