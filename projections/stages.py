"""The stages of a fold that is spread over processes: bytes in, bytes or rows out.

``Fold`` does in one process what these do one after the other: a source's messages are decoded where its partition is,
a discipline's assertions are folded where its own is, and what spans disciplines is folded at every edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from projections import slots
from projections.decode import GAMES_KEY, Assertion, Decoder, Undecodable
from projections.games import GamesFold
from projections.results import ResultsFold
from schemas.cut import Change
from schemas.games import DEFAULT_GAMES, Games
from schemas.views import Row

__all__ = ["DecodeStage", "ResultsStage", "SpanStage"]


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
            return [(GAMES_KEY, _encode(_Decoded(undecodable=decoded)))]
        return [(assertion.key, _encode(_Decoded(assertion))) for assertion in decoded]

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


class SpanStage:
    """Rows in, and those rows with what follows from them out; its state is what it has shown."""

    def __init__(self) -> None:
        self._fold = GamesFold()

    def follow(self, changes: Iterable[Change]) -> list[Change]:
        """Return the changes of a cut with what follows from them."""
        own = list(changes)
        return own + self._fold.apply(own)

    def restore(self, views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Go on from what was last shown: rows with revisions by view and key."""
        self._fold.restore(views)
        for view, rows in views.items():
            kind, _, rest = view.partition("/")
            for key, held in rows.items():
                if self._fold.shows(kind, rest, key):
                    self._fold.derived.rows.setdefault(view, {})[key] = held
