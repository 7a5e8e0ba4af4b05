"""What is seen and found, as events of the Open Cybersecurity Schema Framework (OCSF 1.3), without personal data.

An event has a class and an activity of it; ``type_uid`` is the class times 100 plus the activity. Which of ours is
which stands in the tables below. Gate scans are a class of an extension of our own, ``podium`` with the number 999:
what an access system says of a door has no class in OCSF.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from management.account_events import (
    AccountClosed,
    AccountLocked,
    AccountOpened,
    AccountUnlocked,
    CredentialAdded,
    CredentialRemoved,
    GlassBroken,
    GlassMended,
    GrantEnded,
    GrantGiven,
    HolderInvited,
)
from management.command import Recorded
from management.scan import ScanRecorded
from management.soc_finding import Finding, Severity
from management.soc_signs import (
    CommandRefused,
    PersonalRead,
    RequestTurned,
    ScanSeen,
    Seen,
    SessionStolen,
    SignedOut,
    SignInTried,
)
from schemas.policy.soc import Policy

__all__ = [
    "ACCOUNT_CHANGE",
    "API_ACTIVITY",
    "AUTHENTICATION",
    "DETECTION_FINDING",
    "ENTITY_MANAGEMENT",
    "GATE_ACCESS",
    "USER_ACCESS",
    "Event",
    "event_of",
    "finding_event",
]

Event = dict[str, Any]

DETECTION_FINDING = 2004
ACCOUNT_CHANGE = 3001
AUTHENTICATION = 3002
ENTITY_MANAGEMENT = 3004
USER_ACCESS = 3005
API_ACTIVITY = 6003
GATE_ACCESS = 999 * 100_000 + 3001  # extension podium, category 3

SEVERITIES: Mapping[Severity, int] = {"INFORMATIONAL": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "CRITICAL": 5}
SUCCESS, FAILURE = 1, 2

NAMES = UUID("5b0cbb0e-3d0d-5d43-8c5a-0f8f6a3e1b21")  # the namespace of the names of events


# -- what an event of an account is: activity of class 3001 -----------------------------------------------------------

ACCOUNTS: Mapping[type[Any], int] = {
    AccountOpened: 1,  # create
    AccountUnlocked: 2,  # enable
    HolderInvited: 4,  # password reset
    AccountClosed: 6,  # delete
    AccountLocked: 9,  # lock
    CredentialAdded: 10,  # authentication factor enabled
    CredentialRemoved: 11,  # and disabled
}

# -- what an event of a role is: activity of class 3005 ---------------------------------------------------------------

ACCESS: Mapping[type[Any], int] = {GrantGiven: 1, GlassBroken: 1, GrantEnded: 2, GlassMended: 2}

# -- what an event of an entity is, by its tag: activity of class 3004; every other is 3, an update -------------------

ENTITIES: Mapping[str, int] = {
    "participation_suspended": 12,
    "card_suspended": 12,
    "participation_reinstated": 13,
    "suspension_lapsed": 13,
    "card_unblocked": 13,
    "participation_revoked": 9,  # disable
    "participation_withdrawn": 9,
    "clearance_refused": 9,
    "card_revoked": 9,
    "card_lost": 9,
    "card_stolen": 9,
    "card_damaged": 9,
    "card_superseded": 9,
    "card_produced": 1,
    "card_validated": 10,  # activate
    "device_enrolled": 6,  # enroll
    "device_revoked": 7,  # unenroll
    "person_erased": 4,  # delete
    "assignment_cancelled": 4,
}

KINDS: Mapping[str, str] = {"per": "person", "dev": "scanner", "wf": "roster", "uni": "uniform", "dp": "passes"}

# -- what a verdict at a gate is: activity of our own class -----------------------------------------------------------

VERDICTS: Mapping[str, int] = {"ALLOW": 1, "DENY": 2, "REFER": 3}


def event_of(seen: Seen, policy: Policy, games: str) -> Event | None:
    """Return what was seen as an event; None where it is not told by itself."""
    match seen.what:
        case Recorded():
            made = _recorded(seen.what, policy)
        case ScanSeen(scan=scan):
            notable = scan.verdict != "ALLOW" or scan.offline
            made = _scan(scan) if policy.scans == "ALL" or notable else None
        case what:
            make = SIGNS.get(type(what))
            made = make(what) if make else None
    return None if made is None else _complete(made, seen.id, seen.at, games)


def finding_event(finding: Finding, games: str) -> Event:
    """Return a finding as an event."""
    uid = str(uuid5(NAMES, f"{finding.kind} {finding.about}"))
    resources = [{"type": kind, "uid": uid} for kind, uid in sorted(finding.subjects.items())]
    made = _event(DETECTION_FINDING, 1, severity=finding.severity)
    made["finding_info"] = {"uid": uid, "title": finding.kind, "types": [finding.kind], "created_time": finding.at}
    made["is_alert"] = finding.severity not in ("INFORMATIONAL", "LOW")
    made["resources"] = resources
    made["evidences"] = [{"data": {"uid": one}} for one in finding.because]
    return _complete(made, uid, finding.at, games)


# -- events of the log ------------------------------------------------------------------------------------------------


def _recorded(recorded: Recorded[Any], policy: Policy) -> Event | None:
    event = recorded.event
    kind = type(event)
    holder = {"uid": recorded.key.partition(":")[2]}
    if kind in ACCOUNTS:
        return _event(ACCOUNT_CHANGE, ACCOUNTS[kind]) | {"user": holder} | _actor(recorded.actor)
    if kind in ACCESS:
        severity: Severity = "HIGH" if kind is GlassBroken else "INFORMATIONAL"
        privilege = [f"{event.role} {event.scope}"] if hasattr(event, "role") else [event.grant]
        made = _event(USER_ACCESS, ACCESS[kind], severity=severity)
        return made | {"user": holder, "privileges": privilege} | _actor(recorded.actor)
    tag = str(kind.__struct_config__.tag)
    if tag not in policy.entities:
        return None
    activity = ENTITIES.get(tag, 3)
    return _event(ENTITY_MANAGEMENT, activity) | {"entity": _entity(recorded, tag)} | _actor(recorded.actor)


def _entity(recorded: Recorded[Any], tag: str) -> dict[str, Any]:
    """Return what was managed: the card or participation where the event says which, or the record as a whole."""
    prefix, _, whole = recorded.key.partition(":")
    event = recorded.event
    for kind, field in (("card", "serial"), ("participation", "participation"), ("assignment", "assignment")):
        value = getattr(event, field, None)
        if value is not None:
            return {"type": kind, "uid": str(value), "data": {"event": tag, "record": whole}}
    return {"type": KINDS.get(prefix, prefix), "uid": whole, "data": {"event": tag}}


# -- signs of the doors -----------------------------------------------------------------------------------------------


def _sign_in(sign: SignInTried) -> Event:
    severity: Severity = "INFORMATIONAL" if sign.ok else "LOW"
    made = _event(AUTHENTICATION, 1, sign.ok, severity)
    made |= {"user": {"uid": sign.account or "unknown"}, "auth_protocol": sign.means, "auth_protocol_id": 99}
    made |= {"is_mfa": sign.means in ("PASSWORD", "RECOVERY", "PASSKEY"), "is_remote": True}
    made |= {"service": {"name": "people"}, "src_endpoint": {"uid": sign.address}}
    made["status_detail"] = "STEP_UP" if sign.again else "SIGN_IN"
    return made | ({"session": {"uid": sign.session}} if sign.session else {})


def _signed_out(sign: SignedOut) -> Event:
    made = _event(AUTHENTICATION, 2) | {"user": {"uid": sign.account}, "session": {"uid": sign.session}}
    return made | {"service": {"name": "people"}, "status_detail": sign.cause}


def _stolen(sign: SessionStolen) -> Event:
    made = _event(AUTHENTICATION, 2, False, "HIGH") | {"user": {"uid": sign.account}, "service": {"name": "people"}}
    session = {"session": {"uid": sign.session}, "src_endpoint": {"uid": sign.address}}
    return made | session | {"status_detail": "STOLEN"}


def _turned(sign: RequestTurned) -> Event:
    made = _api(sign.operation, sign.actor, sign.address, False)
    made["api"]["response"] = {"code": sign.status, "error": sign.code}
    return made


def _read(sign: PersonalRead) -> Event:
    return _api(sign.operation, sign.actor, sign.address, True) | {"count": sign.people}


def _refused(refused: CommandRefused) -> Event | None:
    if refused.code not in ("NOT_AUTHORISED", "SAME_PERSON", "SELF_GRANT"):
        return None
    made = _api("command", refused.actor, "", False)
    made["api"]["response"] = {"code": 403, "error": refused.code}
    return made | {"resources": [{"uid": refused.key}]}


def _api(operation: str, actor: str, address: str, ok: bool) -> Event:
    activity = 2 if operation.startswith("GET ") else 3
    made = _event(API_ACTIVITY, activity, ok, "INFORMATIONAL" if ok else "LOW")
    made |= {"api": {"operation": operation, "service": {"name": "people"}}, "src_endpoint": {"uid": address}}
    return made | _actor(actor or "unknown")


def _scan(scan: ScanRecorded) -> Event:
    made = _event(GATE_ACCESS, VERDICTS[scan.verdict], scan.verdict == "ALLOW")
    made["device"] = {"uid": scan.device, "type_id": 99, "type": "scanner"}
    made["gate"] = {"uid": scan.gate, "direction": scan.direction, "offline": scan.offline}
    made["status_code"] = scan.reason
    made["unmapped"] = {"scan": scan.scan_id, "list": scan.list_version, "policy": scan.policy_version}
    made["original_time"] = scan.t_device
    return made | ({"credential": {"uid": str(scan.serial)}} if scan.serial is not None else {})


SIGNS: Mapping[type[Any], Callable[[Any], Event | None]] = {
    SignInTried: _sign_in,
    SignedOut: _signed_out,
    SessionStolen: _stolen,
    RequestTurned: _turned,
    PersonalRead: _read,
    CommandRefused: _refused,
}

# -- what all have ----------------------------------------------------------------------------------------------------


def _event(class_uid: int, activity: int, ok: bool = True, severity: Severity = "INFORMATIONAL") -> Event:
    return {
        "class_uid": class_uid,
        "category_uid": class_uid // 1000 % 100,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        "severity_id": SEVERITIES[severity],
        "status_id": SUCCESS if ok else FAILURE,
    }


def _actor(actor: str) -> Event:
    return {"actor": {"user": {"uid": actor}}}


def _complete(made: Event, uid: str, at: int, games: str) -> Event:
    product = {"name": "Podium", "vendor_name": "Podium", "feature": {"name": "people"}}
    metadata: Event = {"version": "1.3.0", "uid": uid, "product": product, "tenant_uid": games}
    if made["class_uid"] == GATE_ACCESS:
        metadata["extensions"] = [{"name": "podium", "uid": "999", "version": "1.0.0"}]
    return made | {"time": at, "metadata": metadata}
