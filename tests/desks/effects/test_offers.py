"""A reserve who is called gets his offer, by a birth date that is opened for it and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desks.effects.offers import Offers
from desks.effects.outbox import Done, Outbox, notes_of
from desks.facts import Facts
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.vault import Place, Vault
from management.volunteer_commands import (
    AmendApplication,
    OpenApplication,
    PutInReserve,
    RecordInterview,
    RejectOffer,
    Screen,
    Submit,
)
from podium.beside import born_by
from tests.desks.begun import begun
from tests.desks.people import PARTITIONS, People
from tests.desks.test_volunteers_on_a_log import HELD, OFFERED
from tests.management.volunteer_hands import ADULT, DAYS, NOW, PLANNER, person

ANN, BOB = "vol:MAIN:ANN", "vol:MAIN:BOB"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    store = KeyStore.open(tmp_path / "keys.db")
    yield Vault(store, HeldWrapper(bytes(32)))
    store.close()


async def apply_bob(people: People, vault: Vault) -> None:
    """Have BOB apply, with his birth date sealed, and wait for a place."""
    step = people.received((BOB, OpenApplication(), person("BOB"), NOW))
    sealed = vault.seal("BOB", Place(BOB, step.id), Facts(born=ADULT))
    assert (await people.writer.submit(msgspec.structs.replace(step, command=OpenApplication(sealed)))).accepted
    own: list[Any] = [AmendApplication(("STEWARD",), DAYS), Submit(ADULT)]
    await people.do(*((BOB, one, person("BOB"), NOW) for one in own))
    desk: list[Any] = [Screen(), RecordInterview(80), PutInReserve("STEWARD", "STA")]
    await people.do(*((BOB, one, PLANNER, NOW) for one in desk))


async def call(people: People, vault: Vault) -> None:
    """Have ANN reject her offer, and do what follows."""
    await people.do((ANN, RejectOffer(), person("ANN"), NOW))
    await people.react()

    def clock() -> int:
        return NOW * 1000

    effect = Offers(born_by(vault), clock)
    outbox = await begun(Outbox(people.log, people.writer, clock, effect, partitions=PARTITIONS))
    await outbox.catch_up()
    await people.react()


async def test_who_is_called_is_offered_what_the_one_before_him_was(tmp_path: Path, vault: Vault) -> None:
    people = await People.open(tmp_path)
    await people.do(*HELD, *OFFERED)
    await apply_bob(people, vault)
    await people.react()
    await call(people, vault)
    before, after = await people.state(ANN), await people.state(BOB)
    assert (notes_of("offers").read(people.log) or Done({})).declined == ()
    assert (before.stage, after.stage) == ("REJECTED", "OFFERED")
    assert await people.declined() == []
    everything = b"".join(
        stored.value for topic in ("management.commands", "management.events") for stored in people.log.read(topic)
    )
    assert ADULT.isoformat().encode() not in everything
    await people.close()


async def test_who_was_erased_gets_none_and_his_hold_expires(tmp_path: Path, vault: Vault) -> None:
    people = await People.open(tmp_path)
    await people.do(*HELD, *OFFERED)
    await apply_bob(people, vault)
    await people.react()
    vault.destroy(["BOB"], NOW, "C")
    await call(people, vault)
    assert (await people.state(BOB)).stage == "RESERVE"
    await people.close()
