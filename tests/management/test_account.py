"""The account of a person: roles by two persons, emergencies, invitations, and what ends everything at once."""

from __future__ import annotations

import pytest

from management.account import (
    AddCredential,
    ApproveInvitation,
    CloseAccount,
    InviteHolder,
    LockAccount,
    OpenAccount,
    RedeemInvitation,
    RemoveCredential,
    SignOutEverywhere,
    UnlockAccount,
)
from management.account_events import (
    AccountClosed,
    AccountLocked,
    AccountOpened,
    CredentialAdded,
    CredentialRemoved,
    GlassBroken,
    GlassMended,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    HolderInvited,
    InvitationApproved,
    InvitationEnded,
    InvitationRedeemed,
    SignedOutEverywhere,
)
from management.account_grants import (
    ApproveGrant,
    BreakGlass,
    GiveGrant,
    MendGlass,
    RefuseGrant,
    WithdrawGrant,
)
from management.account_state import due, grants_at
from management.command import Actor, Grant, Tick
from schemas.policy.accounts import Policy
from tests.management.account_hands import (
    AT,
    AUTHORITY,
    BERT,
    CODE,
    HOUR,
    SECOND_AUTHORITY,
    SUPERVISOR,
    T20,
    Hand,
    actor,
    digest,
)

SYSADMIN = actor("P-ADA", "SYSADMIN")
SOC = actor("P-OTTO", "SOC")


@pytest.fixture
def hand() -> Hand:
    hand = Hand()
    assert hand.did(OpenAccount()) == [AccountOpened("P-SUE")]
    return hand


# -- roles


def test_one_person_gives_a_role_that_takes_one(hand: Hand) -> None:
    assert hand.did(GiveGrant("RO_ACR", "ro:FRA")) == [GrantGiven("c2", "RO_ACR", "ro:FRA", None, False, "P-SUE")]
    assert grants_at(hand.state, AT) == (Grant("RO_ACR", "ro:FRA"),)


def test_nobody_gives_himself_a_role_nor_has_a_part_in_it(hand: Hand) -> None:
    bert = actor("P-BERT", "OC_ACR_SUPERVISOR", "GAMES_AUTHORITY")
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA"), bert) == "SELF_GRANT"
    hand.did(GiveGrant("SOC"), AUTHORITY)
    assert hand.code(ApproveGrant("c3"), bert) == "SELF_GRANT"


def test_a_role_with_much_power_takes_two_persons(hand: Hand) -> None:
    asked = GrantAsked("c2", "GAMES_AUTHORITY", "*", None, False, "P-ANNA", AT + 72 * HOUR)
    assert hand.did(GiveGrant("GAMES_AUTHORITY"), AUTHORITY) == [asked]
    assert grants_at(hand.state, AT) == ()
    assert hand.code(ApproveGrant("c2"), AUTHORITY) == "SAME_PERSON"
    assert hand.code(ApproveGrant("c2"), SUPERVISOR) == "NOT_AUTHORISED"
    given = GrantGiven("c2", "GAMES_AUTHORITY", "*", None, False, "P-ANNA", "P-BEA")
    assert hand.did(ApproveGrant("c2"), SECOND_AUTHORITY) == [given]
    assert grants_at(hand.state, AT) == (Grant("GAMES_AUTHORITY"),)
    assert hand.code(ApproveGrant("c2"), SECOND_AUTHORITY) == "STATE"  # it is given


def test_every_role_of_much_power_takes_two_persons_in_t20() -> None:
    two = {name for name, role in T20.roles.items() if role.persons == 2}
    assert {
        "GAMES_AUTHORITY",
        "SYSADMIN",
        "OC_ACR_SUPERVISOR",
        "SOC",
        "DPO",
        "AUDITOR",
        "SECURITY_CHECK",
    } - two == set()


def test_a_request_lapses(hand: Hand) -> None:
    hand.did(GiveGrant("SOC"), AUTHORITY)
    assert due(hand.state) == AT + 72 * HOUR
    hand.at = AT + 72 * HOUR
    assert hand.code(ApproveGrant("c2"), SECOND_AUTHORITY) == "STATE"
    assert hand.did(Tick(hand.at)) == [GrantRefused("c2", "LAPSED", "scheduler")]
    assert due(hand.state) is None


