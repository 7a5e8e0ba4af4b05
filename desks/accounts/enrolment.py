"""Making credentials: with the code of an invitation, or by somebody who has just proved who he is.

A credential counts once the log says so, and its secret is here then: first the log, then the file, then the end of the
one before. Whoever stops in between has the old one still.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from desks.accounts import one_time, passkeys
from desks.accounts.credentials import Codes, Password
from desks.accounts.passwords import LONGEST
from desks.accounts.sessions import Session
from desks.accounts.sign_in import SignedIn, SignIn, not_known
from desks.errors import Turned
from desks.outcome import Outcome
from management.account import AddCredential, RedeemInvitation, RemoveCredential, SignOutEverywhere
from management.account_events import CredentialKind
from management.command import Actor, Received
from management.soc_signs import SignInTried

__all__ = ["Enrolment", "Offer"]

PLACE = "sign-in"
MOST = 1000  # offers that wait for their first code; the oldest go first


class Taker(Protocol):
    """What takes commands: an office."""

    async def submit(self, received: Received[Any], place: str) -> Outcome:
        """Return what became of a command."""


class Offer(NamedTuple):
    """What somebody scans into an application for codes, to prove by the first code that he has."""

    secret: str
    address: str  # otpauth://


class _Waiting(NamedTuple):
    login: str
    hash: str
    secret: str


class Enrolment:
    """The desk at which credentials are made. Belongs to one loop."""

    def __init__(self, taker: Taker, sign_in: SignIn, games: str) -> None:
        self._taker, self.desk, self._games = taker, sign_in, games
        self._waiting: dict[str, _Waiting] = {}  # by the name of the session

    async def redeem(self, account: str, secret: str, address: str) -> SignedIn:
        """Use the code of an invitation; return a session in which credentials are made and nothing else."""
        desk = self.desk
        desk.rates.hit("redeem_address", address)
        outcome = await self._submit(account, RedeemInvitation(secret))
        state = await desk.state(account)
        right = outcome.accepted and state is not None
        desk.tell(SignInTried(account if right else "", "INVITATION", right, desk.address(address)))
        if not right or state is None:
            raise not_known()
        return SignedIn(*desk.sessions.begin(account, "ENROLMENT", "INVITATION", state.ended, desk.now))

    # -- password and codes

    async def offer(self, session: Session, login: str, password: str) -> Offer:
        """Take a login and a password, and offer a key for codes: both count with the first code. Raises ``Turned``."""
        if not self.desk.passwords.is_fit(password, login):
            least = self.desk.policy.sign_in.password_length
            text = f"a password has {least} to {LONGEST} characters and is not the login"
            raise Turned(400, "unfit_password", text, at="$.password")
        holder = self.desk.credentials.account_of(login)
        if holder not in ("", session.account):
            raise Turned(409, "login_taken", "this login is not free", at="$.login")
        secret = one_time.make_secret()
        while len(self._waiting) >= MOST:
            del self._waiting[next(iter(self._waiting))]
        self._waiting[session.name] = _Waiting(login, await self.desk.passwords.hash(password), secret)
        return self._offer(session, secret)

    def offered(self, session: Session) -> Offer | None:
        """Return the offer of a session that waits for its first code."""
        waiting = self._waiting.get(session.name)
        return self._offer(session, waiting.secret) if waiting else None

    def _offer(self, session: Session, secret: str) -> Offer:
        return Offer(secret, one_time.address_of(secret, session.account, self._games))

    async def confirm(self, session: Session, code: str) -> tuple[str, ...]:
        """Take the first code, and return recovery codes, kept nowhere; all sessions end. Raises ``Turned``."""
        self.desk.rates.hit("proof_account", session.account)
        waiting = self._waiting.get(session.name)
        step = one_time.step_of(waiting.secret, code, self.desk.now) if waiting else None
        if waiting is None or step is None:
            raise not_known()
        del self._waiting[session.name]
        account, store = session.account, self.desk.credentials
        before = await self._known(account, ("PASSWORD", "CODES", "RECOVERY"))
        password, codes, recovery = uuid4().hex, uuid4().hex, uuid4().hex
        await self._add(account, password, "PASSWORD")
        await self._add(account, codes, "CODES")
        await self._add(account, recovery, "RECOVERY")
        if not store.set_password(account, waiting.login, Password(password, waiting.hash)):
            raise Turned(409, "login_taken", "this login is not free", at="$.login")
        store.set_codes(account, Codes(codes, waiting.secret))
        store.use_step(account, step)
        made = store.set_recovery(account, self.desk.policy.sign_in.recovery_codes)
        await self._end(session, before)
        return made

    # -- passkeys

    def passkey_options(self, session: Session) -> dict[str, Any]:
        """Return what a browser makes a passkey by."""
        known = self.desk.credentials.passkeys(session.account)
        options, challenge = passkeys.registration_options(self.desk.site, session.account, known)
        self.desk.challenges.add(challenge, "ENROL", session.account, self.desk.now)
        return options

    async def add_passkey(self, session: Session, answer: Any) -> str:
        """Take the passkey that was made, and return its name; raises ``Turned``."""
        desk, name = self.desk, uuid4().hex
        challenge = desk.challenges.use(answer, "ENROL", session.account, desk.now)
        made = passkeys.registered(desk.site, answer, challenge, session.account, name) if challenge else None
        if made is None:
            raise not_known()
        await self._add(session.account, name, "PASSKEY")
        if not desk.credentials.add_passkey(made):
            raise not_known()
        if session.kind == "ENROLMENT":
            desk.sessions.end(session.name)
        return name

    # -- on the log

    async def _known(self, account: str, kinds: tuple[CredentialKind, ...]) -> list[str]:
        state = await self.desk.state(account)
        return [name for name, kind in state.credentials.items() if kind in kinds] if state else []

    async def _add(self, account: str, name: str, kind: CredentialKind) -> None:
        outcome = await self._submit(account, AddCredential(name, kind))
        if outcome.refusal:
            raise not_known()

    async def _end(self, session: Session, before: list[str]) -> None:
        """End the credentials that others took the place of, and whoever is signed in by them."""
        for name in before:
            await self._submit(session.account, RemoveCredential(name))
        await self._submit(session.account, SignOutEverywhere())
        self.desk.sessions.end_all(session.account)

    async def _submit(self, account: str, command: Any) -> Outcome:
        return await self._taker.submit(
            Received(str(uuid4()), f"acct:{account}", command, Actor(account), self.desk.now), PLACE
        )
