"""Facts about a person that only some may read: what is sealed, and how it looks when it is opened.

Everything here is personal, and it is kept sealed or not at all (``desks/vault.py``). Each field has a key of its own,
so that each can be kept for its own time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

__all__ = ["FIELDS", "Document", "Facts", "fields_of", "from_fields"]


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """An identity document, as it was shown."""

    country: str  # ISO 3166-1 alpha-3, who issued it
    kind: str  # "P" passport, "I" identity card, as in ICAO 9303
    number: str
    until: date | None = None


class Facts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a person; what is not said is empty."""

    family_name: str = ""
    given_name: str = ""
    print_name: str = ""  # as it stands on the card and in results
    born: date | None = None
    gender: str = ""
    nationality: str = ""
    documents: tuple[Document, ...] = ()
    photo: bytes = b""  # JPEG
    badge: bytes = b""  # a printed card, PDF
    email: str = ""
    phone: str = ""
    address: str = ""
    guardian: str = ""  # who consents for a minor, and how to reach them
    health: str = ""  # a medical reason, a diet, a need of access
    about: str = ""  # what the person writes in an application: languages, skills, sizes
    note: str = ""  # what an operator writes
    withheld: tuple[str, ...] = ()  # fields that were sealed and can be read no more: their time is over


FIELDS: tuple[str, ...] = tuple(name for name in Facts.__struct_fields__ if name != "withheld")


def fields_of(facts: Facts) -> dict[str, bytes]:
    """Return what is said, a field at a time, as bytes."""
    plain: dict[str, Any] = {name: getattr(facts, name) for name in FIELDS}
    return {name: msgspec.msgpack.encode(value) for name, value in plain.items() if value not in ("", b"", (), None)}


def from_fields(fields: Mapping[str, bytes], withheld: tuple[str, ...] = ()) -> Facts:
    """Return facts from their fields; one that this version does not know is withheld. Raises ``msgspec`` errors."""
    plain = {name: msgspec.msgpack.decode(data) for name, data in fields.items() if name in FIELDS}
    unknown = tuple(name for name in fields if name not in FIELDS)
    facts = msgspec.convert(plain, Facts)
    return msgspec.structs.replace(facts, withheld=tuple(sorted({*withheld, *unknown})))
