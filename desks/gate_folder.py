"""The folder of a gate: what it was sent last, judged by signatures and versions whenever a file has changed.

Whoever brings the files (a synchroniser, a stick) writes each under another name and renames it. A file that does not
count is complained about, and the gate goes on with what it has. A new manifest is a new judgement of everything: what
a key has signed that was given up counts no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks.errors import BadPublication
from desks.gate_publication import Beacon, Entitlements, Facts, Statuses, decode
from desks.gate_spool import Seen
from desks.keys import Manifest, ManifestRefused, read_manifest
from management.status_list import StatusList, StatusListError
from management.status_list import decode as decode_list

__all__ = ["BEACON", "FACTS", "MANIFEST", "STATUSES", "GateFolder"]

MANIFEST, FACTS, STATUSES, BEACON = "keys.cose", "facts.cose", "status.cose", "time.cose"

Stamp = tuple[int, int, int]  # when a file was changed, its size, its number on the disk
Taker = Callable[[bytes], None]


class GateFolder:
    """What a gate holds of what it was sent."""

    def __init__(self, folder: Path, games: str, root: Ed25519PublicKey, seen: Seen) -> None:
        self.seen = seen
        self.cards: Mapping[bytes, Ed25519PublicKey] = {}  # the keys that sign cards
        self.facts: Facts | None = None
        self.entitlements: Entitlements | None = None
        self.statuses: StatusList | None = None
        self.list_version = 0
        self.list_at = 0
        self.beacon: Beacon | None = None
        self._files = {name: str(folder / name) for name in (MANIFEST, FACTS, STATUSES, BEACON)}
        self._games, self._root = games, root
        self._publishers: Mapping[bytes, Ed25519PublicKey] = {}
        self._stamps: dict[str, Stamp] = {}
        self._wrong: dict[str, str] = {}

    @property
    def complaints(self) -> tuple[str, ...]:
        """What does not count, one sentence a file."""
        return tuple(self._wrong[name] for name in self._files if name in self._wrong)

    def refresh(self) -> None:
        """Take in the files that have changed, the manifest first."""
        takers = {FACTS: self._take_facts, STATUSES: self._take_statuses, BEACON: self._take_beacon}
        if self._changed(MANIFEST):
            self._judge(MANIFEST, self._take_manifest)
        for name, take in takers.items():
            if self._changed(name):
                self._judge(name, take)

    def _changed(self, name: str) -> bool:
        """Say whether a file is another one; one that has gone takes nothing away."""
        try:
            found = Path(self._files[name]).stat()
        except FileNotFoundError:
            return False
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        changed = self._stamps.get(name) != stamp
        self._stamps[name] = stamp
        return changed

    def _judge(self, name: str, take: Taker) -> None:
        try:
            take(Path(self._files[name]).read_bytes())
        except (BadPublication, ManifestRefused, StatusListError) as error:
            self._wrong[name] = f"{name}: {error}"
        except OSError as error:  # it has gone again: it is looked for at the next code
            del self._stamps[name]
            self._wrong[name] = f"{name}: {error.strerror or error}"
        else:
            self._wrong.pop(name, None)

    def _take_manifest(self, data: bytes) -> None:
        found = read_manifest(data, self._root, self._games, self.seen.manifest)
        self._trust(found)
        self.seen = msgspec.structs.replace(self.seen, manifest=found.version)

    def _trust(self, manifest: Manifest) -> None:
        self.cards, self._publishers = manifest.ring(), manifest.publisher_ring()
        self.facts = self.entitlements = self.statuses = self.beacon = None
        self.list_version = self.list_at = 0
        self._stamps = {MANIFEST: self._stamps[MANIFEST]}  # all others are read again

    def _take_facts(self, data: bytes) -> None:
        found = decode(data, Facts, self._publishers, self._games)
        _not_older("facts", found.version, self.seen.facts)
        self.facts, self.entitlements = found, Entitlements(found)
        self.seen = msgspec.structs.replace(self.seen, facts=found.version)

    def _take_statuses(self, data: bytes) -> None:
        found = decode(data, Statuses, self._publishers, self._games)
        _not_older("status list", found.version, self.seen.statuses)
        self.statuses = decode_list(found.data)
        self.list_version, self.list_at = found.version, found.at
        self.seen = msgspec.structs.replace(self.seen, statuses=found.version)

    def _take_beacon(self, data: bytes) -> None:
        self.beacon = decode(data, Beacon, self._publishers, self._games)


def _not_older(what: str, version: int, seen: int) -> None:
    if version < seen:
        raise BadPublication(f"{what} {version} is older than {seen}, which was here before")
