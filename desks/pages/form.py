"""A form that was sent: what is in it, and the commands that it gives.

Every form carries an id that was made when it was shown. The ids of its commands follow from it, and what it says of
the time is that of the first click: so a double click, or a form sent again after a lost answer, is one command.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

import msgspec
from litestar import Request

from desks.errors import NotServed, Unavailable
from desks.office import Office
from desks.outcome import Position
from management.command import Actor, Received, Refusal

__all__ = ["Form", "Forms", "Wish", "read_form"]

PLACE = "page"
REMEMBERED = 10_000  # forms: those of some minutes
Wish = tuple[str, Any]  # key, command


class Form:
    """What was sent, all of it text."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    @property
    def id(self) -> str:
        """The id with which it was shown, "" where it has none that is one."""
        try:
            return str(UUID(self["form"]))
        except ValueError:
            return ""

    def command_id(self, index: int) -> str:
        """Return the id of one of its commands."""
        return str(uuid5(UUID(self.id), str(index)))

    def digest(self) -> bytes:
        """Return what tells it from another form."""
        return blake2b(msgspec.msgpack.encode(dict(sorted(self._fields.items()))), digest_size=16).digest()

    def __getitem__(self, name: str) -> str:
        return self.all(name)[0] if self.all(name) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a field."""
        return tuple(value.strip() for value in self._fields.get(name, ()) if value.strip())

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield all that was sent, by name and value."""
        for name, values in self._fields.items():
            yield from ((name, value) for value in values)

    def ticked(self, name: str) -> bool:
        """Say whether a box is ticked."""
        return self[name] == "yes"

    def day(self, name: str) -> date:
        """Return the day in a field; raises ``ValueError``."""
        return date.fromisoformat(self[name])

    def number(self, name: str) -> int:
        """Return the number in a field; raises ``ValueError``."""
        return int(self[name])


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """Return the form in a request."""
    sent = await request.form()
    return Form({name: [one for one in sent.getall(name) if isinstance(one, str)] for name in sent})


class Forms:
    """The commands of forms, each given once. Belongs to one loop."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._given: OrderedDict[tuple[str, str, bytes], list[Received[Any]]] = OrderedDict()

    async def give(self, form: Form, actor: Actor, wishes: Sequence[Wish]) -> Refusal | None:
        """Give the commands of a form in their order, up to the first that is refused; return its refusal.

        After this whatever they changed is seen by every reader, unless that takes too long.
        """
        if not form.id:
            return Refusal("MISSING", "the form has no id")
        reached: list[Position] = []
        for received in self._remember(form, actor, wishes):
            try:
                outcome = await self._office.submit(received, PLACE)
            except (Unavailable, NotServed) as error:
                return Refusal("UNAVAILABLE", str(error))
            reached.append(outcome.position)
            if outcome.refusal:
                return outcome.refusal
        for position in reached:
            await self._office.seen(position)
        return None

    def _remember(self, form: Form, actor: Actor, wishes: Sequence[Wish]) -> list[Received[Any]]:
        """Return the commands of a form as they were received the first time.

        With something else in it, it is another form under an id that is taken, which the writer refuses.
        """
        name = (actor.id, form.id, form.digest())
        if name not in self._given:
            self._given[name] = [
                Received(form.command_id(index), key, command, actor, self._office.now, correlation=PLACE)
                for index, (key, command) in enumerate(wishes)
            ]
            if len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
        return self._given[name]
