"""The auditor: grows the trees with the log, and signs their heads for the log, a file and witnesses.

It signs only what goes on from what it signed before. At the start it takes up its newest checkpoint of each tree and
holds the log's against the file's. Where the log has less, or another, it signs nothing any more: a log that was cut or
replaced must not get a signature that says that it was not (``Mismatch``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import msgspec

from desks.audit.checkpoints import (
    Signed,
    append_to_file,
    read_checkpoints,
    read_file,
    record_of,
    resumed,
)
from desks.audit.ledger import AUDITED, Ledger, leaf_of, ledgers, read_leaves
from desks.audit.note import Checkpoint, NoteRefused, NoteSigner, VerifierKey, add_line, sign_note
from desks.audit.tree import Frontier, consistency_ranges, hash_leaf, roots_of
from desks.audit.witness import AskedWitness, request
from desks.errors import Head, Mismatch
from desks.partitions import Partitions
from desks.topics import EVENTS
from engine.log import Fence, Log

__all__ = ["PAUSE", "Auditor", "key_of", "run_auditor"]

PAUSE = 60.0  # seconds from one checkpoint to the next
FENCE = "podium-auditor"


def key_of(games: str, signer: NoteSigner) -> VerifierKey:
    """Return what checks the checkpoints of a Games; it is handed to whoever audits."""
    return VerifierKey(f"podium/{games}", signer.public)


class _Growing(msgspec.Struct):
    """A tree, and what of it is signed."""

    ledger: Ledger
    origin: str
    tree: Frontier
    position: int = 0
    leaf: bytes = b""
    signed: Signed | None = None
    since: list[bytes] = []  # hashes of the leaves behind what is signed


class Auditor:
    """The one auditor of a log. After ``Mismatch`` it signs nothing."""

    def __init__(
        self,
        log: Log,
        games: str,
        signer: NoteSigner,
        clock: Callable[[], int],
        *,
        partitions: Partitions,
        topics: tuple[str, ...],
        file: Path | None,
        witnesses: Sequence[AskedWitness],
        era: int,
    ) -> None:
        """Prepare one that knows nothing yet; use ``open``."""
        self._log, self._games, self._signer, self._clock = log, games, signer, clock
        self._partitions, self._file, self._witnesses = partitions, file, witnesses
        self._key = key_of(games, signer)
        found = ledgers(log, partitions, topics)
        self._trees = {one: _Growing(one, one.origin(games, era), Frontier()) for one in found}
        self._topics = topics
        self._fence: Fence | None = None
        self._witnessed: dict[tuple[str, str], int] = {}  # witness and origin -> the size that it has
        self.trouble: dict[str, str] = {}  # witness -> why it did not cosign the last time
        self.signed = 0  # checkpoints, by this one

    @classmethod
    async def open(
        cls,
        log: Log,
        games: str,
        signer: NoteSigner,
        clock: Callable[[], int],
        *,
        partitions: Partitions | None = None,
        topics: tuple[str, ...] = AUDITED,
        file: Path | None = None,
        witnesses: Sequence[AskedWitness] = (),
        era: int = 1,
    ) -> Self:
        """Take over from the auditor before; ``clock`` gives log time, microseconds.

        Raises ``Mismatch`` where the log is not, or no longer, what was signed, and what the log raises.
        """
        auditor = cls(
            log,
            games,
            signer,
            clock,
            partitions=partitions or Partitions(),
            topics=topics,
            file=file,
            witnesses=witnesses,
            era=era,
        )
        auditor._fence = await log.fence(FENCE)
        await asyncio.to_thread(auditor._resume)
        for tree in auditor._trees.values():
            if tree.signed and not await asyncio.to_thread(auditor._is_there, tree):
                await auditor._find_again(tree)
        return auditor

    # -- taking up

    def _resume(self) -> None:
        trees = {tree.origin: tree for tree in self._trees.values()}
        for stored in read_checkpoints(self._log):
            if tree := trees.get(stored.key):
                try:
                    self._take_up(tree, resumed(stored, self._key))
                except NoteRefused as error:
                    raise Mismatch(stored.key, str(error)) from error
        for note in read_file(self._file) if self._file else ():
            try:
                found = Checkpoint.decode(self._key.verify(note))
            except NoteRefused as error:
                raise Mismatch(str(self._file), str(error)) from error
            if tree := trees.get(found.origin):
                self._compare(tree, found)

    def _is_there(self, tree: _Growing) -> bool:
        """Say whether the newest record of what is signed is where it was."""
        ledger = tree.ledger
        place = self._partitions.place(self._log, EVENTS, ledger.number) if ledger.topic == EVENTS else ledger.number
        found = self._log.read(ledger.topic, tree.position - 1, limit=1, partition=place)
        return bool(found) and found[0].position == tree.position and hash_leaf(leaf_of(found[0])) == tree.leaf

    async def _find_again(self, tree: _Growing) -> None:
        """Read a tree from its beginning, as far as it is signed: in a copy of a log positions are others."""
        again, ledger, size = Frontier(), tree.ledger, tree.tree.size
        async for _, stored in read_leaves(self._log, self._partitions, ledger.topic, {ledger.number: 0}):
            again.append(hash_leaf(leaf_of(stored)))
            if again.size == size:
                tree.position = stored.position
                break
        if again.size < size:
            reason = f"{size} records were signed, and the log holds {again.size}"
            raise Mismatch(tree.origin, reason, signed=_head(tree.tree), found=_head(again))
        if again.root() != tree.tree.root():
            reason = f"the {size} records that were signed are others now"
            raise Mismatch(tree.origin, reason, signed=_head(tree.tree), found=_head(again))

    @staticmethod
    def _take_up(tree: _Growing, signed: Signed) -> None:
        if tree.signed is None or signed.checkpoint.size >= tree.signed.checkpoint.size:
            if tree.signed and signed.checkpoint.size == tree.tree.size and signed.checkpoint != tree.signed.checkpoint:
                reason, first = f"two heads were signed for {tree.tree.size} records", tree.signed.checkpoint
                heads = {"signed": _head(first), "found": _head(signed.checkpoint)}
                raise Mismatch(tree.origin, reason, **heads)
            tree.signed, tree.tree = signed, signed.frontier.copy()
            tree.position, tree.leaf = signed.position, signed.leaf

    @staticmethod
    def _compare(tree: _Growing, noted: Checkpoint) -> None:
        """Hold a checkpoint of the file against the log's; one in between is for ``podium audit verify``."""
        if noted.size > tree.tree.size:
            reason = f"{noted.size} records were signed, and the log knows of {tree.tree.size}"
            raise Mismatch(tree.origin, reason, signed=_head(noted), found=_head(tree.tree))
        if tree.signed and noted.size == tree.tree.size and noted != tree.signed.checkpoint:
            reason = f"the log and the file have two heads for {noted.size} records"
            raise Mismatch(tree.origin, reason, signed=_head(noted), found=_head(tree.signed.checkpoint))

    # -- signing

    async def checkpoint(self) -> list[Signed]:
        """Sign the heads of all trees that grew, and return them once they are on the log and in the file.

        Raises ``Mismatch`` where a witness knows of more than the log holds, or of another history.
        """
        await self._grow()
        grown = [tree for tree in self._trees.values() if tree.since]
        done = [await self._sign(tree) for tree in grown]
        if not done:
            return []
        time = self._clock()
        await self._log.append([record_of(signed, time) for signed in done], fence=self._fence)
        if self._file:
            await asyncio.to_thread(append_to_file, self._file, [one.note for one in done], time // 1000)
        for tree, signed in zip(grown, done, strict=True):
            tree.signed, tree.since = signed, []
        self.signed += len(done)
        return done

    async def _grow(self) -> None:
        for topic in self._topics:
            mine = {one.number: tree for one, tree in self._trees.items() if one.topic == topic}
            after = {number: tree.position for number, tree in mine.items()}
            async for number, stored in read_leaves(self._log, self._partitions, topic, after):
                tree, leaf = mine[number], hash_leaf(leaf_of(stored))
                tree.tree.append(leaf)
                tree.since.append(leaf)
                tree.position, tree.leaf = stored.position, leaf

    async def _sign(self, tree: _Growing) -> Signed:
        checkpoint = Checkpoint(tree.origin, tree.tree.size, tree.tree.root())
        note = sign_note(checkpoint.encode(), self._key.name, self._signer)
        lines = [line for witness in self._witnesses if (line := await self._ask(witness, tree, note))]
        return Signed(add_line(note, lines), checkpoint, tree.tree.copy(), tree.position, tree.leaf)

    async def _ask(self, witness: AskedWitness, tree: _Growing, note: str) -> str:
        """Return the line of a witness, "" where it gives none: the log goes on without it, and says so."""
        asked, size = (witness.name, tree.origin), tree.tree.size
        known = self._witnessed.get(asked, tree.signed.checkpoint.size if tree.signed else 0)
        for _ in range(2):
            try:
                answer = await witness.ask(request(known, await self._proof(tree, known), note))
            except OSError as error:
                self.trouble[witness.name] = str(error)
                return ""
            if answer.status == 200:
                self._witnessed[asked] = size
                self.trouble.pop(witness.name, None)
                return answer.text
            if answer.status == 409 and answer.text.strip().isdigit():
                had, known = known, int(answer.text)
                if known > size or known == had:
                    reason = f"{witness.name} has a head of {known} records that the log, with {size}, has not"
                    raise Mismatch(tree.origin, reason, signed=(known, b""), found=_head(tree.tree))
            elif answer.status == 422:
                reason = f"{witness.name} has seen another history: {answer.text.strip()}"
                raise Mismatch(tree.origin, reason, signed=(known, b""), found=_head(tree.tree))
            else:
                break
        self.trouble[witness.name] = f"it answers {answer.status}: {answer.text.strip()}"
        return ""

    async def _proof(self, tree: _Growing, old: int) -> list[bytes]:
        if not 0 < old < tree.tree.size:
            return []
        ranges = consistency_ranges(old, tree.tree.size)
        begun = tree.signed.frontier if tree.signed else Frontier()
        if begun.size <= old:
            return roots_of(ranges, tree.since, begun)
        ledger = tree.ledger  # a witness that was away: from the beginning, once
        read = read_leaves(self._log, self._partitions, ledger.topic, {ledger.number: 0})
        leaves = [hash_leaf(leaf_of(stored)) async for _, stored in read]
        return roots_of(ranges, leaves)


def _head(of: Frontier | Checkpoint) -> Head:
    return of.size, of.root if isinstance(of, Checkpoint) else of.root()


async def run_auditor(auditor: Auditor, pause: float = PAUSE) -> None:
    """Sign what grew, again and again, until cancelled; raises ``Mismatch``."""
    while True:
        await auditor.checkpoint()
        await asyncio.sleep(pause)