def test_who_may_assign_a_role_may_where_it_is_to_hold_only(hand: Hand) -> None:
    of_france = actor("P-JEAN", "OC_ACR_SUPERVISOR", scope="ro:FRA")
    assert hand.code(GiveGrant("RO_ACR", "ro:GER"), of_france) == "NOT_AUTHORISED"
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA"), of_france) == ""
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA"), SYSADMIN) == "NOT_AUTHORISED"
    assert hand.code(GiveGrant("GAMES_AUTHORITY"), SUPERVISOR) == "NOT_AUTHORISED"


@pytest.mark.parametrize("scope", ["*", "venue:STA", "ro", "ro:", ":FRA", ""])
def test_a_role_holds_in_scopes_of_its_kind(hand: Hand, scope: str) -> None:
    assert hand.code(GiveGrant("RO_ACR", scope)) == "SCOPE"


def test_nobody_is_made_a_process_or_a_scanner(hand: Hand) -> None:
    assert hand.code(GiveGrant("SYSTEM"), AUTHORITY) == "ROLE"
    assert hand.code(GiveGrant("GATE_DEVICE", "venue:STA"), AUTHORITY) == "ROLE"


def test_two_roles_that_one_person_does_not_have_together(hand: Hand) -> None:
    hand.did(GiveGrant("SOC"), AUTHORITY)  # asked for is enough
    assert hand.code(GiveGrant("SYSADMIN"), AUTHORITY) == "EXCLUDED"
    hand.did(RefuseGrant("c2"), AUTHORITY)
    hand.did(GiveGrant("SYSADMIN"), AUTHORITY)
    hand.did(ApproveGrant("c5"), SECOND_AUTHORITY)
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA")) == "EXCLUDED"  # as the other role says


def test_no_role_of_business_beside_the_administrator_in_t20() -> None:
    beside = {"SOC", "DPO", "AUDITOR", "VOLUNTEER"}
    excluded = set(T20.roles["SYSADMIN"].excludes) | {n for n, role in T20.roles.items() if "SYSADMIN" in role.excludes}
    assert set(T20.roles) - excluded - {"SYSADMIN"} - beside == set()


def test_a_role_ends_at_its_instant_whether_time_was_told_or_not(hand: Hand) -> None:
    hand.did(GiveGrant("RO_ACR", "ro:FRA", until=AT + 10))
    assert grants_at(hand.state, AT + 9) == (Grant("RO_ACR", "ro:FRA"),)
    assert grants_at(hand.state, AT + 10) == ()
    assert hand.did(Tick(AT + 9)) == []
    assert hand.did(Tick(AT + 10)) == [GrantEnded("c2", "ENDED", "scheduler")]
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA", until=AT)) == "EXPIRY"


def test_a_role_is_taken_away_at_once_by_who_assigns_it_or_the_operations_centre(hand: Hand) -> None:
    for by in (SUPERVISOR, SOC, BERT):
        (given,) = hand.did(GiveGrant("RO_ACR", "ro:FRA"))
        assert isinstance(given, GrantGiven)
        assert hand.code(WithdrawGrant(given.grant), actor("P-EVE", "RO_ACR", scope="ro:FRA")) == "NOT_AUTHORISED"
        assert hand.did(WithdrawGrant(given.grant), by) == [GrantEnded(given.grant, "WITHDRAWN", by.id)]
    assert grants_at(hand.state, AT) == ()


def test_what_is_asked_for_is_refused_and_what_is_given_withdrawn(hand: Hand) -> None:
    hand.did(GiveGrant("SOC"), AUTHORITY)
    assert hand.code(WithdrawGrant("c2"), AUTHORITY) == "STATE"
    assert hand.code(RefuseGrant("c2"), SUPERVISOR) == "NOT_AUTHORISED"
    assert hand.did(RefuseGrant("c2"), AUTHORITY) == [GrantRefused("c2", "REFUSED", "P-ANNA")]
    hand.did(GiveGrant("RO_ACR", "ro:FRA"))
    assert hand.code(RefuseGrant("c6")) == "STATE"
    assert hand.code(RefuseGrant("c99")) == "STATE"


