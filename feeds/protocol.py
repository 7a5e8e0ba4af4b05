"""The words on the wire, version 1: the same in JSON (text frames) and in MessagePack (binary frames).

``docs/feed.md`` is the document for subscribers; this module is the same in types. Unknown fields are ignored on both
sides; unknown operations are refused.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from feeds.errors import Hopeless, Refused
from schemas.views import Row

__all__ = [
    "LIMITS",
    "VERSION",
    "ClientHello",
    "ClientMessage",
    "CutMessage",
    "Err",
    "Heartbeat",
    "Hello",
    "Image",
    "Limits",
    "Ping",
    "Pong",
    "Reset",
    "Resumed",
    "Sub",
    "Unsub",
    "Unsubscribed",
    "ViewDelta",
    "ViewImage",
    "decode",
]

VERSION = 1


class Limits(msgspec.Struct, frozen=True):
    """What one connection may ask for; announced in ``hello``."""

    subscriptions: int = 16
    views: int = 400  # patterns in one subscription
    frame: int = 65_536  # bytes of a client's message
    image: int = 524_288  # bytes that a part of an image aims at; one row is never divided
    hb_ms: tuple[int, int] = (500, 60_000)  # heartbeats that may be asked for


LIMITS = Limits()


# --- what clients say ---


class _Client(msgspec.Struct, frozen=True, tag_field="op"):
    pass


class ClientHello(_Client, frozen=True, tag="hello"):
    """The first message of a connection."""

    v: int
    enc: str = ""  # json or msgpack; empty: as this frame is
    hb_ms: int = 5_000
    token: msgspec.Raw | UnsetType = UNSET  # not offered yet


class Sub(_Client, frozen=True, tag="sub"):
    """Ask for views."""

    id: int  # chosen by the client, 0 to 65535; comes back in every message of the subscription
    views: list[str]  # patterns
    deliver: str = "latest"
    resume: str = ""
    delay_ms: int = 0  # not offered yet
    max_hz: float = 0  # not offered yet


class Unsub(_Client, frozen=True, tag="unsub"):
    """End a subscription."""

    id: int


class Ping(_Client, frozen=True, tag="ping"):
    """Ask for a ``pong``: is somebody there, and what time is it."""

    n: int = 0


ClientMessage = ClientHello | Sub | Unsub | Ping


# --- what the server says; the views come last, so that a message can be joined from fragments ---


class _Server(msgspec.Struct, frozen=True, tag_field="op"):
    pass


class Hello(_Server, frozen=True, tag="hello"):
    """The answer to ``hello``."""

    v: int
    epoch: str
    mode: str
    cut: int  # the newest
    hb_ms: int  # as agreed
    limits: Limits
    now: int  # wall clock of the edge, microseconds


class ViewImage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A view, or the part of it that fits, inside an ``image``."""

    seq: int
    h: str  # content hash of the whole view
    rows: dict[str, Row] | dict[str, dict[str, Any]]
    rev: dict[str, int] = {}  # revisions above 0


class Image(_Server, frozen=True, tag="image"):
    """All views of a subscription as they stand after a cut, in one or several parts."""

    id: int
    cut: int
    time: int  # log time of the cut, microseconds
    part: int  # from 1: the first one empties what the client holds
    resume: str
    more: bool | UnsetType = UNSET  # further parts follow
    views: dict[str, Any] = {}


class ViewDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """What changed in a view, inside a ``cut``."""

    seq: int | tuple[int, int]  # the sequence, or the first and last where several were conflated
    h: str  # content hash afterwards
    up: dict[str, dict[str, Any]] = {}  # by key the fields that changed
    rev: dict[str, int] = {}  # by key the revision, where that changed
    gone: tuple[str, ...] = msgspec.field(default=(), name="del")  # keys of rows that are no more


class CutMessage(_Server, frozen=True, tag="cut"):
    """One cut; or, conflated, whole consecutive cuts, consistent at the last."""

    id: int
    cut: int | tuple[int, int]
    time: int  # log time of the last, microseconds
    resume: str
    at: int | UnsetType = UNSET  # venue time of the cause, ms; of single cuts
    taken: int | UnsetType = UNSET  # wall clock of the edge when it took the cut, microseconds; of single cuts
    because: tuple[str, ...] | UnsetType = UNSET  # raw messages; of single cuts
    views: dict[str, Any] = {}


class Resumed(_Server, frozen=True, tag="resumed"):
    """A resume token was good: what was missed follows, as one ``cut`` or nothing."""

    id: int
    cut: int  # the client has everything up to here


class Reset(_Server, frozen=True, tag="reset"):
    """What the client holds of a subscription is void; an ``image`` follows."""

    id: int
    why: str  # epoch, token, gap or lagged


class Unsubscribed(_Server, frozen=True, tag="unsub"):
    """A subscription has ended; nothing of it follows."""

    id: int


class Heartbeat(_Server, frozen=True, tag="hb"):
    """The connection lives."""

    cut: int  # the newest
    now: int  # wall clock of the edge, microseconds
    venues: dict[str, int]  # by venue the log time, ms, of its newest message


class Pong(_Server, frozen=True, tag="pong"):
    """The answer to ``ping``."""

    n: int
    now: int


class Err(_Server, frozen=True, tag="err"):
    """A client's message was refused."""

    code: str
    message: str
    at: str
    retry: bool
    id: int | UnsetType = UNSET


# --- reading ---

_from_json: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_from_msgpack: msgspec.msgpack.Decoder[ClientMessage] = msgspec.msgpack.Decoder(ClientMessage)


def _refuse(error: msgspec.ValidationError) -> Refused:
    """Turn msgspec's sentence into a refusal with its place."""
    sentence, _, place = str(error).partition(" - at `$")
    at = place.rstrip("`").lstrip(".")
    if at == "op" or sentence.endswith("missing required field `op`"):
        return Refused("unknown_op", "op is one of hello, sub, unsub, ping", at="op")
    return Refused("bad_message", sentence, at=at)


def decode(data: str | bytes) -> ClientMessage:
    """Return a client's message: JSON where it is text, MessagePack where it is bytes.

    Raises ``Hopeless`` where it is neither, ``Refused`` with the place where it is not a message of ours.
    """
    try:
        return _from_json.decode(data) if isinstance(data, str) else _from_msgpack.decode(data)
    except msgspec.ValidationError as error:
        raise _refuse(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        kind = "JSON" if isinstance(data, str) else "MessagePack"
        raise Hopeless(4400, "malformed", f"not {kind}: {error}") from None


def id_of(data: str | bytes) -> int | UnsetType:
    """Return the subscription that a message was about, as far as it can be told."""
    try:
        loose = msgspec.json.decode(data) if isinstance(data, str) else msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return UNSET
    number = loose.get("id") if isinstance(loose, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else UNSET
