"""Late replacement: after the deadline one athlete takes the start of another, by the policy of the event.

An organisation proposes; each role that the reason asks for approves, every time another person and none the proposer.
With the last approval the replacement happens, if the card of who goes is blocked or exchanged by then and the guards
still hold. Without a known first unit there is no cut-off to be before, so nothing can be proposed.

Judged from the facts once, when it is proposed: age, nationality, standard, rank. All other guards of an entry are
judged again with the last approval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

import msgspec

from management.command import Received, Refusal, Role
from management.entry import allows
from management.entry_book import ENTRY_TRANSITIONS, LIVE_ENTRIES, Entry, EntryVerb, Proposal, State, joined, refuse
from management.entry_counts import begin, count, end
from management.entry_exception import exception_for
from management.entry_guards import Case, Facts, check
from schemas.policy.entries import Policy, Replacement

__all__ = [
    "DECIDE",
    "EVOLVE",
    "ApproveReplacement",
    "AthleteReplaced",
    "Command",
    "DropReplacement",
    "Event",
    "FunctionChangeAsked",
    "ReplaceAthlete",
    "ReplacementApproved",
    "ReplacementDropped",
    "ReplacementProposed",
]

_MINUTE = 60_000


class ReplaceAthlete(msgspec.Struct, frozen=True, tag="replace_athlete"):
    """Propose that one athlete takes the start of another."""

    replacement: str  # its id
    noc: str
    event: str
    leaving: str
    coming: str
    reason: str  # one of the policy's
    facts: Facts  # of who comes


class ApproveReplacement(msgspec.Struct, frozen=True, tag="approve_replacement"):
    """Approve a replacement in a role."""

    replacement: str
    role: Role


class DropReplacement(msgspec.Struct, frozen=True, tag="drop_replacement"):
    """Refuse a replacement, or take the proposal back."""

    replacement: str


class ReplacementProposed(msgspec.Struct, frozen=True, tag="replacement_proposed"):
    """A replacement waits for approval."""

    replacement: str
    noc: str
    event: str
    leaving: str
    coming: str
    reason: str
    by: str  # who asked
    missing: tuple[str, ...]  # roles that must approve
    standard: str | None  # of who comes
    exceptions: tuple[str, ...]


class ReplacementApproved(msgspec.Struct, frozen=True, tag="replacement_approved"):
    """One role has approved a replacement."""

    replacement: str
    role: str
    by: str


class ReplacementDropped(msgspec.Struct, frozen=True, tag="replacement_dropped"):
    """A replacement will not happen."""

    replacement: str
    by: str


class AthleteReplaced(msgspec.Struct, frozen=True, tag="athlete_replaced"):
    """One athlete has taken the start of another."""

    replacement: str
    noc: str
    event: str
    leaving: str
    coming: str
    reason: str
    reversible: bool  # who left may come back
    exceptions: tuple[str, ...]


class FunctionChangeAsked(msgspec.Struct, frozen=True, tag="function_change_asked"):
    """The accreditation of an athlete is to change: for the process manager."""

    athlete: str
    from_function: str
    to_function: str
    replacement: str


Command = ReplaceAthlete | ApproveReplacement | DropReplacement
Event = ReplacementProposed | ReplacementApproved | ReplacementDropped | AthleteReplaced | FunctionChangeAsked


def _discipline_scope(received: Received[Any]) -> str:
    return f"discipline:{received.key.removeprefix('ebk:')}"


def _rules(policy: Policy, key: str, event: str) -> Replacement:
    return policy.replacements[policy.disciplines[key.removeprefix("ebk:")].events[event].replacement]


# -- proposal ---------------------------------------------------------------------------------------------------------


def propose(state: State, received: Received[ReplaceAthlete], policy: Policy) -> list[Event] | Refusal:
    """Decide on a proposal: time, reason, number of times, whether who comes may, then the guards of an entry."""
    wish = received.command
    if not received.actor.may("RO_ENTRIES", f"ro:{wish.noc}"):
        return refuse("NOT_AUTHORISED", f"only the entries office of {wish.noc} replaces its athletes", noc=wish.noc)
    entry = state.entries.get(joined(wish.leaving, wish.event))
    if entry is None or entry.noc != wish.noc:
        return refuse("UNKNOWN", f"{wish.leaving} is not entered by {wish.noc}", athlete=wish.leaving)
    if wish.replacement in state.proposals:
        return refuse("STATE", f"replacement {wish.replacement} waits already", replacement=wish.replacement)
    if not allows(state, wish.leaving, wish.event, "replace"):
        return refuse("STATE", f"the entry is {entry.status}", status=entry.status)
    for athlete in (wish.leaving, wish.coming):
        if joined(athlete, wish.event) in state.proposed:
            return refuse("STATE", f"a replacement with {athlete} waits", athlete=athlete)
    if received.at <= policy.entries_until:
        return refuse("TOO_EARLY", "before the deadline an entry is withdrawn and another one made")
    rules = _rules(policy, received.key, wish.event)
    in_time = _in_time(state, wish, rules, received.at)
    if isinstance(in_time, Refusal):
        return in_time
    if wish.reason not in rules.reasons:
        return refuse("REASON", f"{wish.reason} is no reason for a replacement", reason=wish.reason)
    if rules.max_times is not None and _times(state, entry) >= rules.max_times:
        return refuse("MAX_TIMES", f"this start was given on {_times(state, entry)} times", most=rules.max_times)
    before = state.entries.get(joined(wish.coming, wish.event))
    if before is not None and before.status == "REPLACED" and not rules.reversible:
        return refuse("PERMANENT", f"{wish.coming} was replaced for good", athlete=wish.coming)
    case = _case(state, policy, received, entry, wish.coming, facts=wish.facts)
    lifted = check(case, without=frozenset({"DEADLINE"}))
    if isinstance(lifted, Refusal):
        return lifted
    exceptions = (*in_time, *(found for found in lifted if found not in in_time))
    return [
        ReplacementProposed(
            wish.replacement,
            wish.noc,
            wish.event,
            wish.leaving,
            wish.coming,
            wish.reason,
            received.actor.id,
            rules.reasons[wish.reason],
            case.standard,
            exceptions,
        )
    ]


def _case(
    state: State,
    policy: Policy,
    received: Received[Any],
    entry: Entry,
    coming: str,
    *,
    facts: Facts | None = None,
    standard: str | None = None,
) -> Case:
    return Case(
        state,
        policy,
        policy.disciplines[received.key.removeprefix("ebk:")],
        noc=entry.noc,
        athlete=coming,
        event=entry.event,
        at=received.at,
        facts=facts,
        place=entry.place,
        team=entry.team,
        leaving=entry,
        standard=standard,
    )


def _in_time(state: State, wish: ReplaceAthlete | Proposal, rules: Replacement, at: int) -> tuple[str, ...] | Refusal:
    """Return the exception from the cut-off that is needed, if one is; a refusal where it is needed and not there."""
    first = state.first_units.get(wish.event)
    if first is not None and at < first - rules.cut_off_min * _MINUTE:
        return ()
    noc = state.entries[joined(wish.leaving, wish.event)].noc
    lifted = exception_for(state, "CUT_OFF", noc, wish.coming, wish.event)
    if lifted is not None:
        return (lifted,)
    if first is None:
        return refuse("CUT_OFF", "the first unit of the event is not known", event=wish.event)
    return refuse("CUT_OFF", f"replacements end {rules.cut_off_min} minutes before the first unit", first_unit=first)


def _times(state: State, entry: Entry) -> int:
    if entry.team:
        return state.replaced.get(joined(entry.noc, entry.event, str(entry.team)), 0)
    return entry.replacements


# -- approval ---------------------------------------------------------------------------------------------------------


def approve(state: State, received: Received[ApproveReplacement], policy: Policy) -> list[Event] | Refusal:
    """Decide on an approval; the last one replaces the athlete."""
    wish, actor = received.command, received.actor
    proposal = state.proposals.get(wish.replacement)
    if proposal is None:
        return refuse("UNKNOWN", f"no replacement {wish.replacement} waits", replacement=wish.replacement)
    if actor.id == proposal.by or actor.id in proposal.approvers:
        return refuse("SAME_PERSON", "each approval is another person's, and none the proposer's")
    if not actor.may(wish.role, _discipline_scope(received)):
        return refuse("NOT_AUTHORISED", f"the actor does not hold {wish.role}", role=wish.role)
    if wish.role not in proposal.missing:
        return refuse(
            "STATE", f"no approval of {wish.role} is missing", role=wish.role, missing=tuple(proposal.missing)
        )
    approved = ReplacementApproved(wish.replacement, wish.role, actor.id)
    if len(proposal.missing) > 1:
        return [approved]
    done = _replace(state, received, policy, proposal)
    return done if isinstance(done, Refusal) else [approved, *done]


def _replace(
    state: State, received: Received[ApproveReplacement], policy: Policy, proposal: Proposal
) -> list[Event] | Refusal:
    entry = state.entries[joined(proposal.leaving, proposal.event)]
    if entry.status not in LIVE_ENTRIES:
        return refuse("STATE", f"the entry of {proposal.leaving} is {entry.status}", status=entry.status)
    rules = _rules(policy, received.key, proposal.event)
    in_time = _in_time(state, proposal, rules, received.at)
    if isinstance(in_time, Refusal):
        return in_time
    if state.athletes[proposal.leaving].card == "active":
        return refuse("CARD", f"the card of {proposal.leaving} is not blocked yet", athlete=proposal.leaving)
    case = _case(state, policy, received, entry, proposal.coming, standard=proposal.standard)
    lifted = check(case, without=frozenset({"DEADLINE"}))
    if isinstance(lifted, Refusal):
        return lifted
    replacement = received.command.replacement
    exceptions = tuple(dict.fromkeys((*proposal.exceptions, *in_time, *lifted)))
    away = FunctionChangeAsked(proposal.leaving, policy.athlete_function, policy.alternate_function, replacement)
    return [
        AthleteReplaced(
            replacement,
            entry.noc,
            proposal.event,
            proposal.leaving,
            proposal.coming,
            proposal.reason,
            rules.reversible,
            exceptions,
        ),
        *([away] if rules.reversible else []),
        FunctionChangeAsked(proposal.coming, policy.alternate_function, policy.athlete_function, replacement),
    ]


def drop(state: State, received: Received[DropReplacement], policy: Policy) -> list[Event] | Refusal:
    """Decide on ending a proposal: by who could approve it, or its organisation."""
    replacement = received.command.replacement
    proposal = state.proposals.get(replacement)
    if proposal is None:
        return refuse("UNKNOWN", f"no replacement {replacement} waits", replacement=replacement)
    noc = state.entries[joined(proposal.leaving, proposal.event)].noc
    scope = _discipline_scope(received)
    approver = any(received.actor.may(cast("Role", role), scope) for role in proposal.missing)
    if not approver and not received.actor.may("RO_ENTRIES", f"ro:{noc}"):
        return refuse("NOT_AUTHORISED", "only an approver or the organisation ends a replacement")
    return [ReplacementDropped(replacement, received.actor.id)]


# -- what becomes of it -----------------------------------------------------------------------------------------------


def _proposed(state: State, event: ReplacementProposed) -> None:
    state.proposals[event.replacement] = Proposal(
        event.event,
        event.leaving,
        event.coming,
        event.reason,
        event.by,
        event.standard,
        event.exceptions,
        list(event.missing),
    )
    for athlete in (event.leaving, event.coming):
        state.proposed[joined(athlete, event.event)] = event.replacement


def _approved(state: State, event: ReplacementApproved) -> None:
    proposal = state.proposals[event.replacement]
    proposal.missing.remove(event.role)
    proposal.approvers.append(event.by)


def _closed(state: State, event: ReplacementDropped | AthleteReplaced) -> None:
    proposal = state.proposals.pop(event.replacement)
    for athlete in (proposal.leaving, proposal.coming):
        del state.proposed[joined(athlete, proposal.event)]


def _replaced(state: State, event: AthleteReplaced) -> None:
    standard = state.proposals[event.replacement].standard
    _closed(state, event)
    key = joined(event.leaving, event.event)
    out = state.entries[key]
    before = state.entries.get(joined(event.coming, event.event))
    verb: EntryVerb = "come_confirmed" if out.status == "CONFIRMED" else "come"
    end(state, key)
    out.status = ENTRY_TRANSITIONS[out.status]["replace"]
    coming = state.athletes[event.coming]
    coming.card = "active"
    entry = Entry(
        event.coming,
        event.event,
        out.noc,
        coming.gender,
        ENTRY_TRANSITIONS[before.status if before else None][verb],
        out.place,
        out.team,
        standard,
        replacements=out.replacements + 1,
    )
    begin(state, entry)
    if out.team:
        count(state.replaced, joined(out.noc, out.event, str(out.team)), 1)


def _function_asked(state: State, event: FunctionChangeAsked) -> None:
    """Change nothing: the process manager acts on it."""


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {
        ReplaceAthlete: propose,
        ApproveReplacement: approve,
        DropReplacement: drop,
    }
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        ReplacementProposed: _proposed,
        ReplacementApproved: _approved,
        ReplacementDropped: _closed,
        AthleteReplaced: _replaced,
        FunctionChangeAsked: _function_asked,
    }
)
