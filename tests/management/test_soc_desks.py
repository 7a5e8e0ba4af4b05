"""What desks and doors tell the security operations centre."""

from __future__ import annotations

import pytest

from management.account_events import AccountLocked, GlassBroken, GlassMended
from management.entry_exception import ExceptionGranted
from management.participation_events import Warned
from management.person_record import PersonErased
from management.quota import QuotaMoved, QuotaSet
from management.retention import FieldsExpired
from management.soc_finding import Finding
from management.soc_signs import (
    CheckpointMismatched,
    CommandRefused,
    PersonalRead,
    RequestTurned,
    SessionStolen,
    SignInTried,
)
from management.uniform import UniformOutstanding
from tests.management.accredited import JULY
from tests.management.watch_hands import MINUTE, SOC, Watch, event

HOUR = 60 * MINUTE


def test_places_that_are_changed_after_they_were_given() -> None:
    watch = Watch()
    assert watch.sees(event("ro:FRA", QuotaSet("E", 4))) == []
    assert watch.sees(event("ro:GER", QuotaSet("E", 9))) == []
    assert watch.sees(event("ro:FRA", QuotaSet("E", 4))) == []
    found = watch.sees(event("ro:FRA", QuotaSet("E", 5), id="e9"), id="e9")
    assert found == [
        Finding("QUOTA_OVERRIDE", "e9", JULY, {"key": "ro:FRA", "actor": "P-ANNA", "category": "E"}, ("e9",))
    ]
    assert watch.kinds(event("ro:FRA", QuotaMoved("m1", "letter 3"))) == ["QUOTA_OVERRIDE"]
    assert watch.kinds(event("ebk:SWM", ExceptionGranted("x", "DEADLINE", "FRA", "GAMES", "storm"))) == [
        "QUOTA_OVERRIDE"
    ]


@pytest.mark.parametrize("code", ["SAME_PERSON", "SELF_GRANT"])
def test_one_person_tries_to_be_two(code: str) -> None:
    found = Watch().sees(CommandRefused("c1", "per:P1", "P-ANNA", code), id="c1")
    subjects = {"key": "per:P1", "actor": "P-ANNA", "code": code}
    assert found == [Finding("SAME_PERSON_ATTEMPT", "c1", JULY, subjects, ("c1",))]


def test_somebody_who_tries_what_he_may_not() -> None:
    watch = Watch()
    for n in range(1, SOC.denied.count):
        assert watch.kinds(CommandRefused(f"c{n}", "per:P1", "P-EVE", "NOT_AUTHORISED")) == []
    turned = RequestTurned("P-EVE", "GET /v1/records/{key}", "not_authorised", 403, "a1")
    assert watch.kinds(RequestTurned("", "GET /", "not_signed_in", 401, "a1")) == []
    assert watch.kinds(turned) == ["DENIED_OFTEN"]
    assert watch.kinds(CommandRefused("c99", "per:P1", "P-EVE", "STATE")) == []


def test_personal_data_of_many_is_read() -> None:
    watch = Watch()
    most = SOC.personal_reads
    assert watch.kinds(PersonalRead("P-EVE", "export", most.count - 1, "a1")) == []
    assert watch.kinds(PersonalRead("P-BOB", "export", 1, "a1")) == []
    assert watch.kinds(PersonalRead("P-EVE", "export", 1, "a1"), JULY + most.span - 1) == ["MASS_PERSONAL_READ"]
    assert watch.kinds(PersonalRead("P-EVE", "export", 1, "a1"), JULY + most.span - 1) == []
    slow = Watch()
    assert slow.kinds(PersonalRead("P-EVE", "export", most.count - 1, "a1")) == []
    assert slow.kinds(PersonalRead("P-EVE", "export", 1, "a1"), JULY + most.span) == []


