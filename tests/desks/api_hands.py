"""The API over a log that is a file: an office, an application in this process, and who may ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec

from desks.api.app import make_app
from desks.api.caller import Caller, Credentials, unknown
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.office import Office
from desks.vault import Vault
from engine.log import Log
from engine.sqlite_log import SqliteLog
from management.command import Actor
from tests.desks.begun import begun
from tests.desks.people import PARTITIONS, PEPPER, POLICIES
from tests.management import accredited
from tests.management.accredited import SPRING

__all__ = ["ACTORS", "Api", "Known", "api"]

ACTORS = {one.id: one for one in vars(accredited).values() if isinstance(one, Actor)}


class Known:
    """Callers who show their own id."""

    async def find(self, shown: Credentials) -> Caller:
        if shown.bearer not in ACTORS:
            raise unknown()
        return Caller(ACTORS[shown.bearer])


class Api:
    """A client of the API that speaks for several actors."""

    def __init__(self, client: httpx.AsyncClient, office: Office, clock: list[int], vault: Vault | None = None) -> None:
        self.client = client
        self._vault = vault
        self.office = office
        self.clock = clock
        self._numbers = count(1)

    @property
    def vault(self) -> Vault:
        assert self._vault
        return self._vault

    async def settled(self) -> None:
        """Wait until all readers have taken in what there is."""
        await self.office._readers.catch_up()

    async def get(self, path: str, by: Actor | str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=bearer(by) | headers)

    def new_id(self) -> str:
        return str(UUID(int=(7 << 76) | next(self._numbers)))

    async def command(self, key: str, command: Any, by: Actor | str, **more: Any) -> httpx.Response:
        """Give a command, an aggregate's own or what stands for it in JSON."""
        plain = command if isinstance(command, dict) else _unsealed(msgspec.to_builtins(command))
        wish = {"id": self.new_id(), "key": key, "command": plain} | more
        return await self.client.post("/v1/commands", content=msgspec.json.encode(wish), headers=bearer(by))

    async def done(self, key: str, by: Actor | str, *commands: Any) -> None:
        """Give commands, none of which may be refused."""
        for command in commands:
            answer = await self.command(key, command, by)
            assert answer.status_code == 200, answer.text

    async def record(self, key: str, by: Actor | str, **headers: str) -> httpx.Response:
        return await self.client.get(f"/v1/records/{key}", headers=bearer(by) | headers)


def _unsealed(command: dict[str, Any]) -> dict[str, Any]:
    """Return a command without what only the door puts in."""
    return {name: value for name, value in command.items() if name != "sealed"}


def bearer(by: Actor | str) -> dict[str, str]:
    return {"Authorization": f"Bearer {by if isinstance(by, str) else by.id}"}


@asynccontextmanager
async def api(folder: Path, *, at: int = SPRING, log: Log | None = None, **options: Any) -> AsyncIterator[Api]:
    """Run an office and its API within a block; ``at`` is the time, ms, and stands still unless ``clock`` is set."""
    clock = [at * 1000]
    own = log or SqliteLog.open(folder / "games.podium")
    readers = options.pop("readers", ())
    office = await begun(Office(own, POLICIES, lambda: clock[0], PEPPER, partitions=PARTITIONS, readers=readers))
    work = asyncio.create_task(office.run())
    store = KeyStore.open(folder / "persons.db")
    vault = Vault(store, HeldWrapper(b"w" * 32))
    if more := options.pop("more", None):
        options["routers"] = more(office, vault)
    app: Any = make_app(office, Known(), **{"vault": vault} | options)  # their types of the same interface differ
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://people") as client:
            yield Api(client, office, clock, vault)
    finally:
        work.cancel()
        await asyncio.wait([work])
        await office.close()
        store.close()
        if log is None:
            await own.close()


def codes(answers: Sequence[httpx.Response]) -> list[tuple[int, str]]:
    """Return the status and the code of answers that are errors."""
    return [(one.status_code, one.json()["error"]["code"]) for one in answers]
