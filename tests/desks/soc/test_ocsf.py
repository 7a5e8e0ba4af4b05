"""What is seen and found in the words of OCSF."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from desks.soc.ocsf import ENTITIES, GATE_ACCESS, Event, event_of, finding_event
from management.account_events import AccountLocked, CredentialAdded, GlassBroken, GrantEnded, GrantGiven
from management.aggregates import AGGREGATES
from management.card_events import CardRevoked
from management.participation_events import Revoked, Submitted
from management.soc_finding import SEVERITY, Finding, Kind
from management.soc_signs import (
    CommandRefused,
    PersonalRead,
    RequestTurned,
    ScanSeen,
    Seen,
    SessionStolen,
    SignedOut,
    SignInTried,
    TimePassed,
)
from management.workforce_events import AssignmentCancelled
from tests.management.accredited import JULY
from tests.management.watch_hands import SOC, event, scan

CASES: dict[str, tuple[Any, int, int]] = {
    "sign in": (SignInTried("P1", "PASSWORD", True, "a1", "s1"), 3002, 1),
    "sign in refused": (SignInTried("", "PASSWORD", False, "a1"), 3002, 1),
    "sign out": (SignedOut("P1", "s1", "ASKED"), 3002, 2),
    "session stolen": (SessionStolen("P1", "s1", "a1"), 3002, 2),
    "turned away": (RequestTurned("P1", "POST /v1/commands", "not_authorised", 403, "a1"), 6003, 3),
    "personal data": (PersonalRead("P1", "GET /v1/records/{key}", 1, "a1"), 6003, 2),
    "not authorised": (CommandRefused("c1", "per:P2", "P1", "NOT_AUTHORISED"), 6003, 3),
    "locked": (event("acct:P1", AccountLocked("STOLEN", "P-OTTO")), 3001, 9),
    "passkey": (event("acct:P1", CredentialAdded("k1", "PASSKEY")), 3001, 10),
    "role": (event("acct:P1", GrantGiven("g1", "SOC", "*", None, False, "P-ANNA", "P-BEA")), 3005, 1),
    "role taken": (event("acct:P1", GrantEnded("g1", "WITHDRAWN", "P-ANNA")), 3005, 2),
    "glass": (event("acct:P1", GlassBroken("g1", "SYSADMIN", "*", "fire", JULY)), 3005, 1),
    "revoked": (event("per:P1", Revoked("P1/1", requested_by="P-ANNA", approved_by="P-BEA")), 3004, 9),
    "card revoked": (event("per:P1", CardRevoked(7, reason="REVOKED")), 3004, 9),
    "shift cancelled": (event("wf:STA", AssignmentCancelled("A1", "REVOKED")), 3004, 4),
    "denied at a gate": (ScanSeen(scan(verdict="DENY", reason="REVOKED")), GATE_ACCESS, 2),
    "referred": (ScanSeen(scan(verdict="REFER", reason="CLOCK_UNTRUSTED")), GATE_ACCESS, 3),
}


def told(what: Any) -> Event | None:
    return event_of(Seen("s1", JULY, what), SOC, "T20")


@pytest.mark.parametrize(("what", "class_uid", "activity"), CASES.values(), ids=CASES)
def test_everything_has_its_class_and_activity(what: Any, class_uid: int, activity: int) -> None:
    made = told(what)
    assert made is not None
    assert (made["class_uid"], made["activity_id"]) == (class_uid, activity)
    assert made["type_uid"] == class_uid * 100 + activity
    assert made["category_uid"] == {2: 2, 3: 3, 6: 6}[class_uid // 1000 % 10]
    assert (made["time"], made["metadata"]["uid"], made["metadata"]["version"]) == (JULY, "s1", "1.3.0")


def test_a_sign_in_word_for_word() -> None:
    assert told(SignInTried("", "PASSWORD", False, "a1")) == {
        "class_uid": 3002,
        "category_uid": 3,
        "activity_id": 1,
        "type_uid": 300201,
        "severity_id": 2,
        "status_id": 2,
        "user": {"uid": "unknown"},
        "auth_protocol": "PASSWORD",
        "auth_protocol_id": 99,
        "is_mfa": True,
        "is_remote": True,
        "service": {"name": "people"},
        "src_endpoint": {"uid": "a1"},
        "status_detail": "SIGN_IN",
        "time": JULY,
        "metadata": {
            "version": "1.3.0",
            "uid": "s1",
            "product": {"name": "Podium", "vendor_name": "Podium", "feature": {"name": "people"}},
            "tenant_uid": "T20",
        },
    }


def test_a_card_is_named_by_its_serial_and_a_shift_by_its_assignment() -> None:
    entities = [(told(CASES[name][0]) or {})["entity"] for name in ("revoked", "card revoked", "shift cancelled")]
    assert [(entity["type"], entity["uid"]) for entity in entities] == [
        ("participation", "P1/1"), ("card", "7"), ("assignment", "A1")
    ]  # fmt: skip


@pytest.mark.parametrize("what", [
    TimePassed(),
    ScanSeen(scan()),  # simply let in
    CommandRefused("c1", "per:P1", "P1", "STATE"),
    event("per:P1", Submitted("P1/1", by="P-ANNA", hold="h", late=False)),
])  # fmt: skip
def test_what_is_not_told(what: Any) -> None:
    assert told(what) is None


def test_all_scans_where_the_policy_wants_them() -> None:
    everything = msgspec.structs.replace(SOC, scans="ALL")
    made = event_of(Seen("s1", JULY, ScanSeen(scan())), everything, "T20")
    assert made is not None
    assert made["type_uid"] == GATE_ACCESS * 100 + 1


def test_a_finding() -> None:
    finding = Finding("CLONED_CARD", "1 A/B 7", JULY, {"card": "1", "gate": "A"}, ("SCAN-1/1", "SCAN-2/9"))
    made = finding_event(finding, "T20")
    assert (made["type_uid"], made["severity_id"], made["is_alert"]) == (200401, 4, True)
    assert made["resources"] == [{"type": "card", "uid": "1"}, {"type": "gate", "uid": "A"}]
    assert made["evidences"] == [{"data": {"uid": "SCAN-1/1"}}, {"data": {"uid": "SCAN-2/9"}}]
    assert made["finding_info"]["uid"] == made["metadata"]["uid"]
    again = Finding("CLONED_CARD", "1 A/B 7", JULY + 1, {}, ())
    assert finding_event(again, "T20")["metadata"]["uid"] == made["metadata"]["uid"]  # its name is what it is about


def test_every_kind_has_a_severity() -> None:
    assert sorted(SEVERITY) == sorted(get_args(Kind))


def test_the_tables_name_events_that_there_are() -> None:
    tags = {
        str(one.__struct_config__.tag)
        for aggregate in AGGREGATES.values()
        for one in get_args(aggregate.event) or (aggregate.event,)
    }
    assert (set(SOC.entities) - tags, set(ENTITIES) - tags) == (set(), set())
