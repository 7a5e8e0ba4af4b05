"""What was said: assertions by identity, whoever said them and in whatever order they came.

An identity (kind and ordinal within a unit and subject) may have been said several times: by several sources,
corrected, retracted. The entry that counts is a function of the set, never of the order of arrival: the highest ``key``
that is not void.
"""

from __future__ import annotations

import msgspec

from schemas.messages import Message, VenueMessage

__all__ = ["Entry", "Name", "Said", "Void", "find", "message_of", "say", "settle", "write_name"]

Name = tuple[str, str, int]  # source, session, serial: the name of a raw message


def write_name(name: Name) -> str:
    """Return a raw message's name as text."""
    return f"{name[0]}/{name[1]}/{name[2]}"


class Void(msgspec.Struct, array_like=True):
    """A retraction, on the entry that it made void."""

    name: Name
    reason: str
    at: int  # ms


class Entry(msgspec.Struct, array_like=True):
    """One assertion as it was said."""

    key: tuple[int | str, ...]  # (authority, source, session, serial), a correction's behind that of its target
    name: Name
    message: VenueMessage
    reason: str = ""  # of a correction
    target: Name | None = None  # a correction's
    void: Void | None = None
    also: list[Name] = []  # other messages of the same source that said exactly this
    others: list[Entry] = []  # of the same identity, behind this one; kept on the entry that counts


Said = dict[str, Entry]  # identity -> the entry that counts


def _rank(entry: Entry) -> tuple[bool, tuple[int | str, ...]]:
    return entry.void is None, entry.key


def settle(said: Said, identity: str, entries: list[Entry]) -> None:
    """Put the entry that counts in front of the others."""
    best = max(entries, key=_rank)
    best.others = [entry for entry in entries if entry is not best]
    for entry in best.others:
        entry.others = []
    said[identity] = best


def say(said: Said, identity: str, entry: Entry) -> bool:
    """Take an assertion; say whether another entry counts now.

    The same source saying the same again, venue time included, is a copy: only its name is kept. Without a venue time
    only the entry that counts can be repeated, since an older value may be meant anew.
    """
    held = said.get(identity)
    if held is None:
        said[identity] = entry
        return True
    source = entry.name[0]
    for other in (held, *held.others):
        if other.name[0] == source and other.message == entry.message and other.target == entry.target:
            if not entry.message.at and other is not held:
                continue
            if entry.name != other.name and entry.name not in other.also:
                other.also.append(entry.name)
            return False
    if held.void is None and entry.key > held.key:
        entry.others = [held, *held.others]
        held.others = []
        said[identity] = entry
        return True
    settle(said, identity, [held, *held.others, entry])
    return said[identity] is entry


def find(said: Said, target: Name) -> tuple[str, Entry] | None:
    """Return the identity and entry that a raw message said, or None."""
    for identity, held in said.items():
        for entry in (held, *held.others):
            if entry.name == target or target in entry.also:
                return identity, entry
    return None


def message_of(said: Said, identity: str) -> Message | None:
    """Return what counts for an identity, or None where nothing was said or all of it was retracted."""
    entry = said.get(identity)
    return entry.message if entry is not None and entry.void is None else None
