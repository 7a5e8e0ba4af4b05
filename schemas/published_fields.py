"""What of a person is published as sport: the only fields that cross from the people side to the results.

A result is history. Who won, for whom, and when the winner was born stands in the log of the venues, in archives and in
what subscribers have long received, and no key can take it back. So it is outside erasure, a certificate of erasure
lists it, and nothing else may cross: what the people side sends as the source ``management`` is held against this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.messages import Entry, Message, NameChanged, Participant, StartList, Team

__all__ = ["PUBLISHED", "published_facts", "published_names"]

# --- message -> field that is about a person -> the fact that it shows ("": a code that says nothing by itself) -------
# A line here is a decision of the data protection officer's. Fields about units, venues and organisations are not here.

PUBLISHED: Mapping[type[Message], Mapping[str, str]] = MappingProxyType(
    {
        Participant: MappingProxyType(
            {
                "code": "",
                "name": "print_name",
                "organisation": "",
                "gender": "gender",
                "birth_date": "born",
                "disciplines": "",
            }
        ),
        NameChanged: MappingProxyType({"participant": "", "name": "print_name"}),
        Team: MappingProxyType({"members": ""}),
        Entry: MappingProxyType({"event": "", "participant": "", "withdrawn": ""}),
        StartList: MappingProxyType({"starters": ""}),
    }
)


def published_names() -> tuple[str, ...]:
    """Return every published field by its name, ``participant.birth_date``, in order."""
    return tuple(
        sorted(f"{message.__struct_config__.tag}.{field}" for message, fields in PUBLISHED.items() for field in fields)
    )


def published_facts() -> frozenset[str]:
    """Return the facts about a person (``desks/facts.py``) that are published."""
    return frozenset(fact for fields in PUBLISHED.values() for fact in fields.values() if fact)
