"""The words of the pages for codes: what a status is called, and why something was refused, as a sentence.

Each is a message of the catalogue. A code that is not here is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["REFUSALS", "STATUSES", "reason_of"]

STATUSES: Mapping[str, str] = {
    # a participation
    "DRAFT": "Draft",
    "RETURNED": "Returned",
    "SUBMITTED": "Handed in",
    "CLEARANCE_PENDING": "Security check under way",
    "APPROVED": "Approved",
    "REFUSED": "Refused",
    "SUSPENDED": "Suspended",
    "REVOKED": "Revoked",
    "WITHDRAWN": "Withdrawn",
    "CLOSED": "Closed",
    # a card
    "PRE_VALID": "Not validated yet",
    "ACTIVE": "Active",
    "LOST": "Lost",
    "STOLEN": "Stolen",
    "DAMAGED": "Damaged",
    "SUPERSEDED": "Replaced by another",
    "EXPIRED": "Expired",
    # a pass
    "REQUESTED": "Asked for",
    "ISSUED": "Given out",
    "OVERDUE": "Overdue",
    "CANCELLED": "Cancelled",
    # a volunteer
    "SCREENED": "Screened",
    "INTERVIEWED": "Interviewed",
    "MATCHED": "A role is found",
    "RESERVE": "In reserve",
    "OFFERED": "Offered",
    "ACCEPTED": "Accepted",
    "REJECTED": "Rejected",
    "LAPSED": "Lapsed",
    "ONBOARDED": "Ready",
    "COMPLETED": "Completed",
    "TURNED_DOWN": "Turned down",
    "DISMISSED": "Dismissed",
    # a shift of a person
    "PROPOSED": "Planned",
    "PUBLISHED": "To be confirmed",
    "CONFIRMED": "Confirmed",
    "CHECKED_IN": "Checked in",
    "CHECKED_OUT": "Checked out",
    "AUTO_CLOSED": "Closed without a check-out",
    "ABSENT": "Absent",
    "NO_SHOW": "Did not come",
    "SWAPPED": "Swapped",
    "REPLACED": "Replaced",
    # what somebody was told
    "NEW": "New",
    "CHANGED": "Changed",
    "CLEARANCE_REFUSED": "The security check has refused this participation.",
    # at a venue now
    "EXPECTED": "Expected",
    "LATE": "Late",
    "HERE": "Here",
    "LEFT": "Left",
}

REFUSALS: Mapping[str, str] = {
    # for anybody
    "NOT_AUTHORISED": "You may not do this.",
    "SAME_PERSON": "Another person has to do this.",
    "STATE": "This cannot be done from where it stands by now. Look at the page again.",
    "UNKNOWN": "There is no such thing.",
    "EXISTS": "There is one of this name already.",
    "VERSION": "Somebody else has changed this meanwhile. Look at the page again.",
    "IDEMPOTENCY_CONFLICT": "This form was sent already, with something else in it. Look at the page again.",
    "UNAVAILABLE": "It could not be stored just now. Send the form again: it is done once.",
    "MISSING": "Something that is needed was left empty.",
    "CHOICE": "What was chosen is none of what there is.",
    "DATE": "A day is written 2021-07-25 or 25/07/2021, and there has to be such a day.",
    # accreditation
    "DUPLICATE": "The person has this function already.",
    "MERGED": "This record goes on in another one.",
    "ERASED": "The person was erased.",
    "ON_HOLD": "The law forbids to erase this person now.",
    "CLEARANCE": "The security check does not let this person in, or its verdict has expired.",
    "NOT_APPROVED": "The participation is not approved.",
    "NO_PHOTO": "There is no photo.",
    "LIVE_CARD": "There is a card that is good still.",
    "NOT_BLOCKED": "The card before has to be blocked first: report it lost, stolen or damaged.",
    "REISSUE": "The card before is lost or damaged: replace it.",
    "REISSUE_LIMIT": "So many cards were replaced that a supervisor has to do it.",
    "SERIAL_USED": "The serial of the card is taken. Try again.",
    "INDEX_USED": "The place of the card in the status list is taken. Try again.",
    "BEARER_ABSENT": "The bearer has to be here.",
    "DOCUMENT_MISMATCH": "The document is not that of the person. Keep the card and call the supervisor.",
    "POINT": "Cards are not validated at this venue.",
    "VALIDITY": "The card is not valid at this time.",
    "IDENTITY": "Check first who reports this.",
    "OLD_CARD": "The damaged card has to be handed in.",
    # day passes
    "CUT_OFF": "It is too late to ask for a pass for this day.",
    "DAILY_COUNT": "The organisation has no pass left for this day.",
    "MAX_DAYS": "The guest has had a pass on as many days as anybody may.",
    "BARRED": "The guest may not have a pass.",
    "HOST_BLOCKED": "A pass of this host is overdue. It has to come back first.",
    "ZONES": "The host may not take a guest into these zones.",
    "DAY": "The pass is for another day.",
    "DEPOSIT": "An identity document has to be left at the desk.",
    # volunteers
    "AGE": "A volunteer is old enough at the first shift.",
    "NO_CONSENT": "A minor needs the consent of a guardian.",
    "DAYS": "You are available on too few days, or on days outside the programme.",
    "OTHER_PROGRAMME": "Some of these days are given to another programme.",
    "OFFER_LAPSED": "The time to answer is over.",
    "IRREVOCABLE": "The offer has been answered, once and for all.",
    "LIVE": "There is an application already.",
    "STALE": "This has changed once more. Read the newest notice.",
    # the roster
    "LENT": "Another venue has this person now.",
    "NOT_TRAINED": "A training of the role is missing.",
    "NO_ACCESS": "The accreditation does not open this zone for the whole shift.",
    "OVERLAP": "There is another duty then, or the way from or to one.",
    "REST": "The rest before or after would be too short.",
    "HOURS_24": "There would be too many hours within a day.",
    "CONSECUTIVE": "There would be too many days in a row.",
    "MINOR_NIGHT": "A minor does not work at night.",
    "FULL": "The shift has no place left.",
    "TEAM_MIX": "The place is kept for a leader, or for a language that the team lacks.",
    "WRONG_VENUE": "This shift is at another venue.",
    "WINDOW": "It is too early or too late for this.",
    "NOT_PRINTABLE": "The name has letters that the typeface of the badge lacks.",
    # sheets
    "FORMULA": "The cell holds a formula. Formulas are never evaluated.",
    "ERROR_VALUE": "The spreadsheet shows an error in this cell.",
    "TOO_LONG": "The text is too long.",
    "CONTROL": "The text holds characters that nobody sees.",
    "CODE": "A code has letters and digits, and no more than 64 of them.",
    "TIME": "The clock of the venue never shows this time.",
    "NUMBER": "The number is none that is asked for here.",
    "LANGUAGE": "Languages are written with how many people: fr:2 ar:1.",
    "DUPLICATE_ROW": "Another row of the file says the same.",
    "DUPLICATE_DOCUMENT": "Somebody else has this document.",
    "QUOTA": "The organisation has no place left in this category.",
    "CATEGORY": "There is no quota for this category.",
    "NOT_OWNER": "The organisation does not apply for this category and function.",
    "INELIGIBLE": "Who has this occupation may not have this category.",
    "INCOMPLETE": "Parts of the form are missing.",
    "PHOTO": "There is no photo that passes the checks.",
    "CONSENT": "The consent is missing.",
    "DOCUMENT": "The travel document ends too early.",
    "SCORE": "A score is 0 to 100.",
    "LONG_LIST_CLOSED": "The organisation has submitted its long list.",
    "not_signed_in": "Nobody is known by this. If it is right, wait for the next code.",
    "too_many": "There were too many attempts. Wait a while.",
    "unfit_password": "The password is too short, too long, or the login itself.",
    "login_taken": "This login is not free. Choose another one.",
    "no_session": "This is for who signs in by himself, and not with the token of an operator.",
    "INVITATION": "This code does not count: it is another one, was used already, or is too old.",
    "cross_site": "This was sent from another site, and is not taken.",
    "TIMES": "A shift ends after it starts, within a day.",
    "COMMITTED": "The person has something here that is not over.",
}


def reason_of(code: str) -> str:
    """Return the message of a refusal."""
    return REFUSALS.get(code, "This was not done.")
