"""Commands, events, replies and states as bytes.

JSON on the log, so that anybody can read it; dicts and sets in sorted order, so that the same thing is always the same
bytes, which the chains need. States are MessagePack, in their own order.

What a command says about a person for the decision alone (a birth date) is left out where the command is kept, by the
field names that its aggregate gives: the log cannot forget. What tells two commands apart is a keyed hash of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from desks.outcome import AsideCode, Outcome
from management.aggregates import AGGREGATES, Aggregate, aggregate_of
from management.command import Actor, Received, Recorded, Refusal, Tick

__all__ = [
    "Codec",
    "Undecodable",
    "decode_outcome",
    "decode_refusal",
    "digest_state",
    "encode",
    "encode_state",
    "without_values",
]


class Undecodable(ValueError):  # noqa: N818 - as in desks/errors.py; it never leaves the room
    """Bytes that are no command; with what could be read of them."""

    def __init__(self, code: AsideCode, reason: str, id: str = "", key: str = "") -> None:  # noqa: A002 - the field's word
        super().__init__(reason)
        self.code = code
        self.id = id
        self.key = key


class _Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command as a client sends it: who it is and when it came is not the client's to say."""

    id: str
    key: str
    command: msgspec.Raw
    expected: int | None = None
    correlation: str = ""


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a {type(value).__name__} has no place on the log")


_encode = msgspec.json.Encoder(enc_hook=_plain, order="deterministic").encode
decode_outcome = msgspec.json.Decoder(Outcome).decode
decode_refusal = msgspec.json.Decoder(Refusal).decode
encode_state = msgspec.msgpack.Encoder().encode  # keeps the order of dicts: a state may mean something by it
_decode_wish = msgspec.json.Decoder(_Wish).decode


def encode(value: Any) -> bytes:
    """Return something as the log keeps it."""
    try:
        return _encode(value)
    except TypeError:  # a dict whose keys are numbers, which it will not sort
        return _encode(msgspec.to_builtins(value, enc_hook=_plain, str_keys=True, order="deterministic"))


def digest_state(key: str, version: int, state: Any) -> bytes:
    """Return a hash of an aggregate as it stands, 16 bytes; equal where the states are, in whatever order they grew."""
    hashed = blake2b(f"{key}\0{version}\0".encode(), digest_size=16)
    hashed.update(encode(state))
    return hashed.digest()


class Codec:
    """Reads and writes what the aggregates use; ``pepper`` keys the hashes of commands, and stays with the Games."""

    def __init__(self, pepper: bytes, aggregates: Mapping[str, Aggregate] = AGGREGATES) -> None:
        self.aggregates = aggregates
        self._pepper = pepper
        self._commands: dict[str, msgspec.json.Decoder[Any]] = {}
        self._events: dict[str, msgspec.json.Decoder[Recorded[Any]]] = {}
        self._states: dict[str, msgspec.msgpack.Decoder[Any]] = {}
        generic: Any = Recorded  # its parameter is known here and not before
        for prefix, aggregate in aggregates.items():
            self._commands[prefix] = msgspec.json.Decoder(aggregate.command | Tick)
            self._events[prefix] = msgspec.json.Decoder(generic[aggregate.event])
            self._states[prefix] = msgspec.msgpack.Decoder(aggregate.state)

    def decode_command(self, data: bytes, actor: Actor, at: int) -> Received[Any]:
        """Return a command as a client sends it: JSON with id, key, command, perhaps expected and correlation.

        Raises ``Undecodable``.
        """
        try:
            wish = _decode_wish(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Undecodable("MALFORMED", without_values(str(error))) from error
        aggregate = aggregate_of(wish.key, self.aggregates)
        if aggregate is None:
            raise Undecodable("UNKNOWN_KEY", "no aggregate has such keys", wish.id, wish.key)
        try:
            command = self._commands[aggregate.prefix].decode(wish.command)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            reason = f"in the command, {without_values(str(error))}"
            raise Undecodable("MALFORMED", reason, wish.id, wish.key) from error
        return Received(wish.id, wish.key, command, actor, at, wish.expected, wish.correlation)

    def digest_command(self, received: Received[Any]) -> bytes:
        """Return what tells a command from another under the same id: who wishes what, of which version, 16 bytes."""
        whole = encode((received.key, received.actor.id, received.expected, received.command))
        return blake2b(whole, digest_size=16, key=self._pepper[:64]).digest()

    def encode_command(self, received: Received[Any], aggregate: Aggregate) -> bytes:
        """Return a command as the log keeps it, without the personal facts in it."""
        if not aggregate.personal or isinstance(received.command, Tick):
            return encode(received)
        plain = msgspec.to_builtins(received, enc_hook=_plain)
        return encode(plain | {"command": _without(plain["command"], aggregate.personal)})

    def decode_event(self, key: str, data: bytes) -> Recorded[Any]:
        """Return an event from the log; raises ``LookupError`` or ``msgspec.DecodeError`` where it is none of ours."""
        return self._events[key.partition(":")[0]].decode(data)

    def decode_state(self, key: str, data: bytes) -> Any:
        """Return a state that was kept."""
        return self._states[key.partition(":")[0]].decode(data)


# What the decoder says of a value that was sent, up to where it stands.
_SENT = re.compile(r"(Invalid (?:enum )?value) '.*'(?= - at `\$|$)", re.DOTALL)


def without_values(reason: str) -> str:
    """Return why something cannot be decoded without what was sent: that may be secret, or about a person."""
    return _SENT.sub(r"\1", reason)


def _without(value: Any, names: frozenset[str]) -> Any:
    """Return a copy of plain data without the fields of these names, however deep."""
    match value:
        case dict():
            return {name: _without(part, names) for name, part in value.items() if name not in names}
        case list() | tuple():
            return [_without(part, names) for part in value]
        case _:
            return value