# -- emergencies


def emergency(hand: Hand, until: int | None = None) -> None:
    hand.did(GiveGrant("OC_ACR_SUPERVISOR", until=until, emergency=True), AUTHORITY)
    hand.did(ApproveGrant("c2"), SECOND_AUTHORITY)


def test_a_role_for_emergencies_counts_while_its_glass_is_broken(hand: Hand) -> None:
    emergency(hand)
    assert grants_at(hand.state, AT) == ()
    assert hand.code(BreakGlass("c2", "fire at STA"), SUPERVISOR) == "NOT_AUTHORISED"
    assert hand.code(BreakGlass("c2", " "), BERT) == "STATE"
    broken = GlassBroken("c2", "OC_ACR_SUPERVISOR", "*", "fire at STA", AT + HOUR)
    assert hand.did(BreakGlass("c2", "fire at STA"), BERT) == [broken]
    assert grants_at(hand.state, AT + HOUR - 1) == (Grant("OC_ACR_SUPERVISOR"),)
    assert grants_at(hand.state, AT + HOUR) == ()
    assert hand.did(BreakGlass("c2", "again"), BERT) == []  # it is open
    assert hand.did(Tick(AT + HOUR)) == [GlassMended("c2", "scheduler")]
    hand.at = AT + HOUR
    hand.did(BreakGlass("c2", "flood"), BERT)
    assert hand.did(MendGlass("c2"), SOC) == [GlassMended("c2", "P-OTTO")]
    assert grants_at(hand.state, hand.at) == ()
    assert hand.did(MendGlass("c2"), BERT) == []
    assert hand.code(MendGlass("c2"), AUTHORITY) == "NOT_AUTHORISED"


def test_the_glass_is_not_open_longer_than_the_role_lasts(hand: Hand) -> None:
    emergency(hand, AT + 5000)
    (broken,) = hand.did(BreakGlass("c2", "fire"), BERT)
    assert isinstance(broken, GlassBroken)
    assert broken.until == AT + 5000
    hand.at = AT + 5000
    assert hand.code(BreakGlass("c2", "fire"), BERT) == "STATE"


def test_no_glass_before_an_ordinary_role_or_one_that_is_only_asked_for(hand: Hand) -> None:
    hand.did(GiveGrant("RO_ACR", "ro:FRA"))
    assert hand.code(BreakGlass("c2", "fire"), BERT) == "STATE"
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA", emergency=True)) == "ROLE"
    other = Hand()
    other.did(OpenAccount())
    other.did(GiveGrant("SYSADMIN", emergency=True), AUTHORITY)
    assert other.code(BreakGlass("c2", "fire"), BERT) == "STATE"


# -- invitations


def test_an_invitation_is_for_once(hand: Hand) -> None:
    assert hand.did(InviteHolder(digest())) == [HolderInvited("c2", digest(), AT + 48 * HOUR, "P-SUE")]
    assert hand.code(RedeemInvitation("another"), BERT) == "INVITATION"
    assert hand.did(RedeemInvitation(CODE), BERT) == [InvitationRedeemed("c2")]
    assert hand.code(RedeemInvitation(CODE), BERT) == "INVITATION"


def test_an_invitation_ends_with_its_time_or_with_the_next(hand: Hand) -> None:
    hand.did(InviteHolder(digest("first")))
    assert hand.did(InviteHolder(digest()))[0] == InvitationEnded("c2")
    assert hand.code(RedeemInvitation("first"), BERT) == "INVITATION"
    hand.at = AT + 48 * HOUR
    assert hand.code(RedeemInvitation(CODE), BERT) == "INVITATION"
    assert hand.did(Tick(hand.at)) == [InvitationEnded("c3")]


def test_nobody_invites_himself(hand: Hand) -> None:
    bert = actor("P-BERT", "OC_ACR_SUPERVISOR")
    assert hand.code(InviteHolder(digest()), bert) == "SAME_PERSON"
    assert hand.code(InviteHolder(digest()), actor("P-EVE", "RO_ACR")) == "NOT_AUTHORISED"
    assert hand.code(InviteHolder("short")) == "INVITATION"


