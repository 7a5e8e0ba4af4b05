"""What is personal and what is provable, wired: the vault with its eraser, photos, badges and the search; the auditor.

| in the keys folder | holds |
|---|---|
| ``persons.db`` | the keys of persons, wrapped |
| ``personal/search.db``, ``personal/photos``, ``personal/badges`` | what is derived from opened facts |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import structlog
from litestar import Router

from desks.api import certificates
from desks.audit.auditor import PAUSE, Auditor, key_of
from desks.audit.witness import HttpWitness
from desks.blind_index import BlindIndex
from desks.errors import Mismatch
from desks.key_store import KeyStore
from desks.keyring import AUDIT, blind_pepper, signing_key
from desks.keys import HeldKey
from desks.office import Office
from desks.people_index.search import Search
from desks.privacy.erasing import Eraser, VaultKeys
from desks.privacy.stores import SealedFiles
from desks.readers import Reader
from desks.vault import Vault
from desks.wrapping_key import Wrapping
from engine.log import Log
from management.soc_signs import CheckpointMismatched, Sign
from podium.passphrase import passphrase
from podium.wiring import wall_clock

__all__ = ["PERSONS", "Keeping", "Kept"]

PERSONS = "persons.db"

_log = structlog.get_logger()


class Kept(NamedTuple):
    """Where it is, and who is told what was signed."""

    keys: Path  # a folder
    checkpoints: Path | None  # a file that is appended to
    witnesses: tuple[str, ...]  # addresses
    era: int = 1  # of the signed trees


class Keeping:
    """Everything of one process that opens what is sealed, forgets what is to be forgotten, and signs what is."""

    search: Search
    photos: SealedFiles
    badges: SealedFiles
    _store: KeyStore
    _wrapping: Wrapping

    def __init__(self, log: Log, games: str, kept: Kept, eraser: Eraser, signer: HeldKey) -> None:
        """Prepare it; use ``open``."""
        self._log, self._games, self._kept, self._signer = log, games, kept, signer
        self._eraser = eraser
        self.vault: Vault = eraser.vault
        self.mismatch: Mismatch | None = None  # why nothing is signed any more
        self.router: Router = certificates.router(log, key_of(games, signer))

    @classmethod
    async def open(cls, log: Log, games: str, kept: Kept, pepper: bytes) -> Self:
        """Open the vault, which first forgets what the log wants forgotten; raises ``BadSecret``, ``StoreBusy``."""
        secret = passphrase()
        wrapping, signer = Wrapping(kept.keys, secret), signing_key(kept.keys, AUDIT, secret)
        store = KeyStore.open(kept.keys / PERSONS)
        keys = VaultKeys(store, wrapping.wrapper, signer, wrapping.others)
        eraser = await Eraser.open(log, games, wall_clock, keys)
        keeping = cls(log, games, kept, eraser, signer)
        keeping._store, keeping._wrapping = store, wrapping
        (personal := kept.keys / "personal").mkdir(mode=0o700, exist_ok=True)
        for name in ("photos", "badges"):
            (personal / name).mkdir(mode=0o700, exist_ok=True)
        keeping.search = Search.open(personal / "search.db", keeping.vault, BlindIndex(blind_pepper(pepper)))
        keeping.photos = SealedFiles(personal / "photos", "photos", keeping.vault, "photo")
        keeping.badges = SealedFiles(personal / "badges", "badges", keeping.vault, "badge")
        eraser.stores += [keeping.photos, keeping.badges, keeping.search]
        return keeping

    @property
    def readers(self) -> list[Reader]:
        """Who has to be given every event, before the search."""
        return [self._eraser]

    def work_in(self, office: Office, tell: Callable[[Sign], Any]) -> None:
        """Have it work beside an office; ``tell`` takes what the security operations centre has to know."""
        office.add("the eraser", self._eraser.run, sole=True)
        office.add("the audit", lambda: self._audit(tell), sole=True)

    async def _audit(self, tell: Callable[[Sign], Any]) -> None:
        witnesses = [HttpWitness(url) for url in self._kept.witnesses]
        try:
            auditor = await Auditor.open(
                self._log,
                self._games,
                self._signer,
                wall_clock,
                file=self._kept.checkpoints,
                witnesses=witnesses,
                era=self._kept.era,
            )
            silent: dict[str, str] = {}
            while True:
                await auditor.checkpoint()
                for name, reason in auditor.trouble.items():
                    if name not in silent:
                        _log.warning("witness_silent", witness=name, reason=reason)
                silent = dict(auditor.trouble)
                await asyncio.sleep(PAUSE)
        except Mismatch as mismatch:  # the office goes on, and signs nothing that would cover up what happened
            self.mismatch = mismatch
            _log.error("audit_mismatch", origin=mismatch.origin, reason=mismatch.reason)
            tell(_sign_of(mismatch))
            await asyncio.Event().wait()  # until somebody has looked, and starts the process anew

    def close(self) -> None:
        """Close its files."""
        self.search.close()
        self._store.close()
        self._wrapping.close()


def _sign_of(mismatch: Mismatch) -> CheckpointMismatched:
    (size, expected), (found_size, found) = mismatch.signed, mismatch.found
    return CheckpointMismatched(
        mismatch.origin, size, expected.hex(), found.hex(), found_size=found_size, reason=mismatch.reason
    )
