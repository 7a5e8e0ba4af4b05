"""What all pages share: the office, the rules, the readers' folds, and how a form is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response
from litestar.response import Redirect

from desks.accounts.sign_in import SignIn
from desks.api.caller import Caller, Callers
from desks.api.doorkeeper import Doorkeeper
from desks.blind_index import BlindIndex
from desks.bulk.reception import Reception
from desks.cose import Signer
from desks.errors import Turned
from desks.office import Office
from desks.pages.form import Form, Forms, Wish
from desks.pages.people_index import PeopleIndex
from desks.pages.render import Renderer
from desks.vault import Vault
from management.command import Actor, Refusal

__all__ = ["Page", "Site", "not_for"]


class Page(NamedTuple):
    """A page to be rendered: its template, and what it shows."""

    template: str
    shows: Mapping[str, Any]


class Site:
    """The pages over one office. Belongs to its loop."""

    def __init__(
        self,
        office: Office,
        callers: Callers,
        policies: Mapping[str, Any],
        *,
        index: BlindIndex,
        vault: Vault | None = None,
        people: PeopleIndex | None = None,
        signer: Signer | None = None,
        signing: SignIn | None = None,
        doorkeeper: Doorkeeper | None = None,
        programmes: tuple[str, ...] = ("MAIN",),
    ) -> None:
        """Take what the pages need.

        ``people`` is a reader of the office; ``vault`` seals and opens what is personal, without one nothing is;
        ``signer`` signs cards, without one no badge is printed; ``signing`` knows people by a password and a code,
        without it a token alone lets in; ``doorkeeper`` is that of the application.
        """
        self.office = office
        self.callers = callers  # by whom a token is known
        self.policies = policies
        self.vault = vault
        self.signer = signer
        self.signing = signing
        self.doorkeeper = doorkeeper or Doorkeeper({}, now=lambda: office.now)
        self.people = people or PeopleIndex()
        self.programmes = programmes
        self.forms = Forms(office)
        self.sheets = Reception(office, policies, index, vault, programmes)
        self.renderer = Renderer(policies["per"].games)

    def zone_of(self, venue: str) -> str:
        """Return the zone of a venue's clock; where the schedule does not name it, UTC."""
        found = self.policies["sch"].venues.get(venue)
        return found.zone if found else "UTC"

    async def state(self, key: str) -> Any:
        """Return a record as it stands; raises ``Turned`` where no record has such a key."""
        kept = await self.office.read(key)
        if kept is None:
            raise Turned(404, "not_found", "there is no such record", at=key)
        return kept.state

    def show(self, request: Request[Any, Any, Any], actor: Actor, page: Page, status: int = 200) -> Response[str]:
        """Return a page as an answer."""
        return self.renderer.answer(request, page.template, page.shows, actor=actor, status=status)

    async def give(self, request: Request[Any, Any, Any], form: Form, wishes: list[Wish]) -> Refusal | None:
        """Give the commands of a form, as far as whoever sent it may now."""
        caller: Caller = request.state.caller
        try:
            for number, (_, command) in enumerate(wishes):
                wish = msgspec.json.encode({"command": command})
                self.doorkeeper.check_command(caller, wish, counts=number == 0)  # a form is sent once
        except Turned as turned:
            return Refusal(turned.code, turned.message)
        return await self.forms.give(form, caller.actor, wishes)

    def back(self, path: str) -> Redirect:
        """Return the answer to a form that was carried out: the page again, which says so."""
        return Redirect(f"{path}?done=1", status_code=303, headers={"Cache-Control": "no-store"})


def not_for(actor: Actor) -> Turned:
    """Return what somebody hears who may not see a page."""
    return Turned(403, "NOT_AUTHORISED", "this page is for others", at=actor.id)
