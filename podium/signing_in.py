"""Signing in, wired: the files of secrets in the keys folder, the desk over the office, and what doors tell of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple, Self

from litestar import Router

from desks.accounts.credentials import Credentials
from desks.accounts.enrolment import Enrolment
from desks.accounts.keeper import Keeper
from desks.accounts.keys import SignInKeys
from desks.accounts.passkeys import Site, site_of
from desks.accounts.sessions import Sessions
from desks.accounts.sign_in import SignIn
from desks.api.caller import Callers
from desks.api.doorkeeper import Doorkeeper
from desks.api.session_callers import SessionCallers
from desks.api.sign_in import router
from desks.office import Office
from desks.soc.signs import Teller
from podium.errors import OperatorError
from schemas.policy.accounts import Policy

__all__ = ["Secrets", "SigningIn"]

SWEEP = 600.0  # seconds
NOWHERE = Site("localhost", ())


class Secrets(NamedTuple):
    """What the keys folder holds of accounts."""

    keys: SignInKeys
    credentials: Credentials
    sessions: Sessions
    policy: Policy
    keeper: Keeper  # a reader of the office: what the log ends is deleted

    @classmethod
    def open(cls, folder: Path, pepper: bytes, policy: Policy) -> Self:
        """Open the files, making them where there are none."""
        keys = SignInKeys.derived(pepper)
        credentials = Credentials(folder / "credentials.db", keys)
        sessions = Sessions(folder / "sessions.db", policy.sessions)
        return cls(keys, credentials, sessions, policy, Keeper(credentials, sessions))

    def close(self) -> None:
        """Close them."""
        self.credentials.close()
        self.sessions.close()


class SigningIn:
    """The desk, its routes, and who stands before all others."""

    def __init__(self, office: Office, secrets: Secrets, operators: Callers, games: str) -> None:
        """Put it over an office; raises ``BadPolicy`` where a rate is none."""
        policy = secrets.policy
        self.teller = Teller(office.log, office.clock)
        self.desk = SignIn(
            office,
            credentials=secrets.credentials,
            sessions=secrets.sessions,
            keys=secrets.keys,
            policy=policy,
            site=NOWHERE,
            tell=self.teller.tell,
        )
        self.callers: Callers = SessionCallers(self.desk, operators)
        self.enrolment = Enrolment(office, self.desk, games)
        self.router: Router = router(self.desk, self.enrolment)
        self.doorkeeper = Doorkeeper(
            policy.rates,
            policy.sensitive,
            policy.offers,
            tell=self.teller.tell,
            now=lambda: office.now,
            address=self.desk.address,
        )

    async def sweep(self) -> None:
        """Delete sessions that are over, now and then, until cancelled."""
        while True:
            self.desk.sessions.sweep(self.desk.now)
            await asyncio.sleep(SWEEP)

    def serve_at(self, origin: str) -> None:
        """Say where browsers find the pages: passkeys are for there alone."""
        try:
            self.desk.site = site_of(origin)
        except ValueError as error:
            raise OperatorError(str(error)) from error
