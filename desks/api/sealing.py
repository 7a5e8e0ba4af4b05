"""Facts about a person on their way in: a client says them in plain words, and they are sealed at the door.

What comes with a command as ``personal`` is encrypted under the person's key before anything else sees the command, and
travels on as ``sealed``. The same again is sealed the same, so a command that is sent again is the same command.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from desks.errors import KeyGone, Turned
from desks.facts import Facts
from desks.photo import clean_photo
from desks.vault import Place, Vault
from management.aggregates import AGGREGATES

__all__ = ["Sealer"]


class _Wish(msgspec.Struct):
    """A command as a client sends it, as far as it is looked at here."""

    id: str = ""
    key: str = ""
    command: msgspec.Raw = msgspec.Raw(b"null")
    personal: msgspec.Raw = msgspec.Raw(b"")


class _Command(msgspec.Struct):
    type: str = ""
    athlete: str = ""
    sealed: msgspec.Raw = msgspec.Raw(b"")


_wish = msgspec.json.Decoder(_Wish).decode
_command = msgspec.json.Decoder(_Command).decode
_facts = msgspec.json.Decoder(Facts).decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

SEALS: frozenset[tuple[str, str]] = frozenset(
    (prefix, str(msgspec.inspect.type_info(kind).tag))  # type: ignore[attr-defined]  # all of them are structs
    for prefix, aggregate in AGGREGATES.items()
    for kind in aggregate.command.__args__
    if "sealed" in kind.__struct_fields__
)


class Sealer:
    """Seals what is personal in commands, where there is a vault; otherwise nothing personal is taken."""

    def __init__(self, vault: Vault | None) -> None:
        self._vault = vault

    async def seal(self, data: bytes) -> bytes:
        """Return a command with what is personal sealed; raises ``Turned``. What cannot be read is let through.

        Nobody hands in what is sealed already: it would be another's, or nobody could open it.
        """
        return await _seal_wish(self._vault, data)


async def _seal_wish(vault: Vault | None, data: bytes) -> bytes:
    try:
        wish = _wish(data)
        command = _command(wish.command)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return data  # it is refused where commands are read
    if bytes(command.sealed) not in (b"", b'""'):
        text = "what is personal is sealed here; say it as personal"
        raise Turned(400, "sealed_elsewhere", text, at="$.command.sealed")
    if not bytes(wish.personal):
        return data
    if bytes(wish.personal) == b"null":
        return _without(data)
    return await asyncio.to_thread(_seal, vault, data, wish, command)


def _seal(vault: Vault | None, data: bytes, wish: _Wish, command: _Command) -> bytes:
    prefix = wish.key.partition(":")[0]
    person = command.athlete if prefix == "ebk" else wish.key.rpartition(":")[2]
    if vault is None or (prefix, command.type) not in SEALS or not person:
        raise Turned(400, "nothing_personal", "this command takes nothing that is personal", at="$.personal")
    try:
        blob = vault.seal(person, Place(wish.key, wish.id), _checked(wish.personal))
    except KeyGone as gone:
        fields = ", ".join(gone.fields)
        text = f"no longer kept: {fields}" if fields else "the person was erased"
        raise Turned(409, "ERASED", text, at=wish.key) from None
    return _without(data, sealed=blob)


def _checked(personal: msgspec.Raw) -> Facts:
    try:
        facts = _facts(personal)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Turned(400, "bad_personal", str(error), at="$.personal") from None
    if facts.withheld:
        raise Turned(400, "bad_personal", "what is withheld is not for a client to say", at="$.personal.withheld")
    try:
        return msgspec.structs.replace(facts, photo=clean_photo(facts.photo)) if facts.photo else facts
    except ValueError as error:
        raise Turned(400, "bad_photo", str(error), at="$.personal.photo") from None


def _without(data: bytes, sealed: bytes = b"") -> bytes:
    """Return a wish without its plain facts, and with its command's sealed ones."""
    plain: dict[str, Any] = dict(_object(data))
    del plain["personal"]
    if sealed:
        plain["command"] = _object(plain["command"]) | {"sealed": sealed}
    return msgspec.json.encode(plain)
