"""All process managers there are; each is a file of its own. Some know the rules of the Games."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desks.reactions.affected_shifts import AFFECTED_SHIFTS
from desks.reactions.athlete_cards import ATHLETE_CARDS
from desks.reactions.barred_people import BARRED_PEOPLE
from desks.reactions.ended_accounts import ENDED_ACCOUNTS
from desks.reactions.ended_volunteers import ENDED_VOLUNTEERS
from desks.reactions.erased_people import ERASED_PEOPLE
from desks.reactions.exchanged_functions import exchanged_functions
from desks.reactions.first_units import FIRST_UNITS
from desks.reactions.fixed_delegations import FIXED_DELEGATIONS
from desks.reactions.following_shifts import FOLLOWING_SHIFTS
from desks.reactions.merged_people import MERGED_PEOPLE
from desks.reactions.notices import NOTICES
from desks.reactions.quota_places import QUOTA_PLACES
from desks.reactions.reaction import Manager
from desks.reactions.refused_people import REFUSED_PEOPLE
from desks.reactions.stand_ins import stand_ins
from desks.reactions.volunteer_places import VOLUNTEER_PLACES
from desks.reactions.volunteer_roads import VOLUNTEER_ROADS

__all__ = ["managers_of"]


def managers_of(policies: Mapping[str, Any]) -> tuple[Manager, ...]:
    """Return the managers, under the policies of a Games by prefix; what one orders comes before the next one's."""
    return (
        QUOTA_PLACES,  # before who may need the place that it gives back
        REFUSED_PEOPLE,
        BARRED_PEOPLE,
        ERASED_PEOPLE,
        ENDED_ACCOUNTS,
        ENDED_VOLUNTEERS,
        MERGED_PEOPLE,
        VOLUNTEER_PLACES,
        VOLUNTEER_ROADS,
        FIXED_DELEGATIONS,
        FIRST_UNITS,
        ATHLETE_CARDS,
        exchanged_functions(policies["per"]),
        AFFECTED_SHIFTS,
        FOLLOWING_SHIFTS,  # after it is said why
        stand_ins(policies["wf"]),
        NOTICES,
    )
