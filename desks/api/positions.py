"""Reading what one wrote: a request that names a position is answered with nothing older, or asked to come again."""

from __future__ import annotations

from desks.api.answers import MIN_POSITION
from desks.errors import Turned
from desks.office import SEEN_WITHIN, Office
from desks.outcome import Position

__all__ = ["reach"]


async def reach(office: Office, wanted: str | None) -> None:
    """Wait until all is seen up to a position that a client names; raises ``Turned`` where that takes too long."""
    if wanted is None:
        return
    try:
        position = Position.parse(wanted)
    except ValueError as error:
        raise Turned(400, "bad_parameter", str(error), at=MIN_POSITION) from None
    if not await office.seen(position, SEEN_WITHIN):
        raise Turned(202, "not_yet", "not seen here yet; ask again", at=MIN_POSITION, retry=True)
