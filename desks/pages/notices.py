"""What a person or an entries office was told: what of it is new, that it was read, and all of it as a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from desks import ical
from desks.api.answers import PRIVATE
from desks.pages.form import Form, read_form
from desks.pages.site import Page, Site, not_for
from management.command import Actor, Refusal
from management.notice import Acknowledge, Notice, State, is_recipient

__all__ = ["HANDLERS", "unread"]


class Told(NamedTuple):
    """A notice as it is shown."""

    subject: str
    notice: Notice
    when: str
    zone: str


def unread(state: State) -> int:
    """Return how many notices nobody has acknowledged yet."""
    return sum(not notice.acknowledged for notice in state.notices.values())


async def _state(site: Site, actor: Actor, recipient: str) -> State:
    if not is_recipient(actor, recipient):
        raise not_for(actor)
    state: State = await site.state(f"ntc:{recipient}")
    return state


@get("/notices/{recipient:str}")
async def read(
    request: Request[Any, Any, Any],
    recipient: FromPath[str],
    site: NamedDependency[Site],
    actor: NamedDependency[Actor],
) -> Response[str]:
    return site.show(request, actor, _page(request, site, recipient, await _state(site, actor, recipient)))


@post("/notices/{recipient:str}", status_code=200)
async def acknowledge(
    request: Request[Any, Any, Any],
    recipient: FromPath[str],
    site: NamedDependency[Site],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    await _state(site, actor, recipient)
    form = await read_form(request)
    refusal = await _acknowledge(request, site, recipient, form)
    if refusal is None:
        return site.back(request.url.path)
    page = _page(request, site, recipient, await _state(site, actor, recipient), refusal)
    return site.show(request, actor, page, 409)


async def _acknowledge(request: Request[Any, Any, Any], site: Site, recipient: str, form: Form) -> Refusal | None:
    try:
        command = Acknowledge(form["subject"], form.number("sequence"))
    except ValueError:
        return Refusal("UNKNOWN", "no such notice")
    return await site.give(request, form, [(f"ntc:{recipient}", command)])


@get("/notices/{recipient:str}/calendar.ics")
async def calendar(
    recipient: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[bytes]:
    state, games = await _state(site, actor, recipient), site.policies["per"].games
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{games}.ics"'}
    data = ical.encode_all(games, recipient, state.notices, site.office.now)
    return Response(data, media_type="text/calendar; charset=utf-8", headers=headers)


def _page(
    request: Request[Any, Any, Any], site: Site, recipient: str, state: State, refusal: Refusal | None = None
) -> Page:
    shows = {
        "recipient": recipient,
        "code": recipient.partition(":")[2],
        "told": list(_told(request, site, state)),
        "refusal": refusal,
        "refused_field": "",
    }
    return Page("notices.html", shows)


def _told(request: Request[Any, Any, Any], site: Site, state: State) -> Iterable[Told]:
    """Yield the notices, those to be acknowledged first, each of them by the time that it is about."""
    language = site.renderer.language_of(request)
    for subject, notice in sorted(state.notices.items(), key=_place):
        slot, zone = notice.slot, site.zone_of(notice.slot.venue) if notice.slot else ""
        yield Told(subject, notice, language.span(slot.starts, slot.ends, zone) if slot else subject, zone)


def _place(told: tuple[str, Notice]) -> tuple[bool, int, str]:
    subject, notice = told
    return notice.acknowledged, notice.slot.starts if notice.slot else 0, subject


HANDLERS = (read, acknowledge, calendar)
