"""A finding: what somebody in the security operations centre should look at, with a name that makes it one for ever."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

__all__ = ["SEVERITY", "Finding", "Kind", "Severity", "Window"]

Severity = Literal["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]

Kind = Literal[
    "CLONED_CARD",
    "IMPOSSIBLE_TRAVEL",
    "REVOKED_CARD_SHOWN",
    "REVOKED_CARD_LET_IN",
    "BAD_CODES",
    "SILENT_SCANNER",
    "STALE_LIST",
    "COPIED_SCANNER",
    "QUOTA_OVERRIDE",
    "SAME_PERSON_ATTEMPT",
    "DENIED_OFTEN",
    "MASS_PERSONAL_READ",
    "KEY_DESTROYED",
    "MASS_KEY_DESTRUCTION",
    "CHECKPOINT_MISMATCH",
    "UNIFORM_OUTSTANDING",
    "GLASS_BROKEN",
    "ACT_UNDER_BROKEN_GLASS",
    "SIGN_INS_FAILED",
    "SESSION_STOLEN",
]

SEVERITY: Mapping[Kind, Severity] = MappingProxyType(
    {
        "CLONED_CARD": "HIGH",
        "IMPOSSIBLE_TRAVEL": "HIGH",
        "REVOKED_CARD_SHOWN": "MEDIUM",
        "REVOKED_CARD_LET_IN": "HIGH",
        "BAD_CODES": "HIGH",
        "SILENT_SCANNER": "LOW",
        "STALE_LIST": "MEDIUM",
        "COPIED_SCANNER": "HIGH",
        "QUOTA_OVERRIDE": "MEDIUM",
        "SAME_PERSON_ATTEMPT": "MEDIUM",
        "DENIED_OFTEN": "MEDIUM",
        "MASS_PERSONAL_READ": "HIGH",
        "KEY_DESTROYED": "INFORMATIONAL",
        "MASS_KEY_DESTRUCTION": "CRITICAL",
        "CHECKPOINT_MISMATCH": "CRITICAL",
        "UNIFORM_OUTSTANDING": "LOW",
        "GLASS_BROKEN": "HIGH",
        "ACT_UNDER_BROKEN_GLASS": "MEDIUM",
        "SIGN_INS_FAILED": "MEDIUM",
        "SESSION_STOLEN": "HIGH",
    }
)


class Finding(msgspec.Struct, frozen=True):
    """Something to be looked at."""

    kind: Kind
    about: str  # with the kind it names the finding: the same again is not another one
    at: int  # ms since 1970 UTC, when it was so
    subjects: Mapping[str, str]  # identifiers by what they are: card, gate, device, account, key
    because: tuple[str, ...] = ()  # what was seen, by its identifiers

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return SEVERITY[self.kind]


class Window(msgspec.Struct):
    """How much of something there was lately."""

    seen: list[tuple[int, int, str]] = []  # ms, how many, its identifier; in the order of time
    told: int = 0  # ms, when it was last too much; 0: not now

    def add(self, at: int, count: int, id: str, most: int, span: int) -> bool:  # noqa: A002 - the field's word
        """Count something in, and say whether it has just become too much: ``most`` or more within ``span`` ms."""
        self.seen.append((at, count, id))
        self.seen.sort()
        newest = self.seen[-1][0]
        while self.seen[0][0] <= newest - span:
            del self.seen[0]
        if sum(count for _, count, _ in self.seen) < most or self.told > newest - span:
            return False
        self.told = newest
        return True

    def is_over(self, at: int, span: int) -> bool:
        """Say whether nothing of it is left at an instant."""
        return not self.seen or self.seen[-1][0] <= at - span
