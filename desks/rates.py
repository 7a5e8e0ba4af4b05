"""How often something may be asked: by address, by account, by organisation, as the policy says.

Counting is done by the library ``limits``, over a moving window, in this process: whoever runs several doors divides
the rates among them, or hands in a storage that they share.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from time import time

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from desks.errors import BadPolicy, Turned

__all__ = ["Rates"]


class Rates:
    """The rates of one policy. What it has no rate for is not limited."""

    def __init__(self, rates: Mapping[str, str], storage: Storage | None = None) -> None:
        """Read the rates; raises ``BadPolicy`` where one is none."""
        self._limiter = MovingWindowRateLimiter(storage or MemoryStorage())
        self._rates: dict[str, list[RateLimitItem]] = {}
        for name, text in rates.items():
            try:
                self._rates[name] = parse_many(text)
            except ValueError as error:
                raise BadPolicy(f"rates.{name}", str(error)) from error

    def allows(self, name: str, *whose: str, cost: int = 1) -> bool:
        """Count something, and say whether it was within its rate."""
        items = self._rates.get(name, ())
        hits = [self._limiter.hit(item, name, *whose, cost=min(cost, item.amount)) for item in items]
        return all(hits)  # each counts, also behind one that is over

    def hit(self, name: str, *whose: str, cost: int = 1) -> None:
        """Count something; raises ``Turned`` where it is too much, with the seconds after which it may be again."""
        if self.allows(name, *whose, cost=cost):
            return
        resets = [self._limiter.get_window_stats(item, name, *whose).reset_time for item in self._rates[name]]
        after = str(max(1, ceil(max(resets) - time())))
        raise Turned(429, "too_many", "that was asked too often", retry=True, headers={"Retry-After": after})
