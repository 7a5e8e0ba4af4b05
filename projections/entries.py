"""What was said: assertions by identity, whoever said them and in whatever order they came.

An identity (kind and ordinal within a unit and subject) may have been said several times: by several sources,
corrected, retracted. The entry that counts is a function of the set, never of the order of arrival: the highest ``key``
that is not void.
"""

from __future__ import annotations

import msgspec

from schemas.messages import Message, VenueMessage

__all__ = ["Entry", "Name", "Said", "Void", "find", "message_of", "say", "settle", "void", "wait", "write_name"]

Name = tuple[str, str, int]  # source, session, serial: the name of a raw message


def write_name(name: Name) -> str:
    """Return a raw message's name as text."""
    return f"{name[0]}/{name[1]}/{name[2]}"


class Void(msgspec.Struct, array_like=True):
    """A retraction, on the entry that it made void."""

    name: Name
    reason: str
    at: int  # ms
    now: str = ""  # what was said elsewhere instead, where a correction moved it


class Entry(msgspec.Struct, array_like=True):
    """One assertion as it was said."""

    key: tuple[int | str, ...]  # (authority, source, session, serial), a correction's behind that of its target
    name: Name
    message: VenueMessage
    reason: str = ""  # of a correction
    target: Name | None = None  # a correction's
    void: Void | None = None
    also: list[Name] = []  # other messages of the same source that said exactly this
    latest: int = 0  # the greatest venue time of them all; kept on the entry that counts
    others: list[Entry] = []  # of the same identity, behind this one; kept on the entry that counts

    def is_named(self, name: Name | None) -> bool:
        """Say whether a raw message said this."""
        return self.name == name or name in self.also


Said = dict[str, Entry]  # identity -> the entry that counts


def _rank(entry: Entry) -> tuple[bool, tuple[int | str, ...]]:
    return entry.void is None, entry.key


def _turn(entry: Entry) -> tuple[int | str, ...]:
    """Return when its source said it: a correction's own place stands behind that of its target."""
    return entry.key[-2:]


def settle(said: Said, identity: str, entries: list[Entry]) -> None:
    """Put the entry that counts in front of the others."""
    best = max(entries, key=_rank)
    best.latest = max(entry.message.at for entry in entries)
    best.others = [entry for entry in entries if entry is not best]
    for entry in best.others:
        entry.others = []
    said[identity] = best


def say(said: Said, identity: str, entry: Entry) -> bool:
    """Take an assertion; say whether another entry counts now.

    The same source saying the same again, venue time included, is a copy: only its name is kept. Without a venue time
    only what the source said last can be repeated, since an older value may be meant anew.
    """
    held = said.get(identity)
    at = entry.message.at
    if held is None:
        entry.latest = at
        said[identity] = entry
        return True
    if at <= held.latest and _is_copy(held, entry):
        return False
    entry.latest = max(at, held.latest)
    if held.void is None:
        if entry.key > held.key:
            entry.others, held.others = held.others, []
            entry.others.append(held)
            said[identity] = entry
            return True
        held.others.append(entry)
        held.latest = entry.latest
        return False
    settle(said, identity, [held, *held.others, entry])
    return said[identity] is entry


def _is_copy(held: Entry, entry: Entry) -> bool:
    """Say whether the same source has said the same before; if so, keep the name."""
    source = entry.name[0]
    mine = [other for other in (held, *held.others) if other.name[0] == source]
    if mine and not entry.message.at:
        mine = [max(mine, key=_turn)]
    for other in mine:
        if other.message == entry.message and other.target == entry.target:
            if entry.name != other.name and entry.name not in other.also:
                other.also.append(entry.name)
            return True
    return False


def void(said: Said, identity: str, target: Entry, by: Entry, now: str = "") -> None:
    """Make an entry void; where several did, the first by a source's own order shows, then the first by its name."""
    if target.void is None or by.name[0] < target.void.name[0]:
        target.void = Void(by.name, by.reason, by.message.at, now)
    held = said[identity]
    settle(said, identity, [held, *held.others])


def wait(pending: list[tuple[Name, Entry]], entry: Entry) -> None:
    """Keep an amendment until its target is known; one that its source repeats is a copy."""
    assert entry.target is not None
    for target, held in reversed(pending):
        if target == entry.target and held.name[0] == entry.name[0]:
            if held.message == entry.message:
                if entry.name != held.name and entry.name not in held.also:
                    held.also.append(entry.name)
                return
            if not entry.message.at:  # an older one may be meant anew
                break
    pending.append((entry.target, entry))


def find(said: Said, target: Name) -> tuple[str, Entry] | None:
    """Return the identity and entry that a raw message said, or None."""
    for identity, held in said.items():
        for entry in (held, *held.others):
            if entry.is_named(target):
                return identity, entry
    return None


def message_of(said: Said, identity: str) -> Message | None:
    """Return what counts for an identity, or None where nothing was said or all of it was retracted."""
    entry = said.get(identity)
    return entry.message if entry is not None and entry.void is None else None
