"""Who was invited comes in, and chooses what he will sign in with: a passkey, or a password and codes.

Whoever is signed in comes here too, with a fresh proof, for another passkey or another password.
"""

from __future__ import annotations

from typing import Any

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from desks.accounts.sessions import Session
from desks.api.answers import PRIVATE
from desks.api.caller import Caller, cookie_of, for_enrolment, open_to_all, shown_by
from desks.api.session_callers import come_from_us
from desks.api.sign_in import maker_of
from desks.errors import Turned
from desks.pages.form import Form, read_form
from desks.pages.site import Page, Site
from management.command import Refusal

__all__ = ["HANDLERS"]


# -- an invitation ----------------------------------------------------------------------------------------------------


@get("/invitation", opt=open_to_all)
async def ask(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[str]:
    return site.show(request, None, Page("invitation.html", {"form": Form({}), "refused_field": ""}))


@post("/invitation", opt=open_to_all, status_code=200)
async def accept(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[Any]:
    form, shown = await read_form(request), shown_by(request)
    try:
        come_from_us(shown)
        token, _ = await site.enrolment.redeem(form["account"], form["secret"], shown.address)
    except Turned as turned:
        said = Refusal("INVITATION" if turned.status == 401 else turned.code, turned.message)
        page = Page("invitation.html", {"form": form, "refusal": said, "refused_field": "secret"})
        return site.turn(request, None, page, turned)
    return Redirect("/credentials", status_code=303, headers=PRIVATE | {"Set-Cookie": cookie_of(token)})


# -- credentials ------------------------------------------------------------------------------------------------------


@get("/credentials", opt=for_enrolment)
async def choose(
    request: Request[Any, Any, Any], site: NamedDependency[Site], caller: NamedDependency[Caller]
) -> Response[str]:
    session = maker_of(site.signing, caller, site.doorkeeper)
    return site.show(request, caller.actor, await _page(site, session, Form({})))


@post("/credentials", opt=for_enrolment, status_code=200)
async def act(
    request: Request[Any, Any, Any], site: NamedDependency[Site], caller: NamedDependency[Caller]
) -> Response[Any]:
    form = await read_form(request)
    session = maker_of(site.signing, caller, site.doorkeeper)
    try:
        if form["act"] == "confirm":
            made = await site.enrolment.confirm(session, form["code"])
            answer = site.show(request, None, Page("recovery.html", {"recovery": made, "refused_field": ""}))
            answer.headers["Set-Cookie"] = cookie_of("")  # all sessions have ended
            return answer
        await site.enrolment.offer(session, form["login"], form["password"])
    except Turned as turned:
        refusal = Refusal(turned.code, turned.message)
        return site.turn(request, caller.actor, await _page(site, session, form, refusal), turned)
    return Redirect("/credentials", status_code=303, headers=PRIVATE)


FIELDS = {"unfit_password": "password", "login_taken": "login", "not_signed_in": "code"}  # that a refusal is about


async def _page(site: Site, session: Session, form: Form, refusal: Refusal | None = None) -> Page:
    state, offer = await site.signing.state(session.account), site.enrolment.offered(session)
    signed_in = session.kind == "SIGNED_IN"
    shows = {
        "known": list(state.credentials.values()) if state and signed_in else [],
        "offer": offer,
        "picture": _picture(offer.address) if offer else "",
        "form": form,
        "least": site.signing.policy.sign_in.password_length,
        "next": "/credentials?done=1" if signed_in else "/sign-in?done=1",  # a first passkey ends the invitation
        "refusal": refusal,
        "refused_field": FIELDS.get(refusal.code, "") if refusal else "",
    }
    return Page("credentials.html", shows, scripted=True)


def _picture(text: str) -> str:
    """Return a QR code as SVG, on white whatever the colours of the page are."""
    return str(segno.make_qr(text, error="m").svg_inline(omitsize=True, dark="#000", light="#fff"))


HANDLERS = (ask, accept, choose, act)
