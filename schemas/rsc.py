"""Results System Codes: the 34 characters that name a discipline, event, phase or unit.

``DDD`` discipline, ``G`` gender, 18 of event, ``PPPP`` phase, 8 of unit; each part is padded with ``-`` on its own
(ODF Foundation Principles, RSC). A shorter level is the code with the rest filled.
"""

from __future__ import annotations

import re

__all__ = ["LENGTH", "discipline_of", "event_of", "gender_of", "is_event", "is_phase", "is_rsc", "phase_of"]

LENGTH = 34
_PATTERN = re.compile(r"[A-Z0-9]{3}[A-Z0-9.-]{31}")


def is_rsc(code: str) -> bool:
    """Say whether a code has the shape of an RSC."""
    return len(code) == LENGTH and _PATTERN.fullmatch(code) is not None


def discipline_of(code: str) -> str:
    """Return the 3 characters of the discipline."""
    return code[:3]


def gender_of(code: str) -> str:
    """Return the gender of the event: M, W, X mixed, O open or - none."""
    return code[3]


def event_of(code: str) -> str:
    """Return the event that a code belongs to, in 34 characters."""
    return code[:22] + "------------"


def phase_of(code: str) -> str:
    """Return the phase that a code belongs to, in 34 characters."""
    return code[:26] + "--------"


def is_event(code: str) -> bool:
    """Say whether a code stops at the event."""
    return code[22:] == "------------"


def is_phase(code: str) -> bool:
    """Say whether a code stops at the phase."""
    return code[26:] == "--------" and not is_event(code)
