"""Applications for accreditation: one row a person in a function, for one responsible organisation.

A row claims the document, holds a place in the quota, opens the application and hands it in. What was claimed and held
is given back where a later step is refused. Names and the rest go sealed; what a guard needs is judged and left out.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import count
from typing import Any

from msgspec.structs import replace

from desks.bulk.books import Books
from desks.bulk.cells import choice, code, codes, day, text, yes_no
from desks.bulk.columns import Column, Row
from desks.bulk.report import Verdict
from desks.bulk.setting import DESK, Kind, Setting
from desks.facts import Document, Facts
from management.application import HoldGrant, OpenApplication, Submit
from management.command import Actor, Refusal
from management.participation import ENDED
from management.quota import HoldQuota, ReleaseHold
from management.reservation import Claim, ConfirmClaim, ReleaseClaim

__all__ = ["PEOPLE", "person_of"]

COLUMNS = (
    Column("ref", code, needed=True, key=True),
    Column("person", code),
    Column("category", code, needed=True, key=True),
    Column("function", code, needed=True, key=True),
    Column("discipline", code),
    Column("family_name", text, needed=True),
    Column("given_name", text),
    Column("gender", choice("M", "W", "X")),
    Column("nationality", code),
    Column("birth_date", day, needed=True),
    Column("document_country", code, needed=True),
    Column("document_type", code, needed=True),
    Column("document_number", code, needed=True),
    Column("document_until", day, needed=True),
    Column("employer", text),
    Column("occupation", code),
    Column("email", text),
    Column("phone", text),
    Column("photo", choice("PASSED", "FAILED", "MISSING"), absent="MISSING"),
    Column("consents", codes, absent=()),
    Column("late", yes_no, absent=False),
)

# The parts of a form, and the columns that make them complete.
PARTS = {
    "NAME": ("family_name",),
    "BIRTH": ("birth_date",),
    "DOCUMENT": ("document_country", "document_type", "document_number", "document_until"),
    "NATIONALITY": ("nationality",),
    "DISCIPLINE": ("discipline",),
    "EMPLOYER": ("employer",),
}

WHERE = {  # the code of a refusal -> the column that it is about
    "DUPLICATE_DOCUMENT": "document_number",
    "QUOTA": "category",
    "CATEGORY": "category",
    "NOT_OWNER": "category",
    "INELIGIBLE": "occupation",
    "PHOTO": "photo",
    "CONSENT": "consents",
    "DOCUMENT": "document_until",
    "WINDOW": "late",
}


def person_of(ro: str, row: Row) -> str:
    """Return the person of a row: the one it names, or one that follows from the organisation's own reference."""
    return str(row["person"]) or _name("P", ro, row["ref"])


def _name(letter: str, *parts: str) -> str:
    return letter + blake2b("\0".join(parts).encode(), digest_size=8).hexdigest().upper()


async def apply(row: Row, books: Books, setting: Setting) -> Verdict:
    """Carry out a row."""
    return await _Application(row, books, setting).apply()


