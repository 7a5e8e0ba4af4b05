"""What goes wrong in this room, as a tree.

::

    FeedError
    └── Refused                 the subscriber asked for something that is not there, not offered, or cannot be read
        └── Hopeless            ... over a WebSocket, and the connection is not worth keeping

The same facts go over the WebSocket (``err``) and over HTTP (``{"error": ...}``).
"""

from __future__ import annotations

__all__ = ["FeedError", "Hopeless", "Refused"]


class FeedError(Exception):
    """Anything that this room raises on purpose."""


class Refused(FeedError):  # noqa: N818 - what is refused is the request; nothing here is in error
    """A request is refused: by which code, at which place of it, and whether asking again may help."""

    def __init__(self, code: str, message: str, *, at: str = "", retry: bool = False, status: int = 400) -> None:
        super().__init__(code, message)
        self.code = code  # lower_case, part of the contract
        self.message = message  # for people
        self.at = at  # place in the request: "views[1]", "If-None-Match", a path; may be empty
        self.retry = retry
        self.status = status  # over HTTP

    def __str__(self) -> str:
        return f"{self.code} at {self.at}: {self.message}" if self.at else f"{self.code}: {self.message}"


class Hopeless(Refused):
    """A request is refused and the connection closed with ``close``, a WebSocket close code."""

    def __init__(self, close: int, code: str, message: str, *, at: str = "") -> None:
        super().__init__(code, message, at=at)
        self.close = close
