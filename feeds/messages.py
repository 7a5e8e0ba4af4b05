"""Images and cuts as bytes, joined from fragments: each view is encoded once per cut, whoever watches it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from msgspec import UNSET
from msgspec.structs import replace

from engine.views import View
from feeds.delta import Step, changed_fields
from feeds.encoding import Encoding
from feeds.protocol import LIMITS, CutMessage, Image, ViewDelta, ViewImage
from feeds.ring import Entry

__all__ = ["Images", "cut_message", "delta_of", "folded_message", "image_parts"]


def delta_of(step: Step) -> ViewDelta:
    """Return what a step says on the wire."""
    up = {}
    rev = {}
    gone = []
    for key, (before, after) in step.changes.items():
        if after.row is None:
            if before.row is not None:
                gone.append(key)
            continue
        fields = changed_fields(before.row, after.row)
        if fields or before.row is None:
            up[key] = fields
        if after.revision != before.revision:
            rev[key] = after.revision
    seq = step.last if step.first == step.last else (step.first, step.last)
    return ViewDelta(seq, step.hash, up, rev, tuple(gone))


def _fragment(step: Step, encoding: Encoding) -> bytes:
    fragment = step.fragments.get(encoding.name)
    if fragment is None:
        fragment = step.fragments[encoding.name] = encoding.fragment(step.view, delta_of(step))
    return fragment


def cut_message(id: int, entry: Entry, steps: Iterable[Step], resume: str, encoding: Encoding) -> bytes:  # noqa: A002
    """Return the message of one cut."""
    head = CutMessage(id, entry.cut, entry.time, resume, entry.at, entry.taken, entry.because)
    return encoding.message(head, [_fragment(step, encoding) for step in steps])


def folded_message(head: CutMessage, steps: Iterable[Step], encoding: Encoding) -> bytes:
    """Return the message of several consecutive cuts, whose steps are already folded."""
    return encoding.message(head, [_fragment(step, encoding) for step in steps])


class Images:
    """The fragments of whole views, kept while the view stands as it is: a storm of reconnects encodes nothing."""

    def __init__(self, *, part: int = LIMITS.image, most: int = 64 * 1024 * 1024) -> None:
        self._part = part  # bytes that a fragment aims at
        self._most = most  # bytes that are kept
        self._size = 0
        self._kept: dict[tuple[str, str], tuple[int, list[bytes]]] = {}  # view, encoding -> sequence, fragments

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._size = 0

    def fragments(self, view: View, encoding: Encoding) -> list[bytes]:
        """Return a view in one or several fragments."""
        address = view.name, encoding.name
        kept = self._kept.get(address)
        if kept is not None and kept[0] == view.sequence:
            return kept[1]
        fragments = self._encode(view, encoding)
        if kept is not None:
            self._size -= sum(map(len, kept[1]))
        self._size += sum(map(len, fragments))
        if self._size > self._most:
            self.clear()
            self._size = sum(map(len, fragments))
        self._kept[address] = view.sequence, fragments
        return fragments

    def _encode(self, view: View, encoding: Encoding) -> list[bytes]:
        whole = encoding.fragment(view.name, _image_of(view, list(view.rows)))
        if len(whole) <= self._part:
            return [whole]
        keys = iter(view.rows)
        rows = max(1, len(view.rows) * self._part // len(whole))
        return [
            encoding.fragment(view.name, _image_of(view, part)) for part in iter(lambda: list(islice(keys, rows)), [])
        ]


def _image_of(view: View, keys: Sequence[str]) -> ViewImage:
    rev = {key: revision for key in keys if (revision := view.revisions.get(key, 0))}
    return ViewImage(view.sequence, view.hash, {key: view.rows[key] for key in keys}, rev)


def image_parts(
    head: Image, fragments: Iterable[bytes], encoding: Encoding, *, part: int = LIMITS.image
) -> list[bytes]:
    """Return the messages of an image: fragments packed in order, each message up to about ``part`` bytes."""
    packs: list[list[bytes]] = [[]]
    size = 0
    for fragment in fragments:
        if packs[-1] and size + len(fragment) > part:
            packs.append([])
            size = 0
        packs[-1].append(fragment)
        size += len(fragment)
    return [
        encoding.message(replace(head, part=number, more=True if number < len(packs) else UNSET), pack)
        for number, pack in enumerate(packs, 1)
    ]