def test_whoever_has_a_role_of_two_is_invited_by_two(hand: Hand) -> None:
    """Whoever invites could sign in as the invited: it is as much as giving the role."""
    hand.did(InviteHolder(digest()))
    hand.did(GiveGrant("SOC"), AUTHORITY)  # after the invitation
    assert hand.code(RedeemInvitation(CODE), BERT) == "INVITATION"
    assert hand.code(ApproveInvitation("c2")) == "SAME_PERSON"
    assert hand.code(ApproveInvitation("c2"), actor("P-BERT", "SYSADMIN")) == "SAME_PERSON"
    assert hand.code(ApproveInvitation("c2"), AUTHORITY) == "NOT_AUTHORISED"
    assert hand.code(ApproveInvitation("c9"), SYSADMIN) == "STATE"
    assert hand.did(ApproveInvitation("c2"), SYSADMIN) == [InvitationApproved("c2", "P-ADA")]
    assert hand.did(ApproveInvitation("c2"), SYSADMIN) == []
    assert hand.did(RedeemInvitation(CODE), BERT) == [InvitationRedeemed("c2")]


# -- credentials, locks


def test_credentials_are_their_holders(hand: Hand) -> None:
    assert hand.did(AddCredential("k1", "PASSKEY"), BERT) == [CredentialAdded("k1", "PASSKEY")]
    assert hand.did(AddCredential("k1", "PASSKEY"), BERT) == []
    assert hand.code(AddCredential("k2", "PASSKEY"), SOC) == "NOT_AUTHORISED"
    assert hand.code(RemoveCredential("k1"), SUPERVISOR) == "NOT_AUTHORISED"
    assert hand.did(RemoveCredential("k1"), SOC) == [CredentialRemoved("k1", "P-OTTO")]
    assert hand.did(RemoveCredential("k1"), BERT) == []


@pytest.mark.parametrize("by", [BERT, SOC])
def test_all_sessions_end_at_once(hand: Hand, by: Actor) -> None:
    before = hand.state.ended
    assert hand.did(SignOutEverywhere(), by) == [SignedOutEverywhere(by.id)]
    assert hand.state.ended == before + 1
    assert hand.code(SignOutEverywhere(), SUPERVISOR) == "NOT_AUTHORISED"


def test_a_lock_takes_everything_until_another_person_lifts_it(hand: Hand) -> None:
    hand.did(GiveGrant("RO_ACR", "ro:FRA"))
    hand.did(InviteHolder(digest()))
    before = hand.state.ended
    assert hand.code(LockAccount("STOLEN")) == "NOT_AUTHORISED"
    assert hand.did(LockAccount("STOLEN"), SOC) == [AccountLocked("STOLEN", "P-OTTO")]
    assert (grants_at(hand.state, AT), hand.state.ended) == ((), before + 1)
    assert hand.did(LockAccount("STOLEN"), SOC) == []
    assert hand.code(RedeemInvitation(CODE), BERT) == "INVITATION"
    assert hand.code(UnlockAccount(), actor("P-BERT", "SYSADMIN")) == "SAME_PERSON"
    hand.did(UnlockAccount())
    assert grants_at(hand.state, AT) == (Grant("RO_ACR", "ro:FRA"),)


def test_what_is_closed_stays_closed(hand: Hand) -> None:
    hand.did(GiveGrant("RO_ACR", "ro:FRA"))
    hand.did(AddCredential("k1", "PASSKEY"), BERT)
    assert hand.did(CloseAccount("LEFT")) == [AccountClosed("LEFT", "P-SUE")]
    assert (grants_at(hand.state, AT), hand.state.credentials, due(hand.state)) == ((), {}, None)
    assert hand.code(OpenAccount()) == "STATE"
    assert hand.code(UnlockAccount()) == "STATE"
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA")) == "STATE"


def test_an_account_that_was_never_opened_takes_nothing() -> None:
    hand = Hand()
    assert hand.code(GiveGrant("RO_ACR", "ro:FRA")) == "STATE"
    assert hand.code(RedeemInvitation(CODE), BERT) == "INVITATION"
    assert hand.code(OpenAccount(), BERT) == "NOT_AUTHORISED"
    assert isinstance(T20, Policy)
