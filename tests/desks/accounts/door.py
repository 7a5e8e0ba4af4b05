"""The API with its sign-in desk over a log that is a file: people who are invited, make credentials and come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec
import pyotp

from desks.accounts.credentials import Credentials
from desks.accounts.enrolment import Enrolment
from desks.accounts.keeper import Keeper
from desks.accounts.keys import SignInKeys
from desks.accounts.passkeys import Site
from desks.accounts.sessions import Sessions
from desks.accounts.sign_in import SignIn
from desks.api import sign_in
from desks.api.app import make_app
from desks.api.doorkeeper import Doorkeeper
from desks.api.session_callers import SessionCallers
from desks.office import Office
from engine.sqlite_log import SqliteLog
from management.account import ApproveInvitation, InviteHolder, OpenAccount
from management.account_grants import ApproveGrant, GiveGrant
from management.command import Actor, Received, Role
from management.soc_signs import Sign
from tests.desks.accounts.authenticator import Authenticator
from tests.desks.api_hands import Known
from tests.desks.begun import begun
from tests.desks.people import PARTITIONS, PEPPER, POLICIES
from tests.management.account_hands import SECOND_AUTHORITY, SUPERVISOR, actor
from tests.management.accredited import SPRING

__all__ = ["CHEAP", "PASSWORD", "Door", "Holder", "door"]

PASSWORD = "correct horse battery staple"
KEYS = SignInKeys.derived(PEPPER)
SITE = Site("people", ("https://people",))
# As little as argon2 takes: what it costs is not what is tested.
CHEAP = msgspec.structs.replace(
    POLICIES["acct"],
    sign_in=msgspec.structs.replace(POLICIES["acct"].sign_in, argon2_memory_kib=8, argon2_passes=1),
)
STEP = 30_000


class Holder(NamedTuple):
    """Somebody with a password and codes."""

    account: str
    login: str
    secret: str
    recovery: list[str]

    def code(self, now: int) -> str:
        return pyotp.TOTP(self.secret).generate_otp(now // STEP)


class Door:
    """A client of the API, and what is behind it."""

    def __init__(self, client: httpx.AsyncClient, office: Office, desk: SignIn, clock: list[int]) -> None:
        self.client, self.office, self.desk, self.clock = client, office, desk, clock
        self.signs: list[Sign] = []
        self.app: Any = None

    @property
    def now(self) -> int:
        return self.clock[0] // 1000

    def later(self, ms: int) -> None:
        self.clock[0] += ms * 1000

    async def post(self, path: str, body: Any = None, token: str = "", **headers: str) -> httpx.Response:
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.client.post(f"/v1{path}", json=body, headers=shown | headers)

    async def get(self, path: str, token: str = "", **headers: str) -> httpx.Response:
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.client.get(f"/v1{path}", headers=shown | headers)

    async def command(self, key: str, command: Any, token: str, **headers: str) -> httpx.Response:
        wish = {"id": str(uuid4()), "key": key, "command": msgspec.to_builtins(command)}
        return await self.post("/commands", wish, token, **headers)

    # -- by the office itself

    async def did(self, key: str, command: Any, by: Actor) -> str:
        received: Received[Any] = Received(str(uuid4()), key, command, by, self.now)
        outcome = await self.office.submit(received, "test")
        assert outcome.accepted, outcome
        return received.id

    async def opened(self, account: str, *roles: tuple[Role, str]) -> None:
        """Open an account with roles, each given by as many persons as it takes."""
        await self.did(f"acct:{account}", OpenAccount(), SUPERVISOR)
        for role, scope in roles:
            by = actor("P-GIVES", CHEAP.roles[role].assigned_by[0])
            grant = await self.did(f"acct:{account}", GiveGrant(role, scope), by)
            if CHEAP.roles[role].persons == 2:
                await self.did(f"acct:{account}", ApproveGrant(grant), SECOND_AUTHORITY)

    async def invitation(self, account: str) -> str:
        """Invite somebody, as two persons do; return the code for him."""
        secret = uuid4().hex
        digest = sha256(secret.encode()).hexdigest()
        invitation = await self.did(f"acct:{account}", InviteHolder(digest), SUPERVISOR)
        await self.did(f"acct:{account}", ApproveInvitation(invitation), actor("P-ADA", "SYSADMIN"))
        return secret

    async def invited(self, account: str) -> str:
        """Invite somebody, and return the token of the session in which he makes credentials."""
        secret = await self.invitation(account)
        answer = await self.post("/sign-in/invitation", {"account": account, "secret": secret})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    async def enrolled(self, account: str, *roles: tuple[Role, str], login: str = "") -> Holder:
        """Open an account whose holder makes a password and codes."""
        await self.opened(account, *roles)
        token, login = await self.invited(account), login or f"{account}@example.org"
        offer = await self.post("/credentials/password", {"login": login, "password": PASSWORD}, token)
        assert offer.status_code == 200, offer.text
        secret = offer.json()["secret"]
        code = pyotp.TOTP(secret).generate_otp(self.now // STEP)
        made = await self.post("/credentials/password/confirm", {"code": code}, token)
        assert made.status_code == 200, made.text
        self.later(STEP)  # the code of this step is used up
        return Holder(account, login, secret, made.json()["recovery"])

    async def with_passkey(self, account: str, *roles: tuple[Role, str]) -> Authenticator:
        """Open an account whose holder makes a passkey."""
        await self.opened(account, *roles)
        token, key = await self.invited(account), Authenticator()
        options = await self.post("/credentials/passkey/options", token=token)
        made = await self.post("/credentials/passkey", {"credential": key.make(options.json())}, token)
        assert made.status_code == 204, made.text
        return key

    # -- as a holder

    async def sign_in(self, holder: Holder, password: str = PASSWORD, code: str = "", **more: Any) -> httpx.Response:
        body = {"login": holder.login, "password": password, "code": code or holder.code(self.now)}
        return await self.post("/sign-in", body | more)

    async def token(self, holder: Holder) -> str:
        answer = await self.sign_in(holder)
        assert answer.status_code == 200, answer.text
        self.later(STEP)
        return str(answer.json()["token"])


@asynccontextmanager
async def door(folder: Path, *, at: int = SPRING, policy: Any = CHEAP, **more: Any) -> AsyncIterator[Door]:
    """Run the office, its sign-in desk and the API within a block; time stands still unless a test moves it."""
    clock = [at * 1000]
    log = SqliteLog.open(folder / "games.podium")
    credentials = Credentials(folder / "credentials.db", KEYS)
    sessions = Sessions(folder / "sessions.db", policy.sessions)
    keeper = Keeper(credentials, sessions)
    policies = POLICIES | {"acct": policy, "dev": policy}
    office = await begun(Office(log, policies, lambda: clock[0], PEPPER, partitions=PARTITIONS, readers=[keeper]))
    signs: list[Sign] = []
    options: dict[str, Any] = {"credentials": credentials, "sessions": sessions, "keys": KEYS, "policy": policy}
    desk = SignIn(office, site=SITE, tell=signs.append, **options)
    heard: dict[str, Any] = {"tell": signs.append, "now": lambda: office.now, "address": desk.address}
    doorkeeper = Doorkeeper(policy.rates, policy.sensitive, policy.offers, **heard)
    routers = [sign_in.router(desk, Enrolment(office, desk, "T20")), *more.get("routers", ())]
    app: Any = make_app(office, SessionCallers(desk, Known()), routers=routers, doorkeeper=doorkeeper)
    work = asyncio.create_task(office.run())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="https://people") as client:
            made = Door(client, office, desk, clock)
            made.signs, made.app = signs, app
            yield made
    finally:
        work.cancel()
        await asyncio.wait([work])
        await office.close()
        await log.close()
        credentials.close()
        sessions.close()
