"""A fresh proof of who somebody is: asked for where an act takes one, which then goes on where it stood still."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from desks.api.answers import PRIVATE
from desks.api.caller import Caller, cookie_of
from desks.api.sign_in import session_of
from desks.errors import Turned
from desks.pages.form import Form, read_form
from desks.pages.site import Page, Site, inside
from management.command import Refusal

__all__ = ["HANDLERS", "ask_for_proof"]

OWN = ("proof", "next")  # fields of the form of the proof; the others are those of a form that waits for it


def ask_for_proof(request: Request[Any, Any, Any], site: Site) -> Response[Any]:
    """Return the answer to whoever has to prove who he is first; a form that he has sent waits meanwhile."""
    caller: Caller = request.state.caller
    form: Form | None = request.state.get("form")
    if form is None:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return Redirect(f"/proof?next={quote(wanted, safe='/')}", status_code=303, headers=PRIVATE)
    return site.show(request, caller.actor, _page(request.url.path, form), 403)


@get("/proof")
async def ask(
    request: Request[Any, Any, Any], site: NamedDependency[Site], caller: NamedDependency[Caller]
) -> Response[str]:
    return site.show(request, caller.actor, _page(inside(request.query_params.get("next", "/")), Form({})))


@post("/proof", status_code=200)
async def prove(
    request: Request[Any, Any, Any], site: NamedDependency[Site], caller: NamedDependency[Caller]
) -> Response[Any]:
    form = await read_form(request)
    wanted = inside(form["next"])
    try:
        session, address = session_of(site.signing, caller), request.client.host if request.client else ""
        token, _ = await site.signing.prove_by_code(session, form["proof"], address)
    except Turned as turned:
        page = _page(wanted, form, Refusal(turned.code, turned.message))
        return site.turn(request, caller.actor, page, turned)
    headers = PRIVATE | {"Set-Cookie": cookie_of(token)}
    if form.id:
        return Redirect(wanted, status_code=307, headers=headers)  # the browser sends the form that waits
    return Redirect(wanted, status_code=303, headers=headers)


def _page(wanted: str, form: Form, refusal: Refusal | None = None) -> Page:
    waiting = [(name, value) for name, value in form.fields() if name not in OWN]
    shows = {"next": wanted, "waiting": waiting, "refusal": refusal, "refused_field": "proof" if refusal else ""}
    return Page("proof.html", shows, scripted=True)


HANDLERS = (ask, prove)
