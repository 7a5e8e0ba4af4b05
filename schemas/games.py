"""The configuration of a Games: who its sources are, whose word counts, where its days end."""

from __future__ import annotations

from fnmatch import fnmatchcase

import msgspec

from schemas.layout import Layout
from schemas.messages import KINDS, Role

__all__ = ["DEFAULT_GAMES", "Games", "decode"]

# From the word that counts most to the one that counts least, after the owner of a kind.
AUTHORITY: tuple[Role, ...] = (
    "operations",
    "results_desk",
    "primary_timing",
    "backup_timing",
    "central",
    "management",
    "gateway",
)


class Games(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What differs from one Games to the next."""

    code: str = "XG"
    name: str = "Games"
    offset: int = 0  # minutes east of UTC where a venue says nothing else
    day_ends: int = 3  # hour of the local day at which a sport day ends
    sources: tuple[tuple[str, Role], ...] = (  # glob over the source's name -> its role; the first match wins
        ("central", "central"),
        ("operations", "operations"),
        ("management", "management"),
        ("gateway*", "gateway"),
        ("*.desk", "results_desk"),
        ("*.backup", "backup_timing"),
        ("*", "primary_timing"),
    )
    layout: Layout = Layout()  # how its log is spread over partitions, where the log can

    def role_of(self, source: str) -> Role:
        """Return the role of a source."""
        return next((role for glob, role in self.sources if fnmatchcase(source, glob)), "primary_timing")

    def authority(self, kind: str, role: Role) -> int:
        """Return how much a role's word counts for a kind of message; more is more.

        Operations may overrule everybody; then comes the owner of the kind, then the others in a fixed order.
        """
        if role == "operations":
            return 99
        if KINDS[kind].owner == role:
            return 50
        return len(AUTHORITY) - AUTHORITY.index(role)


DEFAULT_GAMES = Games()


def decode(toml: bytes) -> Games:
    """Return the configuration in a TOML document."""
    return msgspec.toml.decode(toml, type=Games)