def test_a_key_is_destroyed_and_many_are() -> None:
    watch = Watch()
    assert watch.kinds(event("ret:T20", FieldsExpired(("photo",)), "scheduler")) == ["KEY_DESTROYED"]
    assert watch.findings[0].subjects["fields"] == "photo"
    for number in range(1, SOC.keys_destroyed.count):
        assert watch.kinds(event(f"per:P{number}", PersonErased(()), "P-DORA")) == ["KEY_DESTROYED"]
    assert watch.kinds(event("per:P0", PersonErased(()), "P-DORA")) == ["KEY_DESTROYED", "MASS_KEY_DESTRUCTION"]
    assert watch.kinds(event("per:PX", PersonErased(()), "P-DORA")) == ["KEY_DESTROYED"]


def test_the_log_is_not_what_was_signed() -> None:
    found = Watch().sees(CheckpointMismatched("T20", 7, "aa", "bb", 5, "two are missing"), id="s1")
    subjects = {"origin": "T20", "size": "7", "expected": "aa", "found": "bb"}
    subjects |= {"found_size": "5", "reason": "two are missing"}
    assert found == [Finding("CHECKPOINT_MISMATCH", "s1", JULY, subjects, ("s1",))]
    assert found[0].severity == "CRITICAL"


def test_a_uniform_did_not_come_back() -> None:
    assert Watch().kinds(event("uni:P1", UniformOutstanding(("J1",), "LEFT", JULY))) == ["UNIFORM_OUTSTANDING"]


def broken() -> Watch:
    watch = Watch()
    happened = GlassBroken("g1", "OC_ACR_SUPERVISOR", "*", "fire", JULY + HOUR)
    assert watch.kinds(event("acct:P-BERT", happened, "P-BERT")) == ["GLASS_BROKEN"]
    return watch


def test_every_act_of_who_broke_the_glass_is_told() -> None:
    watch = broken()
    act = event("per:P1", Warned("x", reason="R", by="P-BERT"), "P-BERT", "e7", JULY + HOUR - 1)
    subjects = {"actor": "P-BERT", "key": "per:P1"}
    assert watch.sees(act) == [Finding("ACT_UNDER_BROKEN_GLASS", "e7", JULY + HOUR - 1, subjects, ("e7",))]
    assert watch.kinds(CommandRefused("c7", "per:P1", "P-BERT", "STATE")) == ["ACT_UNDER_BROKEN_GLASS"]
    other = event("per:P1", Warned("x", reason="R", by="P-ANNA"), "P-ANNA", "e8")
    assert watch.sees(other) == []


def test_the_glass_is_whole_again() -> None:
    act = event("per:P1", Warned("x", reason="R", by="P-BERT"), "P-BERT", "e7", JULY + HOUR)
    assert broken().sees(act) == []
    for end in (GlassMended("g1", "P-OTTO"), AccountLocked("STOLEN", "P-OTTO")):
        watch = broken()
        watch.sees(event("acct:P-BERT", end, "P-OTTO"))
        early = event("per:P1", Warned("x", reason="R", by="P-BERT"), "P-BERT", "e7", JULY + 1)
        assert watch.sees(early) == []


def test_sign_ins_that_fail_for_one_account_or_from_one_address() -> None:
    watch = Watch()
    failed = [SignInTried("P1", "PASSWORD", False, f"a{n}") for n in range(SOC.failed_account.count)]
    assert [watch.kinds(one) for one in failed][-2:] == [[], ["SIGN_INS_FAILED"]]
    guesses = [SignInTried("", "PASSWORD", False, "a1") for _ in range(SOC.failed_address.count)]
    assert [watch.kinds(one) for one in guesses].count(["SIGN_INS_FAILED"]) == 1
    assert watch.kinds(SignInTried("P1", "PASSWORD", True, "a1")) == []


def test_a_session_that_two_have() -> None:
    assert Watch().kinds(SessionStolen("P1", "s1", "a1")) == ["SESSION_STOLEN"]


def test_what_is_over_is_let_go() -> None:
    watch = broken()
    watch.sees(PersonalRead("P-EVE", "export", 1, "a1"))
    watch.time(JULY + 3 * HOUR)
    assert (watch.state.desks.windows, watch.state.desks.glass) == ({}, {})
