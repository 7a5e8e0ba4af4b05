"""Signing in: by a password and a one-time or recovery code, or by a passkey; and proving it again when it is grave.

Whoever asks hears the same whatever was wrong, after the same work: whether there is such an account, whether it is the
password or the code. A code counts once, a challenge counts once. What counts at all says the account on the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from desks.accounts import one_time, passkeys
from desks.accounts.credentials import Credentials
from desks.accounts.keys import SignInKeys, keyed_hash
from desks.accounts.passkeys import Challenges, Purpose, Site
from desks.accounts.passwords import Passwords
from desks.accounts.sessions import Session, Sessions
from desks.errors import Turned
from desks.rates import Rates
from management.account_state import State
from management.soc_signs import Means, Sign, SignInTried
from schemas.policy.accounts import Policy

__all__ = ["Accounts", "SignIn", "SignedIn", "not_known"]

NOBODY = one_time.make_secret()  # codes of accounts that there are not are judged by it


class Accounts(Protocol):
    """What knows the accounts on the log: an office."""

    @property
    def now(self) -> int:
        """Log time, ms."""

    async def read(self, key: str) -> Any:
        """Return a record as it stands."""


class SignedIn(NamedTuple):
    """A session and its token, which is kept nowhere."""

    token: str
    session: Session


def not_known() -> Turned:
    """Return what everybody hears with whom something was wrong."""
    return Turned(401, "not_signed_in", "this does not prove who it is")


class SignIn:
    """The desk at which people prove who they are. Belongs to one loop."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        credentials: Credentials,
        sessions: Sessions,
        keys: SignInKeys,
        policy: Policy,
        site: Site,
        tell: Callable[[Sign], None],
    ) -> None:
        self.accounts, self.credentials, self.sessions = accounts, credentials, sessions
        self.policy, self.site, self.tell, self.keys = policy, site, tell, keys
        self.passwords = Passwords(policy.sign_in, keys.passwords)
        self.challenges = Challenges(policy.sign_in.challenge_s)
        self.rates = Rates(policy.rates)

    @property
    def now(self) -> int:
        """Log time, ms."""
        return self.accounts.now

    def address(self, address: str) -> str:
        """Return what stands for an address where the address itself must not be."""
        return keyed_hash(self.keys.addresses, address).hex()[:16]

    async def state(self, account: str) -> State | None:
        """Return an account that is open, None for every other."""
        kept = await self.accounts.read(f"acct:{account or '-'}")
        state: State | None = kept.state if kept else None
        return state if state is not None and state.status == "OPEN" else None

    # -- signing in

    async def by_password(self, login: str, password: str, code: str, address: str) -> SignedIn:
        """Sign in by a password and a code; raises ``Turned``."""
        self.rates.hit("sign_in_address", address)
        self.rates.hit("sign_in_account", keyed_hash(self.keys.logins, login.strip().casefold()).hex())
        account = self.credentials.account_of(login)
        state = await self.state(account)
        means: Means = "PASSWORD" if len(code.strip()) <= 6 else "RECOVERY"
        if not await self._is_right(account, state, password, code) or state is None:
            self.tell(SignInTried(account, means, False, self.address(address)))
            raise not_known()
        return self._begin(account, state, means, address)

    async def _is_right(self, account: str, state: State | None, password: str, code: str) -> bool:
        known = state.credentials if state else {}
        kept = self.credentials.password(account)
        kept = kept if kept and known.get(kept.credential) == "PASSWORD" else None
        right = await self.passwords.verify(kept.hash if kept else None, password)
        if right and kept and self.passwords.is_dated(kept.hash):
            self.credentials.replace_hash(account, kept.hash, await self.passwords.hash(password))
        return self._is_code(account, state, code, use=right)

    def _is_code(self, account: str, state: State | None, code: str, *, use: bool) -> bool:
        """Judge a code with the same work for everybody; it is used up only where all else was right."""
        known = state.credentials if state else {}
        kept = self.credentials.codes(account)
        kept = kept if kept and known.get(kept.credential) == "CODES" else None
        step = one_time.step_of(kept.secret if kept else NOBODY, code, self.now)
        if not use:
            return False
        if kept and step is not None:
            return self.credentials.use_step(account, step)
        return "RECOVERY" in known.values() and self.credentials.use_recovery(account, code)

    def passkey_options(self, address: str) -> dict[str, Any]:
        """Return what a browser asks its holder for a passkey by: the same for everybody."""
        self.rates.hit("sign_in_address", address)
        return self._challenge("SIGN_IN", "")

    async def by_passkey(self, answer: Any, address: str) -> SignedIn:
        """Sign in by a passkey; raises ``Turned``."""
        self.rates.hit("sign_in_address", address)
        account = await self._signed(answer, "SIGN_IN", "")
        state = await self.state(account)
        if not account or state is None:
            self.tell(SignInTried(account, "PASSKEY", False, self.address(address)))
            raise not_known()
        return self._begin(account, state, "PASSKEY", address)

    def _challenge(self, purpose: Purpose, account: str) -> dict[str, Any]:
        options, challenge = passkeys.sign_in_options(self.site)
        self.challenges.add(challenge, purpose, account, self.now)
        return options

    async def _signed(self, answer: Any, purpose: Purpose, account: str) -> str:
        """Return whose passkey has signed one of our challenges; "" where nobody's that counts."""
        challenge = self.challenges.use(answer, purpose, account, self.now)
        passkey = self.credentials.passkey(passkeys.id_in(answer))
        if challenge is None or passkey is None:
            return ""
        state = await self.state(passkey.account)
        if state is None or state.credentials.get(passkey.credential) != "PASSKEY":
            return ""
        signed = passkeys.signed(self.site, answer, challenge, passkey)
        if signed is None or not self.credentials.count_passkey(passkey.id, passkey.signatures, signed.signatures):
            return ""
        return passkey.account

    def _begin(self, account: str, state: State, means: Means, address: str) -> SignedIn:
        token, session = self.sessions.begin(account, "SIGNED_IN", means, state.ended, self.now)
        self.tell(SignInTried(account, means, True, self.address(address), session.name))
        return SignedIn(token, session)

    # -- proving it again

    def proof_options(self, session: Session) -> dict[str, Any]:
        """Return what a browser asks for a fresh proof by a passkey by."""
        return self._challenge("STEP_UP", session.account)

    async def prove_by_passkey(self, session: Session, answer: Any, address: str) -> SignedIn:
        """Take a passkey as a fresh proof; the session gets another token. Raises ``Turned``."""
        self.rates.hit("proof_account", session.account)
        account = await self._signed(answer, "STEP_UP", session.account)
        return self._proved(session, "PASSKEY", account == session.account, address)

    async def prove_by_code(self, session: Session, code: str, address: str) -> SignedIn:
        """Take a one-time code as a fresh proof; the session gets another token. Raises ``Turned``."""
        self.rates.hit("proof_account", session.account)
        state = await self.state(session.account)
        return self._proved(session, "PASSWORD", self._is_code(session.account, state, code, use=True), address)

    def _proved(self, session: Session, means: Means, right: bool, address: str) -> SignedIn:
        self.tell(SignInTried(session.account, means, right, self.address(address), session.name, again=True))
        if not right or session.kind != "SIGNED_IN":
            raise not_known()
        return SignedIn(self.sessions.prove(session, means, self.now), session)
