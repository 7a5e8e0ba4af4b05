"""People who are signed in: a session's token, a bearer's or a browser's cookie, leads to the roles of this instant.

A browser sends its cookie wherever a page makes it, so a cookie counts for a change only where the request comes from
our own pages: the browser says so (``Sec-Fetch-Site``, ``Origin``), or the request carries the session's word against
forgery (``Podium-CSRF``), which no other site can read.
"""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import urlsplit

from desks.accounts.keys import keyed_hash
from desks.accounts.sessions import Cause, Found, Session
from desks.accounts.sign_in import SignIn
from desks.api.caller import COOKIE, Caller, Callers, Credentials, unknown
from desks.errors import Turned
from management.account_state import grants_at
from management.command import Actor
from management.soc_signs import SessionStolen, SignedOut

__all__ = ["CSRF", "SessionCallers", "come_from_us", "csrf_of", "is_ours"]

CSRF = "podium-csrf"  # a header, in lower case
SAFE = ("GET", "HEAD", "OPTIONS")


class SessionCallers:
    """The callers who are signed in, and behind them those of ``others``."""

    def __init__(self, desk: SignIn, others: Callers) -> None:
        self._desk, self._others = desk, others
        self._limits = desk.policy.sessions

    async def find(self, shown: Credentials) -> Caller:
        """Return who is signed in by a token; raises ``Turned``."""
        cookie = "" if shown.bearer else shown.cookies.get(COOKIE, "")
        found = self._desk.sessions.find(shown.bearer or cookie) if shown.bearer or cookie else None
        if found is None:
            return await self._others.find(shown)
        caller = await self._admitted(found, shown)
        if cookie and shown.method not in SAFE and not self._has_word(shown, found.session):
            come_from_us(shown)
        return caller

    async def _admitted(self, found: Found, shown: Credentials) -> Caller:
        desk, session, now = self._desk, found.session, self._desk.now
        if cause := session.over(now, self._limits):
            raise self._ended(session, cause)
        if not found.current and now - session.turned >= self._limits.grace_s * 1000:
            desk.tell(SessionStolen(session.account, session.name, desk.address(shown.address)))
            raise self._ended(session, "STOLEN")
        state = await desk.state(session.account)
        if state is None or state.ended != session.ended:
            raise self._ended(session, "EVERYWHERE")
        desk.sessions.use(session, now)
        due = found.current and now - session.turned >= self._limits.rotate_min * 60_000
        return Caller(
            Actor(session.account, grants_at(state, now)),
            kind=session.kind,
            session=session.name,
            fresh_until=session.proved + self._limits.step_up_min * 60_000,
            token=desk.sessions.turn(session, now) if due else "",
            by_cookie=not shown.bearer,
        )

    def _ended(self, session: Session, cause: Cause) -> Turned:
        if self._desk.sessions.end(session.name):
            self._desk.tell(SignedOut(session.account, session.name, cause))
        return unknown()

    def _has_word(self, shown: Credentials, session: Session) -> bool:
        word = shown.headers.get(CSRF, "").encode(errors="replace")
        return compare_digest(word, csrf_of(self._desk, session.name).encode())


def csrf_of(desk: SignIn, session: str) -> str:
    """Return the word against forgery of a session, by its public name."""
    return keyed_hash(desk.keys.csrf, session).hex()


def come_from_us(shown: Credentials) -> None:
    """Raise ``Turned`` where a browser does not say that a request comes from a page of this very host."""
    if not is_ours(shown):
        raise Turned(403, "cross_site", "this did not come from our own pages", at=shown.path)


def is_ours(shown: Credentials) -> bool:
    """Say whether a browser says that a request comes from a page of this very host."""
    if site := shown.headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = shown.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == shown.headers.get("host", "")
