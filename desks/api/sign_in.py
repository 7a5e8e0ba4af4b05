"""Signing in and out, proving it again, and making credentials, as routes.

A session goes to a client as a token, which it sends as a bearer, or with ``cookie`` to a browser as a cookie that no
script reads. Everything here that is refused gets one answer, whatever was wrong.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody

from desks.accounts.enrolment import Enrolment
from desks.accounts.sessions import Session
from desks.accounts.sign_in import SignedIn, SignIn
from desks.api.answers import PRIVATE
from desks.api.caller import Caller, cookie_of, for_enrolment, open_to_all, shown_by
from desks.api.doorkeeper import Doorkeeper
from desks.api.session_callers import csrf_of
from desks.errors import Turned
from management.soc_signs import SignedOut

__all__ = ["maker_of", "router", "session_of"]


class PasswordBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A login, a password, and a one-time or recovery code."""

    login: str
    password: str
    code: str
    cookie: bool = False  # for a browser


class PasskeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser made of the options: the credential, as JSON."""

    credential: dict[str, Any]
    cookie: bool = False


class InvitationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of an invitation, and whose it is."""

    account: str
    secret: str
    cookie: bool = False


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code."""

    code: str


class ChosenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A login and a password that somebody chooses."""

    login: str
    password: str


class SessionAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A session; with its token where it is not in a cookie."""

    account: str
    session: str
    kind: str
    csrf: str  # goes with every change that a page asks for by itself, as the header Podium-CSRF
    token: str = ""


class CallerAnswer(msgspec.Struct, frozen=True):
    """Who one is here."""

    account: str
    session: str
    kind: str
    fresh_until: int | None  # ms since 1970 UTC
    grants: tuple[tuple[str, str], ...]  # role and scope
    csrf: str


class OfferAnswer(msgspec.Struct, frozen=True):
    """What an application for codes reads."""

    secret: str
    address: str


class RecoveryAnswer(msgspec.Struct, frozen=True):
    """Recovery codes, each for once; they are kept nowhere."""

    recovery: tuple[str, ...]


Ask = Request[Any, Any, Any]
Options = Response[dict[str, Any]]


def _answer(desk: SignIn, signed: SignedIn, cookie: bool) -> Response[SessionAnswer]:
    token, session = signed
    csrf = csrf_of(desk, session.name)
    body = SessionAnswer(session.account, session.name, session.kind, csrf, "" if cookie else token)
    headers = PRIVATE | ({"Set-Cookie": cookie_of(token)} if cookie else {})
    return Response(body, status_code=200, headers=headers)


def _address(request: Ask) -> str:
    return request.client.host if request.client else ""


def _same_site(request: Ask) -> None:
    """Refuse to sign a browser in for another site, which would then know who it is."""
    if shown_by(request).headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Turned(403, "cross_site", "this did not come from our own pages")


# -- signing in -------------------------------------------------------------------------------------------------------


@post("/sign-in", status_code=200, summary="Sign in by a password and a code", opt=open_to_all)
async def by_password(
    request: Ask, data: JSONBody[PasswordBody], desk: NamedDependency[SignIn]
) -> Response[SessionAnswer]:
    _same_site(request)
    signed = await desk.by_password(data.login, data.password, data.code, _address(request))
    return _answer(desk, signed, data.cookie)


@post("/sign-in/passkey/options", status_code=200, summary="Ask for a passkey", opt=open_to_all)
async def passkey_options(request: Ask, desk: NamedDependency[SignIn]) -> Options:
    return Response(desk.passkey_options(_address(request)), headers=PRIVATE)


@post("/sign-in/passkey", status_code=200, summary="Sign in by a passkey", opt=open_to_all)
async def by_passkey(
    request: Ask, data: JSONBody[PasskeyBody], desk: NamedDependency[SignIn]
) -> Response[SessionAnswer]:
    _same_site(request)
    return _answer(desk, await desk.by_passkey(data.credential, _address(request)), data.cookie)


@post("/sign-in/invitation", status_code=200, summary="Use an invitation, to make credentials", opt=open_to_all)
async def by_invitation(
    request: Ask, data: JSONBody[InvitationBody], desk: NamedDependency[SignIn], enrolment: NamedDependency[Enrolment]
) -> Response[SessionAnswer]:
    _same_site(request)
    signed = await enrolment.redeem(data.account, data.secret, _address(request))
    return _answer(desk, signed, data.cookie)


# -- the session ------------------------------------------------------------------------------------------------------


@get("/session", summary="Say who one is here", opt=for_enrolment)
async def read_session(caller: NamedDependency[Caller], desk: NamedDependency[SignIn]) -> Response[CallerAnswer]:
    grants = tuple((grant.role, grant.scope) for grant in caller.actor.grants)
    csrf = csrf_of(desk, caller.session) if caller.session else ""
    known = (caller.actor.id, caller.session, caller.kind, caller.fresh_until)
    return Response(CallerAnswer(*known, grants, csrf), headers=PRIVATE)


@delete("/session", status_code=204, summary="Sign out", opt=for_enrolment)
async def sign_out(caller: NamedDependency[Caller], desk: NamedDependency[SignIn]) -> Response[None]:
    if desk.sessions.end(caller.session):
        desk.tell(SignedOut(caller.actor.id, caller.session, "ASKED"))
    return Response(None, status_code=204, headers=PRIVATE | {"Set-Cookie": cookie_of("")})


@post("/session/proof", status_code=200, summary="Prove again who one is, by a code")
async def prove_by_code(
    request: Ask, data: JSONBody[CodeBody], caller: NamedDependency[Caller], desk: NamedDependency[SignIn]
) -> Response[SessionAnswer]:
    proved = await desk.prove_by_code(session_of(desk, caller), data.code, _address(request))
    return _answer(desk, proved, caller.by_cookie)


@post("/session/proof/passkey/options", status_code=200, summary="Ask for a passkey as a fresh proof")
async def proof_options(caller: NamedDependency[Caller], desk: NamedDependency[SignIn]) -> Options:
    return Response(desk.proof_options(session_of(desk, caller)), headers=PRIVATE)


@post("/session/proof/passkey", status_code=200, summary="Prove again who one is, by a passkey")
async def prove_by_passkey(
    request: Ask, data: JSONBody[PasskeyBody], caller: NamedDependency[Caller], desk: NamedDependency[SignIn]
) -> Response[SessionAnswer]:
    proved = await desk.prove_by_passkey(session_of(desk, caller), data.credential, _address(request))
    return _answer(desk, proved, caller.by_cookie)


def session_of(desk: SignIn, caller: Caller) -> Session:
    """Return the session that somebody is in; raises ``Turned``."""
    found = desk.sessions.named(caller.session) if caller.session else None
    if found is None:
        raise Turned(409, "no_session", "who comes with an operator's token is in no session")
    return found


# -- credentials ------------------------------------------------------------------------------------------------------


def maker_of(desk: SignIn, caller: Caller, doorkeeper: Doorkeeper) -> Session:
    """Return the session of somebody who may make credentials, invited or with a fresh proof; raises ``Turned``."""
    if caller.kind != "ENROLMENT":
        doorkeeper.need_proof(caller)
    return session_of(desk, caller)


@post("/credentials/password", status_code=200, summary="Choose login and password", opt=for_enrolment)
async def choose_password(
    data: JSONBody[ChosenBody],
    caller: NamedDependency[Caller],
    desk: NamedDependency[SignIn],
    enrolment: NamedDependency[Enrolment],
    doorkeeper: NamedDependency[Doorkeeper],
) -> Response[OfferAnswer]:
    offer = await enrolment.offer(maker_of(desk, caller, doorkeeper), data.login, data.password)
    return Response(OfferAnswer(*offer), headers=PRIVATE)


@post("/credentials/password/confirm", status_code=200, summary="Show the first code", opt=for_enrolment)
async def confirm_password(
    data: JSONBody[CodeBody],
    caller: NamedDependency[Caller],
    desk: NamedDependency[SignIn],
    enrolment: NamedDependency[Enrolment],
    doorkeeper: NamedDependency[Doorkeeper],
) -> Response[RecoveryAnswer]:
    made = await enrolment.confirm(maker_of(desk, caller, doorkeeper), data.code)
    return Response(RecoveryAnswer(made), headers=PRIVATE)


@post("/credentials/passkey/options", status_code=200, summary="Ask how to make a passkey", opt=for_enrolment)
async def making_options(
    caller: NamedDependency[Caller],
    desk: NamedDependency[SignIn],
    enrolment: NamedDependency[Enrolment],
    doorkeeper: NamedDependency[Doorkeeper],
) -> Options:
    return Response(enrolment.passkey_options(maker_of(desk, caller, doorkeeper)), headers=PRIVATE)


@post("/credentials/passkey", status_code=204, summary="Add the passkey that was made", opt=for_enrolment)
async def add_passkey(
    data: JSONBody[PasskeyBody],
    caller: NamedDependency[Caller],
    desk: NamedDependency[SignIn],
    enrolment: NamedDependency[Enrolment],
    doorkeeper: NamedDependency[Doorkeeper],
) -> Response[None]:
    await enrolment.add_passkey(maker_of(desk, caller, doorkeeper), data.credential)
    return Response(None, status_code=204, headers=PRIVATE)


def router(desk: SignIn, enrolment: Enrolment) -> Router:
    """Return the routes under ``/v1``."""

    async def the_desk() -> SignIn:
        return desk

    async def the_enrolment() -> Enrolment:
        return enrolment

    signing = [by_password, passkey_options, by_passkey, by_invitation]
    session = [read_session, sign_out, prove_by_code, proof_options, prove_by_passkey]
    making = [choose_password, confirm_password, making_options, add_passkey]
    return Router(
        "/v1",
        route_handlers=[*signing, *session, *making],
        dependencies={"desk": Provide(the_desk), "enrolment": Provide(the_enrolment)},
        tags=["Signing in"],
    )
