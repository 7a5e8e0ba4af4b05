"""The people side with a vault by hand: a writer, a reactor and an eraser over any log, and all that holds facts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import msgspec

from desks.blind_index import BlindIndex
from desks.codec import Codec
from desks.facts import Document, Facts
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.outcome import Outcome
from desks.partitions import Partitions, scan
from desks.people_index.search import Search
from desks.privacy.certificate import Certificate, open_certificate, read_certificates
from desks.privacy.erasing import Eraser, VaultKeys
from desks.privacy.stores import SealedFiles
from desks.reactor import Reactor
from desks.readers import Readers
from desks.reading import hear
from desks.topics import EVENTS
from desks.vault import Erased, Place
from desks.writer import Writer
from engine.log import Log
from management.command import Actor, Grant, Received, Recorded
from tests.desks.begun import begun
from tests.desks.people import MANAGERS, POLICIES
from tests.desks.test_keys import key
from tests.management.accredited import JULY, SPRING, SYSTEM, TO_APPROVED

__all__ = ["ANN", "BLIND", "OTHER_DPO", "PASSPORT", "SIGNER", "PrivateOffice"]

PARTITIONS = Partitions(2)
PEPPER = b"pepper"
BLIND = BlindIndex(b"blind" * 7)
KEK = HeldWrapper(bytes(32))
SIGNER = key(5)
OTHER_DPO = Actor("dpo-b", (Grant("DPO"),))
PASSPORT = Document("IRL", "P", "PA1234567")
PHOTO = b"\xff\xd8\xff\xe0" + b"a photo" * 20
ANN = Facts(family_name="Ó Súilleabháin", given_name="Ann", documents=(PASSPORT,), email="ann@example.org")
CODEC = Codec(b"")


class PrivateOffice:
    """One process's worth of the people side: opened anew, it is what a restart finds."""

    def __init__(self, log: Log, writer: Writer, eraser: Eraser, folder: Path, store: KeyStore) -> None:
        self.log, self.writer, self.eraser, self.store = log, writer, eraser, store
        self.vault = eraser.vault
        self.index = Search.open(folder / "people.db", self.vault, BLIND)
        for name in ("photos", "badges"):
            (folder / name).mkdir(exist_ok=True)
        self.photos = SealedFiles(folder / "photos", "photos", self.vault, "photo")
        self.badges = SealedFiles(folder / "badges", "badges", self.vault, "badge")
        self.eraser.stores += [self.photos, self.badges, self.index]
        self.readers = Readers(log, PARTITIONS, [eraser, self.index])
        self._numbers = count(1)

    @classmethod
    async def open(cls, log: Log, folder: Path, clock: Callable[[], int] = lambda: JULY * 1000) -> Self:
        writer = await Writer.open(log, POLICIES, clock, PEPPER, partitions=PARTITIONS)
        store = KeyStore.open(folder / "keys.db")
        keys = VaultKeys(store, KEK, SIGNER)
        eraser = await Eraser.open(log, "T20", clock, keys, partitions=PARTITIONS)
        office = cls(log, writer, eraser, folder, store)
        office._numbers = count(1 + len(await office.events()))
        await office.readers.catch_up()
        await office.eraser.acquire()
        return office

    async def close(self) -> None:
        """Let go of everything but the log."""
        await self.writer.close()
        self.index.close()
        self.store.close()

    # -- doing

    def name(self) -> str:
        return str(UUID(int=(7 << 76) | next(self._numbers)))

    async def submit(self, stream: str, command: Any, by: Actor, at: int = SPRING, name: str = "") -> Outcome:
        outcome = await self.writer.submit(Received(name or self.name(), stream, command, by, at))
        await self.readers.catch_up()
        return outcome

    async def code(self, stream: str, command: Any, by: Actor, at: int = SPRING) -> str:
        """Return the code with which a command is refused, "" where it is not."""
        refusal = (await self.submit(stream, command, by, at)).refusal
        return refusal.code if refusal else ""

    async def done(self, stream: str, *commands: tuple[Any, Actor], at: int = SPRING) -> None:
        """Carry out commands, none of which may be refused."""
        assert [await self.code(stream, command, by, at) for command, by in commands] == [""] * len(commands)

    async def accredit(self, person: str, facts: Facts = ANN, participation: str = "A1") -> None:
        """Take a person to an approved participation, with the facts sealed in the application."""
        stream = f"per:{person}"
        steps: list[tuple[Any, Actor]] = [*TO_APPROVED]
        for command, by in steps:
            name = self.name()
            fields: dict[str, Any] = {}
            if hasattr(command, "sealed"):
                fields["sealed"] = self.vault.seal(person, Place(stream, name), facts)
            if hasattr(command, "participation"):
                fields["participation"] = participation
            if getattr(command, "hold", None):
                fields["hold"] = msgspec.structs.replace(command.hold, id=f"H-{person}")
            outcome = await self.submit(stream, msgspec.structs.replace(command, **fields), by, name=name)
            assert outcome.refusal is None
        self.photos.put(person, "portrait", Facts(photo=PHOTO))
        self.badges.put(person, "badge-1", Facts(badge=b"%PDF-1.4 Ann"))

    async def claim(self, person: str, document: Document, kind: Any) -> str:
        """Claim a document, or confirm that; return the code of the refusal."""
        return await self.code(BLIND.document_key(document), kind(BLIND.document(document), f"per:{person}"), SYSTEM)

    async def react(self) -> int:
        reactor = await begun(Reactor(self.log, self.writer, lambda: JULY * 1000, MANAGERS, partitions=PARTITIONS))
        done = await reactor.catch_up()
        await self.readers.catch_up()
        return done

    # -- looking

    async def events(self) -> list[Recorded[Any]]:
        nothing = dict.fromkeys(range(PARTITIONS.count), 0)
        return [
            hear(stored, PARTITIONS, CODEC).recorded async for _, stored in scan(self.log, EVENTS, PARTITIONS, nothing)
        ]

    async def opened(self, person: str) -> set[Facts | Erased]:
        """Return all that can be made of what is sealed about a person on the log."""
        found = set()
        for recorded in await self.events():
            if recorded.key == f"per:{person}" and (sealed := getattr(recorded.event, "sealed", b"")):
                found.add(self.vault.open(person, Place(recorded.key, recorded.cause), sealed))
        return found

    def certificates(self) -> list[Certificate]:
        keys = {SIGNER.kid: SIGNER.public}
        return [open_certificate(stored.value, keys) for stored in read_certificates(self.log)]
