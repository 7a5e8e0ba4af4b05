"""All process managers there are; each is a file of its own."""

from __future__ import annotations

from desks.reactions.affected_shifts import AFFECTED_SHIFTS
from desks.reactions.barred_people import BARRED_PEOPLE
from desks.reactions.ended_accounts import ENDED_ACCOUNTS
from desks.reactions.erased_people import ERASED_PEOPLE
from desks.reactions.fixed_delegations import FIXED_DELEGATIONS
from desks.reactions.merged_people import MERGED_PEOPLE
from desks.reactions.quota_places import QUOTA_PLACES
from desks.reactions.reaction import Manager
from desks.reactions.volunteer_places import VOLUNTEER_PLACES

__all__ = ["MANAGERS"]

MANAGERS: tuple[Manager, ...] = (
    QUOTA_PLACES,
    BARRED_PEOPLE,
    MERGED_PEOPLE,
    VOLUNTEER_PLACES,
    FIXED_DELEGATIONS,
    AFFECTED_SHIFTS,
    ERASED_PEOPLE,
    ENDED_ACCOUNTS,
)
