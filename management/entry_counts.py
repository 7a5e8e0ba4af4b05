"""What an entry book counts and finds its way by, kept as entries and places come and go."""

from __future__ import annotations

from bisect import bisect_left, insort

from management.entry_book import PLACE_TRANSITIONS, Entry, Place, State, joined
from schemas.rsc import gender_of

__all__ = ["begin", "count", "end", "hold", "let_go", "set_deadline", "set_used", "team_of"]


def count(counts: dict[str, int], key: str, by: int) -> None:
    """Change a count, and forget it at nought."""
    value = counts.get(key, 0) + by
    if value:
        counts[key] = value
    else:
        counts.pop(key, None)


def team_of(state: State, noc: str, event: str, team: int) -> list[str]:
    """Return the live entries of a team."""
    return [key for key in state.field.get(joined(noc, event), []) if state.entries[key].team == team]


# -- entries ----------------------------------------------------------------------------------------------------------


def begin(state: State, entry: Entry) -> None:
    """Take in an entry that is live from now on, and the place that it uses."""
    key = joined(entry.athlete, entry.event)
    if not entry.team or not team_of(state, entry.noc, entry.event, entry.team):
        count(state.starts, entry.event, 1)
    state.entries[key] = entry
    for index, of in ((state.field, joined(entry.noc, entry.event)), (state.of_noc, entry.noc)):
        _put(index, of, key)
    _put(state.of_athlete, entry.athlete, key)
    athlete = state.athletes[entry.athlete]
    athlete.live += 1
    if athlete.live == 1:
        count(state.gender, joined(entry.noc, entry.gender), 1)
        state.athletes_in += 1
    if entry.place is not None:
        set_used(state, entry.place, 1, entry.team)


def end(state: State, key: str) -> None:
    """Have an entry live no longer; its status is the caller's to set. The place stays used until it is let go."""
    entry = state.entries[key]
    for index, of in ((state.field, joined(entry.noc, entry.event)), (state.of_noc, entry.noc)):
        _drop(index, of, key)
    _drop(state.of_athlete, entry.athlete, key)
    if not entry.team or not team_of(state, entry.noc, entry.event, entry.team):
        count(state.starts, entry.event, -1)
    athlete = state.athletes[entry.athlete]
    athlete.live -= 1
    if not athlete.live:
        count(state.gender, joined(entry.noc, entry.gender), -1)
        state.athletes_in -= 1
    if entry.place is not None:
        state.places[entry.place].used -= 1


def set_used(state: State, place_id: str, by: int, team: int) -> None:
    """Have a place used by one entry more."""
    place = state.places[place_id]
    place.used += by
    place.status = PLACE_TRANSITIONS[place.status]["use"]
    place.team = team
    set_deadline(state, place_id, None)


# -- places -----------------------------------------------------------------------------------------------------------


def hold(state: State, place_id: str) -> None:
    """Count a place for the organisation and the athlete that it was just given to."""
    place = state.places[place_id]
    count(state.held, joined(place.noc, place.event), 1)
    count(state.held_gender, joined(place.noc, gender_of(place.event)), 1)
    _put(state.holdings, joined(place.noc, place.event), place_id)
    if place.ownership == "nominal":
        state.holder[joined(place.athlete, place.event)] = place_id


def let_go(state: State, place_id: str) -> None:
    """Count a place no longer, and have no deadline for it."""
    place: Place = state.places[place_id]
    count(state.held, joined(place.noc, place.event), -1)
    count(state.held_gender, joined(place.noc, gender_of(place.event)), -1)
    _drop(state.holdings, joined(place.noc, place.event), place_id)
    if place.ownership == "nominal":
        del state.holder[joined(place.athlete, place.event)]
    place.asked.append(place.athlete if place.ownership == "nominal" else place.noc)
    place.team = 0
    set_deadline(state, place_id, None)


def set_deadline(state: State, place_id: str, at: int | None) -> None:
    """Set, move or lift the deadline of a place."""
    place = state.places[place_id]
    if place.deadline is not None:
        state.deadlines.pop(bisect_left(state.deadlines, (place.deadline, place_id)))
    place.deadline = at
    if at is not None:
        insort(state.deadlines, (at, place_id))


# -- indexes ----------------------------------------------------------------------------------------------------------


def _put(index: dict[str, list[str]], key: str, value: str) -> None:
    insort(index.setdefault(key, []), value)


def _drop(index: dict[str, list[str]], key: str, value: str) -> None:
    values = index[key]
    values.pop(bisect_left(values, value))
    if not values:
        del index[key]
