"""The pages over a log that is a file: an office, a real server in this process, and who is signed in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from desks.acknowledgements import Acknowledgements
from desks.api import notices
from desks.api.app import make_app
from desks.api.server import running
from desks.blind_index import BlindIndex
from desks.facts import Facts
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.keys import HeldKey
from desks.office import Office
from desks.operators import FILE, Operators, add_operator
from desks.pages.app import router
from desks.pages.entrance import COOKIE, ByCookie
from desks.pages.site import Site
from desks.people_index.index import PeopleIndex
from desks.readers import Reader
from desks.vault import Place, Vault
from engine.sqlite_log import SqliteLog
from management.command import Actor, Received
from podium.signing_in import Secrets, SigningIn
from tests.desks.accounts.door import CHEAP, Door
from tests.desks.begun import begun
from tests.desks.people import PARTITIONS, PEPPER, POLICIES

__all__ = ["PeopleStage", "field_of", "on_stage"]

INDEX = BlindIndex(bytes(32))


class PeopleStage:
    """A people side that is served, at a time that is set by hand."""

    def __init__(self, folder: Path, office: Office, site: Site, clock: list[int], port: int) -> None:
        self.folder = folder
        self.office = office
        self.site = site
        self.url = f"http://127.0.0.1:{port}"
        self.named = f"http://localhost:{port}"  # where passkeys are for: an address of numbers has none
        self._clock = clock
        self._numbers = count(1)

    def at(self, now: int) -> None:
        """Set the time, ms."""
        self._clock[0] = now * 1000

    async def do(self, key: str, by: Actor, *commands: Any, facts: Facts | None = None) -> None:
        """Carry out commands, none of which may be refused, and wait until every page shows them.

        ``facts`` are sealed with each.
        """
        for command in commands:
            name = str(UUID(int=(7 << 76) | next(self._numbers)))
            if hasattr(command, "sealed"):
                assert self.site.vault is not None
                place = Place(key, name)
                sealed = self.site.vault.seal(key.rpartition(":")[2], place, facts) if facts else b""
                command = replace(command, sealed=sealed)  # noqa: PLW2901 - the same, as it is handed in
            outcome = await self.office.submit(Received(name, key, command, by, self.office.now), "test")
            assert outcome.refusal is None
            assert await self.office.seen(outcome.position, 30)

    def door(self, client: httpx.AsyncClient) -> Door:
        """Return what makes accounts by the API."""
        return Door(client, self.office, self.site.signing, self._clock)

    def token(self, who: Actor) -> str:
        """Let somebody in; return the token."""
        return add_operator(self.folder / FILE, who.id, who.grants)

    def client(self, who: Actor | None = None, **headers: str) -> httpx.AsyncClient:
        """Return a browser without a face; the caller closes it."""
        cookies = {COOKIE: self.token(who)} if who else {}
        own = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"} | headers
        return httpx.AsyncClient(base_url=self.url, cookies=cookies, headers=own, timeout=30)


@asynccontextmanager
async def on_stage(
    folder: Path, now: int, policies: Any = POLICIES, accounts: Any = CHEAP
) -> AsyncIterator[PeopleStage]:
    """Serve the people side within a block."""
    clock = [now * 1000]
    log = SqliteLog.open(folder / "games.podium")
    policies = {**policies, "acct": accounts, "dev": accounts}
    people, store = PeopleIndex(POLICIES["per"]), KeyStore.open(folder / "keys.db")
    acknowledgements = Acknowledgements()
    secrets = Secrets.open(folder, PEPPER, accounts)
    readers: list[Reader] = [people, secrets.keeper, acknowledgements]
    office = await begun(Office(log, policies, lambda: clock[0], PEPPER, partitions=PARTITIONS, readers=readers))
    vault = Vault(store, HeldWrapper(bytes(32)))
    signer = HeldKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01"))
    operators = ByCookie(Operators(folder, lambda: clock[0]))
    signing = SigningIn(office, secrets, operators, "T20")
    doors: dict[str, Any] = {"enrolment": signing.enrolment, "doorkeeper": signing.doorkeeper}
    site = Site(office, operators, policies, index=INDEX, vault=vault, people=people, signer=signer, **doors)
    routers = [signing.router, router(site), notices.router(acknowledgements)]
    app = make_app(office, signing.callers, routers=routers, doorkeeper=signing.doorkeeper)
    work = asyncio.create_task(office.run())
    try:
        async with running(app) as port:
            stage = PeopleStage(folder, office, site, clock, port)
            signing.serve_at(stage.named)
            yield stage
    finally:
        work.cancel()
        await asyncio.wait([work])
        await office.close()
        await log.close()
        store.close()
        secrets.close()


def field_of(html: str, name: str) -> str:
    """Return the value of the first hidden field of a name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]
