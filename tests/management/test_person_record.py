"""A person's record as a whole: merged into another, held by the law, erased."""

from __future__ import annotations

import msgspec
import pytest

from management.card_events import CardSuperseded
from management.command import Actor, Grant
from management.function_change import Withdraw
from management.participation import Participation, Suspension
from management.person import (
    AdoptParticipation,
    ErasePerson,
    ErasureRequested,
    LegalHoldLifted,
    LegalHoldPlaced,
    LiftLegalHold,
    MergePerson,
    ParticipationAdopted,
    PersonErased,
    PersonMerged,
    PlaceLegalHold,
    RequestErasure,
    State,
    due,
)
from management.suspension import ConfirmSuspension
from tests.management.accredited import (
    AUTHORITY,
    DAY,
    DPO,
    FORM,
    JULY,
    OPEN,
    OPERATOR,
    RO,
    SOC,
    SUPERVISOR,
    SYSTEM,
    T20,
    Desk,
    active,
    approved,
    draft,
    suspended,
)

OTHER_DPO = Actor("dpo-b", (Grant("DPO"),))


def test_a_record_goes_on_in_another_and_its_card_is_void() -> None:
    desk = active()
    record = msgspec.structs.replace(desk.state.participations["A1"])
    assert desk.ask(MergePerson("P2"), SUPERVISOR, JULY) == [
        CardSuperseded(1, reason="MERGE"),
        PersonMerged("P2", (record,), ()),
    ]
    assert (desk.code(Withdraw("A1"), RO), desk.code(OPEN, RO), desk.cards) == ("MERGED", "MERGED", {1: "SUPERSEDED"})
    assert (due(desk.state), desk.tick(JULY + 99 * DAY)) == (None, [])


def test_the_other_record_adopts_what_came_over_with_its_sanctions() -> None:
    source, target = suspended(), Desk("P2")
    merged = source.ask(MergePerson("P2"), SUPERVISOR, JULY)
    assert isinstance(merged, list)
    match merged[-1]:
        case PersonMerged(into="P2", records=(record,)):
            adopted = target.ask(AdoptParticipation(("P1",), record), SYSTEM, JULY)
        case _:
            pytest.fail(str(merged))
    assert adopted == [ParticipationAdopted("A1", ("P1",), record)]
    assert target.state == State({"A1": record}, sources=["P1"])
    assert record.suspension == Suspension("CONDUCT", "sup-a", None, JULY + DAY)
    assert due(target.state) == JULY + DAY
    target.after([(ConfirmSuspension("A1"), SOC)], JULY)
    assert record.suspension == Suspension("CONDUCT", "sup-a", None, JULY + DAY)  # the event is as it was
    assert target.code(AdoptParticipation(("P1",), record), SYSTEM) == "EXISTS"


def test_what_was_merged_before_is_known_to_the_last_record() -> None:
    record = Participation("A1", "AAA", "Aa", "ATHLETE")
    middle = Desk("P2").after([(AdoptParticipation(("P1",), record), SYSTEM)])
    assert middle.ask(MergePerson("P3"), SUPERVISOR) == [PersonMerged("P3", (record,), ("P1",))]


def test_a_record_does_not_go_on_in_itself_or_past_a_legal_hold_or_for_anybody() -> None:
    assert approved().code(MergePerson("P1"), SUPERVISOR) == "EXISTS"
    assert approved().after([(PlaceLegalHold("C1"), DPO)]).code(MergePerson("P2"), SUPERVISOR) == "ON_HOLD"
    assert approved().code(MergePerson("P2"), OPERATOR) == "NOT_AUTHORISED"
    record = Participation("A9", "AAA", "Aa", "ATHLETE")
    assert approved().code(AdoptParticipation(("P3",), record), SUPERVISOR) == "NOT_AUTHORISED"


def test_a_person_who_takes_part_no_longer_is_erased() -> None:
    record = Participation("A9", "AAA", "Ao", "COACH", status="WITHDRAWN")
    desk = approved().after([(AdoptParticipation(("P0",), record), SYSTEM)])
    assert desk.code(ErasePerson(), DPO) == "STATE"
    desk.after([(Withdraw("A1"), RO)])
    assert desk.code(ErasePerson(), DPO) == "NOT_REQUESTED"
    assert desk.ask(RequestErasure("WISH"), SUPERVISOR) == [ErasureRequested("sup-a", "WISH")]
    assert desk.ask(RequestErasure("WISH"), DPO) == []
    assert desk.ask(ErasePerson(), DPO) == [PersonErased(("P0",))]
    assert desk.state.erased
    assert desk.status == "WITHDRAWN"
    assert [desk.code(ask, by) for ask, by in ((OPEN, RO), (FORM, RO), (ErasePerson(), DPO))] == ["ERASED"] * 3
    assert desk.tick(JULY) == []


@pytest.mark.parametrize("by", [RO, OPERATOR, SUPERVISOR, AUTHORITY, SYSTEM], ids=lambda by: by.id)
def test_only_the_data_protection_officer_erases_and_holds(by: Actor) -> None:
    asks = (ErasePerson(), PlaceLegalHold("C1"), LiftLegalHold("C1"))
    assert [Desk().code(ask, by) for ask in asks] == ["NOT_AUTHORISED"] * 3


def test_a_legal_hold_forbids_erasing_until_it_is_lifted() -> None:
    desk = draft().after([(Withdraw("A1"), RO)])
    assert desk.ask(PlaceLegalHold("C1"), DPO) == [LegalHoldPlaced("C1")]
    assert desk.ask(PlaceLegalHold("C1"), DPO) == []
    desk.after([(PlaceLegalHold("C2"), DPO)])
    assert desk.code(ErasePerson(), DPO) == "ON_HOLD"
    assert desk.ask(LiftLegalHold("C1"), DPO) == [LegalHoldLifted("C1")]
    assert desk.ask(LiftLegalHold("C1"), DPO) == []
    assert desk.code(ErasePerson(), DPO) == "ON_HOLD"
    desk.after([(LiftLegalHold("C2"), DPO), (RequestErasure("WISH"), OTHER_DPO)])
    assert desk.ask(ErasePerson(), DPO) == [PersonErased(())]


def test_who_asks_for_an_erasure_does_not_carry_it_out_unless_the_policy_wants_one_only() -> None:
    desk = draft().after([(Withdraw("A1"), RO), (RequestErasure("WISH"), DPO)])
    assert desk.code(ErasePerson(), DPO) == "SAME_PERSON"
    assert desk.code(RequestErasure("WISH"), OPERATOR) == "NOT_AUTHORISED"
    assert desk.ask(ErasePerson(), OTHER_DPO) == [PersonErased(())]
    alone = Desk(policy=msgspec.structs.replace(T20, erasure_by_two=False))
    assert alone.ask(ErasePerson(), DPO) == [PersonErased(())]
