"""The way in: what there is for whom, and signing in and out.

Who signs in by a passkey, or by a password and a code, gets a session (``desks/accounts``); an operator may show his
token in place of all that. Either is kept in a cookie that no script reads and no other site sends, and a form that
comes from another site all the same is turned away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec.structs import replace

from desks.api.answers import PRIVATE
from desks.api.caller import COOKIE as SESSION
from desks.api.caller import Caller, Callers, Credentials, cookie_of, open_to_all, shown_by
from desks.api.doorkeeper import PROOF_NEEDED
from desks.api.session_callers import come_from_us, is_ours
from desks.errors import Turned
from desks.pages.form import Form, read_form
from desks.pages.proof import ask_for_proof
from desks.pages.site import Page, Site, inside
from management.command import Actor
from management.soc_signs import SignedOut

__all__ = ["COOKIE", "HANDLERS", "ByCookie", "turned_at"]

COOKIE = "__Host-podium-token"  # of an operator; a browser sends it to this host alone, over TLS or to itself
DAY = 86_400


class ByCookie:
    """Callers who are known by a token, in the header of a program or in the cookie of a browser."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def find(self, shown: Credentials) -> Caller:
        """Return who it is; raises ``Turned``."""
        token = shown.cookies.get(COOKIE, "")
        if shown.bearer or not token:
            return await self._callers.find(shown)
        caller = await self._callers.find(replace(shown, bearer=token))
        if shown.method not in ("GET", "HEAD"):
            come_from_us(shown)
        return replace(caller, by_cookie=True)


class Door(NamedTuple):
    """A link on the first page."""

    href: str
    kind: str
    about: str  # a venue, an organisation, a programme


def _doors(site: Site, actor: Actor) -> list[Door]:
    """Return where somebody may go, by his grants."""
    found: dict[Door, None] = {}
    for grant in actor.grants:
        kind, _, name = grant.scope.partition(":")
        match grant.role:
            case "VOLUNTEER" if grant.scope == f"person:{actor.id}":
                found.update({Door(f"/volunteer/{one}", "VOLUNTEER", one): None for one in site.programmes})
            case "VENUE_WF" | "WF_PLANNER":
                venues = [name] if kind == "venue" else list(site.policies["per"].venues)
                found.update({Door(f"/venue/{one}", "ROSTER", one): None for one in venues})
            case "OC_ACR_OPERATOR" | "OC_ACR_SUPERVISOR" | "VENUE_ACR" | "GAMES_AUTHORITY":
                found[Door("/desk", "DESK", "")] = None
            case "RO_ENTRIES" if kind == "ro":
                found[Door(f"/notices/{grant.scope}", "NOTICES", name)] = None
            case "RO_ACR" if kind == "ro":
                found[Door(f"/desk/passes/{name}", "PASSES", name)] = None
                found[Door(f"/notices/{grant.scope}", "NOTICES", name)] = None
        if grant.role in ("RO_ACR", "RO_ENTRIES", "WF_PLANNER", "VENUE_WF"):
            found[Door("/import", "IMPORT", "")] = None
    return list(found)


@get("/")
async def home(
    request: Request[Any, Any, Any], site: NamedDependency[Site], caller: NamedDependency[Caller]
) -> Response[str]:
    doors = _doors(site, caller.actor)
    if caller.session:
        doors.append(Door("/credentials", "CREDENTIALS", ""))
    return site.show(request, caller.actor, Page("home.html", {"doors": doors, "refused_field": ""}))


@get("/sign-in", opt=open_to_all)
async def ask_in(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[str]:
    return site.show(request, None, _sign_in(inside(request.query_params.get("next", "/"))))


@post("/sign-in", opt=open_to_all, status_code=200)
async def sign_in(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[Any]:
    form, shown = await read_form(request), shown_by(request)
    wanted = inside(form["next"])
    try:
        come_from_us(shown)
        kept = await _cookie(site, form, shown)
    except Turned as turned:
        return site.turn(request, None, _sign_in(wanted, turned.code), turned)
    return Redirect(wanted, status_code=303, headers=PRIVATE | {"Set-Cookie": kept})


async def _cookie(site: Site, form: Form, shown: Credentials) -> str:
    """Return the cookie of whoever is known by what a form says; raises ``Turned``."""
    if form["token"]:
        await site.callers.find(replace(shown, bearer=form["token"], cookies={}))
        return _token_cookie(form["token"], DAY)
    token, _ = await site.signing.by_password(form["login"], form["password"], form["code"], shown.address)
    return cookie_of(token)


def _token_cookie(token: str, seconds: int) -> str:
    return f"{COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict"


@post("/sign-out", opt=open_to_all, status_code=200)
async def sign_out(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[Any]:
    answer = Redirect("/sign-in", status_code=303, headers=PRIVATE)
    if not is_ours(shown_by(request)):
        return answer
    token = request.cookies.get(SESSION, "")
    if token and (found := site.signing.sessions.find(token)):
        site.signing.sessions.end(found.session.name)
        site.signing.tell(SignedOut(found.session.account, found.session.name, "ASKED"))
    for name in (COOKIE, SESSION):
        answer.set_cookie(Cookie(name, value="", max_age=0, path="/", secure=True, httponly=True, samesite="strict"))
    return answer


def _sign_in(wanted: str, failed: str = "") -> Page:
    return Page("sign_in.html", {"next": wanted, "failed": failed, "refused_field": ""}, scripted=True)


def turned_at(site: Site) -> Callable[[Request[Any, Any, Any], Turned], Response[Any]]:
    """Return how a page answers who is not signed in, or may not see it."""

    def answer(request: Request[Any, Any, Any], error: Turned) -> Response[Any]:
        if error.status == 401:
            wanted = quote(request.url.path)
            return Redirect(f"/sign-in?next={wanted}", status_code=303, headers=PRIVATE)
        if error.code == PROOF_NEEDED:
            return ask_for_proof(request, site)
        caller = request.state.get("caller")
        if caller is not None and caller.kind == "ENROLMENT":
            return Redirect("/credentials", status_code=303, headers=PRIVATE)
        return site.turn(request, None, Page("turned.html", {"code": error.code, "refused_field": ""}), error)

    return answer


HANDLERS = (home, ask_in, sign_in, sign_out)
