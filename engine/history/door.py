"""The door of a history's owner: a socket beside its lock, where other processes ask what only the owner may read.

One connection is one question: JSON until the end of the stream, and JSON back. It carries the same answers as HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import EngineError, NotKnown
from engine.history.errors import HistoryDown, HistoryError, HistoryRefused
from engine.history.place import Seat
from engine.history.questions import ANSWERS, Question

__all__ = ["Ask", "ask_owner", "open_door", "typed"]

Ask = Callable[[Question], Awaitable[bytes]]  # returns the answer's JSON; raises HistoryError and NotKnown
WITHIN = 60.0  # seconds, for a question to come and for an answer
LONGEST = 100  # bytes of a socket's address that every system takes


class _Failure(msgspec.Struct, frozen=True):
    code: str
    message: str
    retry: bool


class _Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    answer: msgspec.Raw = msgspec.Raw(b"null")
    error: _Failure | None = None


_question: msgspec.json.Decoder[Question] = msgspec.json.Decoder(Question)
_reply = msgspec.json.Decoder(_Reply)


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """Give the address of a socket while the block runs, short enough however deep it lies."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@contextlib.asynccontextmanager
async def open_door(seat: Seat, ask: Ask) -> AsyncIterator[None]:
    """Answer questions by ``ask`` within a block; the seat's lock is to be held."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                writer.write(await _respond(await reader.read(-1), ask))
                await writer.drain()
        except (OSError, TimeoutError):
            pass  # whoever asked has gone
        finally:
            writer.close()

    with contextlib.suppress(FileNotFoundError):
        seat.socket.unlink()  # left by an owner that was killed
    with _address(seat.socket) as place:
        server = await asyncio.start_unix_server(serve, place)
    seat.socket.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        with contextlib.suppress(FileNotFoundError):
            seat.socket.unlink()


async def _respond(data: bytes, ask: Ask) -> bytes:
    try:
        reply = _Reply(answer=msgspec.Raw(await ask(_question.decode(data))))
    except msgspec.DecodeError as error:
        reply = _Reply(error=_Failure("bad_question", str(error), retry=False))
    except EngineError as error:
        reply = _Reply(error=_failure(error))
    return msgspec.json.encode(reply)


def _failure(error: EngineError) -> _Failure:
    match error:
        case HistoryError():
            return _Failure(error.code, str(error), error.retry)
        case NotKnown():
            return _Failure("not_known", str(error), retry=False)
        case _:
            return _Failure("history_failed", str(error), retry=True)


async def ask_owner(seat: Seat, history: str, question: Question) -> bytes:
    """Return the answer's JSON of the owner of a history.

    Raises ``HistoryDown`` where no owner answers, and ``HistoryRefused`` with what it says where it cannot answer.
    """
    try:
        async with asyncio.timeout(WITHIN):
            with _address(seat.socket) as place:
                reader, writer = await asyncio.open_unix_connection(place)
            try:
                writer.write(msgspec.json.encode(question))
                writer.write_eof()
                data = await reader.read(-1)
            finally:
                writer.close()
        reply = _reply.decode(data)
    except FileNotFoundError:
        raise HistoryDown(history, "no historian is running") from None
    except TimeoutError:
        raise HistoryDown(history, f"its owner took more than {WITHIN:g} s") from None
    except (OSError, msgspec.DecodeError) as error:
        raise HistoryDown(history, f"its owner is gone ({error})") from None
    if reply.error is not None:
        raise HistoryRefused(history, reply.error.code, reply.error.message, retry=reply.error.retry)
    return bytes(reply.answer)


def typed(question: Question, answer: bytes) -> Any:
    """Return an answer's JSON as the type that answers such a question."""
    return msgspec.json.decode(answer, type=ANSWERS[type(question)])
