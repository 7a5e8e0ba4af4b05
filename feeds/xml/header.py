"""The envelope ``OdfBody``: nine mandatory attributes, and which games-wide versions the content follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from feeds.xml.text import attributes, element
from schemas.games import Games

__all__ = ["GAMES_WIDE", "Envelope", "code_of", "wrap"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SOURCE: Final = "PODIUM"
VERSIONS: Final = attributes(Gen="PODIUM-1.0", Sport="PODIUM-1.0")
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
GAMES_WIDE: Final = "GEN" + "-" * 31  # DocumentCode of what belongs to no discipline


class Envelope(NamedTuple):
    """What an envelope says about one document."""

    type: str  # DT_...
    code: str  # RSC at the document's level
    version: int  # from 1
    time: int  # log time of the change that made it, microseconds
    subcode: str = ""
    status: str = ""  # ODF ResultStatus


def code_of(text: str) -> str:
    """Return a shorter code filled to the 34 characters of an RSC."""
    return text.ljust(34, "-")


def wrap(envelope: Envelope, inner: str, games: Games, mode: str) -> bytes:
    """Return the document around what stands inside ``Competition``."""
    local = EPOCH + timedelta(minutes=games.offset, microseconds=envelope.time)
    clock = local.isoformat(timespec="milliseconds")  # sliced, because strftime takes longer than all else here
    logical = local - timedelta(hours=games.day_ends)  # a sport day runs past midnight
    header = attributes(
        CompetitionCode=games.code,
        DocumentCode=envelope.code,
        DocumentSubcode=envelope.subcode,
        DocumentType=envelope.type,
        Version=envelope.version,
        ResultStatus=envelope.status,
        FeedFlag="P" if mode == "live" else "T",  # whatever is not the Games is a test
        Date=clock[:10],
        Time=clock[11:13] + clock[14:16] + clock[17:19] + clock[20:23],
        LogicalDate=logical.isoformat()[:10],
        Source=SOURCE,
    )
    competition = element("Competition", VERSIONS + attributes(Codes=games.code), inner)
    return f"{DECLARATION}<OdfBody{header}>{competition}</OdfBody>".encode()
