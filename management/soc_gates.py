"""What gates tell the security operations centre: copies of cards, forged codes, scanners that are silent or behind.

Scans come late and in any order, since gates work without a network: what counts is when a card was shown, by the clock
of the scanner, and two showings are held against each other whichever was heard of first.
"""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from management.device import DeviceEnrolled, DeviceRevoked
from management.scan import ScanRecorded
from management.soc_finding import Finding, Kind, Window
from management.soc_signs import HindsightSeen, ScanSeen, ScansTurned, Seen, TimePassed
from schemas.policy import accreditation
from schemas.policy.soc import Policy

__all__ = ["Scanner", "Showing", "State", "observe"]

MOST_SHOWINGS = 32  # of one card, the newest
FORGED = ("BAD_SIGNATURE", "UNKNOWN_KEY")
_MINUTE = 60_000
_HOUR = 3_600_000
_FOR_EVER = 2**62


class Showing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A card was held to a gate."""

    t: int
    venue: str  # empty: of a scanner that nobody enrolled
    gate: str
    scan: str


class Scanner(msgspec.Struct):
    """A scanner that counts."""

    venue: str
    heard: int  # ms, log time
    silent: bool = False


class State(msgspec.Struct):
    """What has to be remembered of gates."""

    cards: dict[int, list[Showing]] = {}
    scanners: dict[str, Scanner] = {}
    forged: dict[str, Window] = {}  # by gate
    lists: list[tuple[int, int]] = []  # version and when a gate first decided by it, both growing
    swept: int = 0  # ms, when what is too old was last let go


class _Rules(msgspec.Struct, frozen=True):
    soc: Policy
    people: accreditation.Policy


def observe(state: State, seen: Seen, soc: Policy, people: accreditation.Policy) -> list[Finding]:
    """Take in what was seen, and return what is to be looked at."""
    rules = _Rules(soc, people)
    match seen.what:
        case ScanSeen(scan=scan):
            return _observe_scan(state, seen, scan, rules)
        case HindsightSeen(serial=serial, hindsight=hindsight) if hindsight.reason == "REVOKED":
            subjects = {"card": serial}
            return [Finding("REVOKED_CARD_LET_IN", hindsight.scan_id, seen.at, subjects, (hindsight.scan_id,))]
        case ScansTurned(device=device, code="FORK"):
            return [Finding("COPIED_SCANNER", f"{device} {seen.at // _HOUR}", seen.at, {"device": device}, (seen.id,))]
        case TimePassed():
            _sweep(state, seen.at, rules)
            return _silent(state, seen, rules)
        case _:
            _learn(state, seen)
            return []


def _learn(state: State, seen: Seen) -> None:
    recorded = seen.what
    event = getattr(recorded, "event", None)
    match event:
        case DeviceEnrolled(venue=venue):
            state.scanners[recorded.key.partition(":")[2]] = Scanner(venue, seen.at)
        case DeviceRevoked():
            state.scanners.pop(recorded.key.partition(":")[2], None)


# -- scans ------------------------------------------------------------------------------------------------------------


def _observe_scan(state: State, seen: Seen, scan: ScanRecorded, rules: _Rules) -> list[Finding]:
    scanner = state.scanners.get(scan.device)
    if scanner:
        scanner.heard, scanner.silent = max(scanner.heard, seen.at), False
    findings = _stale(state, scan, rules)
    subjects = {"gate": scan.gate, "device": scan.device}
    if scan.serial is None:
        window = state.forged.setdefault(scan.gate, Window())
        most = rules.soc.bad_codes
        if scan.reason in FORGED and window.add(scan.t_device, 1, scan.scan_id, most.count, most.span):
            because = tuple(one for _, _, one in window.seen)
            findings.append(Finding("BAD_CODES", f"{scan.gate} {scan.scan_id}", scan.t_device, subjects, because))
        return findings
    if scan.reason == "REVOKED":
        about = {"card": str(scan.serial)} | subjects
        findings.append(Finding("REVOKED_CARD_SHOWN", scan.scan_id, scan.t_device, about, (scan.scan_id,)))
    showing = Showing(scan.t_device, scanner.venue if scanner else "", scan.gate, scan.scan_id)
    return findings + _held_against(state, scan.serial, showing, rules)


def _held_against(state: State, serial: int, showing: Showing, rules: _Rules) -> list[Finding]:
    """Hold a showing against the others of its card, and remember it."""
    others = state.cards.setdefault(serial, [])
    if any(other.scan == showing.scan for other in others):
        return []
    findings = [_twice(kind, serial, showing, other) for other in others if (kind := _kind(showing, other, rules))]
    others.append(showing)
    others.sort(key=lambda one: (one.t, one.scan))
    oldest = others[-1].t - rules.soc.card_memory_min * _MINUTE
    others[:] = [one for one in others[-MOST_SHOWINGS:] if one.t > oldest]
    return findings


def _kind(one: Showing, other: Showing, rules: _Rules) -> Kind | None:
    apart = abs(one.t - other.t)
    if one.venue and other.venue and one.venue != other.venue:
        return "IMPOSSIBLE_TRAVEL" if apart < rules.people.travel(one.venue, other.venue) else None
    return "CLONED_CARD" if one.gate != other.gate and apart < rules.soc.same_moment_s * 1000 else None


def _twice(kind: Kind, serial: int, one: Showing, other: Showing) -> Finding:
    first, second = sorted((one, other), key=lambda showing: (showing.t, showing.scan))
    places = "/".join(sorted({one.venue or one.gate, other.venue or other.gate}))
    subjects = {"card": str(serial), "gate": second.gate, "gate_before": first.gate}
    # Once an hour for a card at two places, or a copy in use would drown all else.
    about = f"{serial} {places} {second.t // _HOUR}"
    return Finding(kind, about, second.t, subjects, (first.scan, second.scan))


def _stale(state: State, scan: ScanRecorded, rules: _Rules) -> list[Finding]:
    """Find a gate that decides by a list although others have had the next one for long."""
    lists = state.lists
    place = bisect_right(lists, (scan.list_version, _FOR_EVER))  # behind those up to its own version
    newer = lists[place] if place < len(lists) else None
    if place == 0 or lists[place - 1][0] != scan.list_version:
        lists.insert(place, (scan.list_version, scan.t_device))
    elif scan.t_device < lists[place - 1][1]:
        lists[place - 1] = (scan.list_version, scan.t_device)
    late = newer is not None and scan.t_device - newer[1] > rules.soc.list_late_min * _MINUTE
    if not late and scan.reason != "STATUS_STALE":
        return []
    subjects = {"gate": scan.gate, "device": scan.device, "list": str(scan.list_version)}
    about = f"{scan.device} {scan.list_version}"
    return [Finding("STALE_LIST", about, scan.t_device, subjects, (scan.scan_id,))]


# -- time -------------------------------------------------------------------------------------------------------------


def _silent(state: State, seen: Seen, rules: _Rules) -> list[Finding]:
    findings = []
    for device, scanner in sorted(state.scanners.items()):
        if not scanner.silent and seen.at - scanner.heard >= rules.soc.silent_min * _MINUTE:
            scanner.silent = True
            subjects = {"device": device, "venue": scanner.venue}
            findings.append(Finding("SILENT_SCANNER", f"{device} {scanner.heard}", seen.at, subjects))
    return findings


def _sweep(state: State, at: int, rules: _Rules) -> None:
    """Let go, once an hour, what nothing new is held against."""
    if at - state.swept < _HOUR:
        return
    state.swept = at
    memory, span = rules.soc.card_memory_min * _MINUTE, rules.soc.bad_codes.span
    for serial in [serial for serial, showings in state.cards.items() if showings[-1].t <= at - memory]:
        del state.cards[serial]
    for gate in [gate for gate, window in state.forged.items() if window.is_over(at, span)]:
        del state.forged[gate]
