"""How fast a Games is played, as operators write it."""

from __future__ import annotations

from podium.errors import OperatorError

__all__ = ["speed_of"]


def speed_of(text: str) -> float:
    """Return a speed: ``max`` is 0, ``60x`` 60.0. Raises ``OperatorError``."""
    if text == "max":
        return 0.0
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if speed <= 0:
        raise OperatorError(f"no speed {text!r}: max, 1x, 60x, ...")
    return speed