class _Application:
    """One row: whom it is about, and the names of what it claims, holds and opens."""

    def __init__(self, row: Row, books: Books, setting: Setting) -> None:
        self.row, self.books, self.setting = row, books, setting
        self.ro = setting.scope
        self.person = person_of(self.ro, row)
        self.key = f"per:{self.person}"
        self.book = f"ro:{self.ro}"
        self.participation = _name("A", self.ro, row["ref"], row["category"], row["function"])
        self.shown = Document(*(row[column] for column in PARTS["DOCUMENT"]))
        self.document = setting.index.document(self.shown)
        self.hold = ""

    async def apply(self) -> Verdict:
        self.hold = await self._hold_name()
        known = (await self.books.state(self.key)).participations.get(self.participation)
        if known is not None and known.status != "DRAFT":
            refusal = None if known.status in ENDED else await self._keep_document()
            return self.row.refused(refusal, WHERE) if refusal else "KNOWN"
        if refusal := await self._claim(""):
            return self.row.refused(refusal, WHERE)
        if refusal := await self._take_place():
            if not (await self.books.state(self.key)).participations:  # who is here by another row keeps his document
                await self._end_claim("", ReleaseClaim)
            return self.row.refused(refusal, WHERE)
        await self._end_claim("", ConfirmClaim)
        return "APPLIED"

    async def _do(self, step: str, key: str, command: Any, actor: Actor | None = None) -> Refusal | None:
        return (await self.books.submit(self.setting.received(self.row, step, key, command, actor))).refusal

    # -- the document: nobody else may have it

    async def _claim(self, again: str) -> Refusal | None:
        return await self._do(f"claim {again}{self.hold}", self._claims, Claim(self.document, self.key), DESK)

    async def _end_claim(self, again: str, end: type[ConfirmClaim | ReleaseClaim]) -> None:
        step = f"{end.__name__} {again}{self.hold}"
        await self._do(step, self._claims, end(self.document, self.key), DESK)

    async def _keep_document(self) -> Refusal | None:
        """Confirm the claim of who is here already: an import that was stopped may have come no further."""
        holder = (await self.books.state(self._claims)).holders.get(self.document)
        if holder is not None and (holder.ref, holder.status) == (self.key, "CONFIRMED"):
            return None
        if refusal := await self._claim("again "):
            return refusal
        await self._end_claim("again ", ConfirmClaim)
        return None

    @property
    def _claims(self) -> str:
        return self.setting.index.document_key(self.shown)

    # -- the place in the quota

    async def _hold_name(self) -> str:
        """Return the name of the row's hold: the one that it has, or the first that was never given back."""
        holds = (await self.books.state(self.book)).holds
        for attempt in count():
            name = self.setting.command_id(self.row, f"hold {attempt}")
            if name not in holds or holds[name].status in ("HELD", "CONFIRMED"):
                return name
        raise AssertionError("count() ends nowhere")

    async def _take_place(self) -> Refusal | None:
        category = self.row["category"]
        if self.hold not in (await self.books.state(self.book)).holds:
            wish = HoldQuota(category, f"{self.key}/{self.participation}")
            received = replace(self.setting.received(self.row, "", self.book, wish), id=self.hold)
            if refusal := (await self.books.submit(received)).refusal:
                return refusal
        until = (await self.books.state(self.book)).holds[self.hold].until
        refusal = await self._open() or await self._submit(HoldGrant(self.hold, self.ro, category, until))
        if refusal:
            await self._do(f"release {self.hold}", self.book, ReleaseHold(self.hold))
        return refusal

    # -- the application

    async def _open(self) -> Refusal | None:
        if self.participation in (await self.books.state(self.key)).participations:
            return None
        row = self.row
        sealed = self.setting.seal(row, "open", self.key, self.person, self._facts())
        what = (self.participation, self.ro, row["category"], row["function"], row["discipline"])
        wish = OpenApplication(*what, occupation=row["occupation"], sealed=sealed)
        return await self._do("open", self.key, wish)

    def _facts(self) -> Facts:
        row = self.row
        return Facts(
            family_name=row["family_name"],
            given_name=row["given_name"],
            born=row["birth_date"],
            gender=row["gender"],
            nationality=row["nationality"],
            documents=(self.shown,),
            email=row["email"],
            phone=row["phone"],
            about=row["employer"],
        )

    async def _submit(self, hold: HoldGrant) -> Refusal | None:
        row = self.row
        form = Submit(
            self.participation,
            complete=tuple(part for part, columns in PARTS.items() if all(row[column] for column in columns)),
            photo=row["photo"],
            consents=row["consents"],
            born=row["birth_date"],
            document_until=row["document_until"],
            hold=hold,
            late=row["late"],
        )
        return await self._do(f"submit {hold.id}", self.key, form)


PEOPLE = Kind("people", COLUMNS, "ro", ("RO_ACR",), apply, person_of)
