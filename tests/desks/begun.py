"""Whoever takes over on a log before he is of use: followers, and an office with all that follow in it."""

from __future__ import annotations

from typing import Protocol, TypeVar

__all__ = ["begun"]


class Begins(Protocol):
    async def begin(self) -> None: ...


One = TypeVar("One", bound=Begins)


async def begun(one: One) -> One:
    """Have somebody begin, and return him."""
    await one.begin()
    return one
