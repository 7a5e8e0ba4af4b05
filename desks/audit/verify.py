"""Verifying a log against what was signed of it, wherever that was kept: on the log, in a file, by a witness.

The log is read once. Each tree is grown, and at each size for which somebody has a checkpoint its root is compared. The
chain over the events says where one was changed, if whoever did it left the chain as it was; the trees say it anyway,
and between which two checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from desks.audit.checkpoints import read_checkpoints
from desks.audit.ledger import AUDITED, Ledger, leaf_of, ledgers, read_leaves
from desks.audit.note import Checkpoint, NoteRefused, VerifierKey
from desks.audit.tree import Frontier, hash_leaf
from desks.partitions import Partitions
from desks.topics import CHAIN, EVENTS, SERIAL, genesis, link
from engine.log import Log, Stored

__all__ = ["Finding", "Report", "TreeReport", "verify"]

Kind = Literal[
    "edited",  # the log holds other records than were signed
    "chain",  # an event does not follow from the one before it
    "truncated",  # the log holds fewer records than were signed
    "forked",  # two heads were signed for the same number of records: there are, or were, two logs
    "forged",  # what lies where checkpoints lie was not signed by the auditor
]


class Finding(msgspec.Struct, frozen=True):
    """What is wrong, and where."""

    kind: Kind
    origin: str
    first: int  # of the records that are suspect, counted from 1
    last: int
    text: str  # one sentence


class TreeReport(msgspec.Struct, frozen=True):
    """One tree as the log has it."""

    origin: str
    size: int
    root: str  # 64 hex digits
    signed: int  # records up to the largest checkpoint that agrees
    checkpoints: int  # how many agree


class Report(msgspec.Struct, frozen=True):
    """What verifying has shown."""

    trees: tuple[TreeReport, ...]
    findings: tuple[Finding, ...]

    @property
    def checkpoints(self) -> int:
        """How many checkpoints agree; none at all proves nothing."""
        return sum(tree.checkpoints for tree in self.trees)

    @property
    def unsigned(self) -> int:
        """Records that came after the newest checkpoint of their tree: nobody vouches for them yet."""
        return sum(tree.size - tree.signed for tree in self.trees)


class _Walk:
    """One tree while it is read."""

    def __init__(self, origin: str, ledger: Ledger, mark: bytes, heads: Mapping[int, Mapping[bytes, str]]) -> None:
        self.origin, self.ledger, self.heads = origin, ledger, heads
        self.tree = Frontier()
        self.findings = [self._forked(size, roots) for size, roots in sorted(heads.items()) if len(roots) > 1]
        self.good, self.agreed = 0, 0
        self._wrong = self._unchained = False
        self._chain = genesis(mark)

    def step(self, stored: Stored) -> None:
        """Take in the next record."""
        self.tree.append(hash_leaf(leaf_of(stored)))
        if self.ledger.topic == EVENTS and not self._unchained:
            self._follow(stored)
        if roots := self.heads.get(self.tree.size):
            self._compare(roots)

    def _follow(self, stored: Stored) -> None:
        self._chain = link(self._chain, stored.value)
        if stored.headers.get(SERIAL) == b"%d" % self.tree.size and stored.headers.get(CHAIN) == self._chain:
            return
        self._unchained = True
        where = f"{stored.topic}, partition {self.ledger.number}, position {stored.position}"
        text = f"{where}: the event does not follow from the one before it"
        self.findings.append(Finding("chain", self.origin, self.tree.size, self.tree.size, text))

    def _compare(self, roots: Mapping[bytes, str]) -> None:
        size, root = self.tree.size, self.tree.root()
        if root in roots:
            self.agreed += 1
            self.good = size
        elif not self._wrong:  # what comes later follows from it
            self._wrong = True
            text = f"records {self.good + 1} to {size} are not what was signed ({', '.join(sorted(roots.values()))})"
            self.findings.append(Finding("edited", self.origin, self.good + 1, size, text))

    def _forked(self, size: int, roots: Mapping[bytes, str]) -> Finding:
        text = f"{len(roots)} heads were signed for {size} records ({', '.join(sorted(roots.values()))})"
        return Finding("forked", self.origin, 1, size, text)

    def finish(self) -> TreeReport:
        """Say what it came to."""
        size, most = self.tree.size, max(self.heads, default=0)
        if most > size:
            whose = ", ".join(sorted(self.heads[most].values()))
            text = f"{most} records were signed ({whose}), and the log holds {size}"
            self.findings.append(Finding("truncated", self.origin, size + 1, most, text))
        return TreeReport(self.origin, size, self.tree.root().hex(), self.good, self.agreed)


async def verify(
    log: Log,
    games: str,
    key: VerifierKey,
    *,
    partitions: Partitions,
    kept: Mapping[str, Iterable[str]] | None = None,
    topics: tuple[str, ...] = AUDITED,
    era: int = 1,
) -> Report:
    """Hold a log against the checkpoints on it and those that were kept elsewhere, notes by who has them.

    A log alone proves little: whoever can edit it can take checkpoints off it. Raises what the log raises.
    """
    heads: dict[str, dict[int, dict[bytes, str]]] = {}  # origin -> size -> root -> who has it
    findings: list[Finding] = []

    def take(note: str, place: str) -> None:
        try:
            found = Checkpoint.decode(key.verify(note))
        except NoteRefused as error:
            findings.append(Finding("forged", "", 0, 0, f"a checkpoint of {place}: {error}"))
            return
        roots = heads.setdefault(found.origin, {}).setdefault(found.size, {})
        roots.setdefault(found.root, place)

    for stored in read_checkpoints(log):
        take(stored.value.decode(errors="replace"), "the log")
    for place, notes in (kept or {}).items():
        for note in notes:
            take(note, place)
    trees = []
    all_ledgers = ledgers(log, partitions, topics)
    for topic in topics:
        walks = {
            one.number: _Walk(origin := one.origin(games, era), one, partitions.mark(one.number), heads.get(origin, {}))
            for one in all_ledgers
            if one.topic == topic
        }
        async for number, stored in read_leaves(log, partitions, topic, dict.fromkeys(walks, 0)):
            walks[number].step(stored)
        trees += [walk.finish() for walk in walks.values()]
        findings += [finding for walk in walks.values() for finding in walk.findings]
    origins = {tree.origin for tree in trees}
    for topic in topics:
        begin = f"podium/{games}/{era}/{topic}/"
        for origin in sorted(one for one in heads if one.startswith(begin) and one not in origins):
            most = max(heads[origin])
            text = f"{most} records were signed, and the log has no such partition"
            findings.append(Finding("truncated", origin, 1, most, text))
    return Report(tuple(trees), tuple(findings))
