"""Overbooking: how many to publish so that enough come, when each comes with the same chance by himself.

Rio 2016 had about 70 % attendance. Integers only, so that every machine finds the same number.
"""

from __future__ import annotations

from math import gcd

__all__ = ["enough_come", "overbooked"]


def enough_come(published: int, need: int, attendance: int, confidence: int) -> bool:
    """Say whether P(Binomial(published, attendance) >= need) >= confidence; both of the latter in permille."""
    if attendance == 1000:
        return published >= need
    divisor = gcd(attendance, 1000)
    come, stay = attendance // divisor, (1000 - attendance) // divisor
    whole: int = (come + stay) ** published
    chance: int = stay**published  # that nobody comes, in parts of the whole
    too_few = 0
    for number in range(min(need, published + 1)):
        too_few += chance
        chance = chance * (published - number) * come // ((number + 1) * stay)  # leaves no remainder
    return too_few * 1000 <= (1000 - confidence) * whole


def overbooked(need: int, attendance: int, confidence: int) -> int:
    """Return the smallest number to publish; raise ValueError where no number would do."""
    if need <= 0:
        return 0
    if not (0 < attendance <= 1000 and 0 <= confidence <= 1000) or (confidence == 1000 and attendance < 1000):
        raise ValueError(f"no number gives {need} with attendance {attendance} and confidence {confidence} permille")
    low, high = need - 1, need  # low never does, high may
    while not enough_come(high, need, attendance, confidence):
        low, high = high, 2 * high
    while high - low > 1:  # more published is never worse
        middle = (low + high) // 2
        low, high = (low, middle) if enough_come(middle, need, attendance, confidence) else (middle, high)
    return high
