"""The first two stages of a fold that is spread over processes: bytes in, bytes or rows out.

``Fold`` does in one process what these do one after the other: a source's messages are decoded where its partition is,
a discipline's assertions are folded where its own is. What spans disciplines, ``GamesFold``, is folded at every edge.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from projections import slots
from projections.decode import GAMES_KEY, Assertion, Decoder, Undecodable
from projections.results import ResultsFold
from schemas.cut import Change
from schemas.games import DEFAULT_GAMES, Games

__all__ = ["DecodeStage", "ResultsStage"]


class _Decoded(msgspec.Struct, array_like=True):
    assertion: Assertion | None = None
    undecodable: Undecodable | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Decoded).decode


class DecodeStage:
    """Raw messages in, assertions out; its state is that of the sources it has heard."""

    def __init__(self, games: Games = DEFAULT_GAMES) -> None:
        self.decoder = Decoder(games)

    def decode(self, source: str, session: str, serial: int, data: bytes) -> list[tuple[str, bytes]]:
        """Return what a raw message asserts: for each assertion its key, a discipline or ``GAMES``, and its bytes."""
        decoded = self.decoder.decode(source, session, serial, data)
        if isinstance(decoded, Undecodable):
            return self.refuse(*decoded.name, decoded.why)
        return [(assertion.key, _encode(_Decoded(assertion))) for assertion in decoded]

    def refuse(self, source: str, session: str, serial: int, why: str) -> list[tuple[str, bytes]]:
        """Return that something is to be listed as what nobody can decode."""
        return [(GAMES_KEY, _encode(_Decoded(undecodable=Undecodable((source, session, serial), why))))]

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""
        return slots.dump_sources(self.decoder, whole=whole)

    def load(self, saved: Mapping[str, bytes]) -> None:
        """Go on, as a fresh stage, from where another one was dumped."""
        slots.load_sources(self.decoder, saved)


class ResultsStage(ResultsFold):
    """Assertions in, rows out."""

    def read(self, body: bytes) -> list[Change]:
        """Take an assertion as ``DecodeStage`` gave it; return what it changed. Raises ``msgspec.DecodeError``."""
        decoded = _decode(body)
        if decoded.undecodable is not None:
            self.take(decoded.undecodable)
        elif decoded.assertion is not None:
            self.take((decoded.assertion,))
        return self.changes()

    def refuse(self, source: str, session: str, serial: int, why: str) -> list[Change]:
        """List something as what nobody can decode; return what that changed."""
        self.take(Undecodable((source, session, serial), why))
        return self.changes()
