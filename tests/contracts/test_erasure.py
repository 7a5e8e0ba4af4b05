"""What erasing a person must do on every log: subclass ``ErasureContract`` with a way to open one."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from desks.audit.auditor import Auditor, key_of
from desks.audit.ledger import ledgers
from desks.audit.proof import check, decode, prove_inclusion
from desks.audit.verify import verify
from desks.errors import KeyGone
from desks.facts import Document, Facts
from desks.key_store import KeyStore
from desks.partitions import scan
from desks.ticks import LAG
from desks.topics import COMMANDS, EVENTS, REPLIES, SNAPSHOTS, UPCASTS
from desks.vault import Erased, Place, Vault
from engine.kafka_log import KafkaLog
from engine.log import Log
from engine.sqlite_log import SqliteLog
from management.function_change import Withdraw
from management.person_record import ErasePerson, LiftLegalHold, MergePerson, PlaceLegalHold, RequestErasure
from management.reservation import Claim, ConfirmClaim
from management.retention import PlanRetention
from management.suspension import ApproveRevocation, RequestRevocation, Suspend
from schemas.layout import Layout, Spread
from schemas.published_fields import published_names
from tests.desks.people import POLICIES
from tests.desks.privacy.office import ANN, BLIND, KEK, OTHER_DPO, PARTITIONS, PASSPORT, SIGNER, PrivateOffice
from tests.management.accredited import AUTHORITY, DPO, JULY, RO, SUPERVISOR

PERSONAL = (b"Ann", "Ó Súilleabháin".encode(), b"PA1234567", b"ann@example.org", b"a photo", b"%PDF")
SECOND = Document("ITA", "I", "CA00000AA")
ASK, ERASE = (RequestErasure("WISH"), SUPERVISOR), (ErasePerson(), DPO)


def found_in(folder: Path) -> list[tuple[str, bytes]]:
    """Return where in the files of a folder something personal stands in plain."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in PERSONAL if word in path.read_bytes()]


def forget(folder: Path) -> None:
    """Delete the search."""
    for file in folder.glob("people.db*"):
        file.unlink()


class ErasureContract:
    """The promise of ``desks/privacy``, as tests."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[[], Log]:
        """Return a way to open the log; the one before is closed."""
        raise NotImplementedError

    @pytest.fixture
    async def log(self, opened: Callable[[], Log]) -> AsyncIterator[Log]:
        log = opened()
        yield log
        await log.close()

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (folder := tmp_path / "office").mkdir()
        return folder

    async def test_scenario_14_erasure(self, log: Log, folder: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        await office.accredit("P2", Facts(given_name="Bo"))
        assert await office.opened("P1") == {ANN}
        assert office.index.find("ann sull") == []  # the beginning of no word
        assert office.index.find("SUI o An") == ["P1"]
        topics = (EVENTS,)
        auditor = await Auditor.open(log, "T20", SIGNER, lambda: 1, partitions=PARTITIONS, topics=topics)
        (signed, *_) = [
            one for one in await auditor.checkpoint() if f"/{PARTITIONS.of('per:P1')}-" in one.checkpoint.origin
        ]
        ledger = next(one for one in ledgers(log, PARTITIONS, topics) if one.origin("T20") == signed.checkpoint.origin)
        proof = await prove_inclusion(log, PARTITIONS, ledger, 0, signed.note)
        await office.writer.save()

        await office.done("per:P1", (PlaceLegalHold("C1"), DPO), (Withdraw("A1"), RO), ASK)
        assert await office.code("per:P1", *ERASE) == "ON_HOLD"
        assert await office.eraser.catch_up() == []
        assert await office.opened("P1") == {ANN}
        await office.done("per:P1", (LiftLegalHold("C1"), DPO), ERASE)
        (certificate,) = await office.eraser.catch_up()

        erased = Erased("P1", certificate.ordered)
        assert await office.opened("P1") == {erased}
        assert office.index.facts("P1") == office.vault.erased("P1") == erased
        assert office.index.find("ann") == office.index.find_document(BLIND.document(PASSPORT)) == []
        assert office.photos.get("P1", "portrait") is office.badges.get("P1", "badge-1") is None
        assert certificate.stores == {"photos": 1, "badges": 1, "search": 18}
        assert (certificate.keys, certificate.sealed, certificate.records) == (1, 2, ())
        assert (certificate.person, certificate.ordered_by) == ("P1", "dpo")
        assert certificate.outside == published_names()
        assert office.certificates() == [certificate]
        with pytest.raises(KeyGone, match="P1 was erased"):
            office.vault.seal("P1", Place("per:P1", "late"), ANN)
        # Nobody else has lost anything.
        assert await office.opened("P2") == {Facts(given_name="Bo")}
        assert office.index.facts("P2") == Facts(given_name="Bo")
        # In no record, and in no file, did it ever stand in plain.
        nothing = dict.fromkeys(range(PARTITIONS.count), 0)
        for topic in (COMMANDS, EVENTS, REPLIES, SNAPSHOTS):
            values = [stored.value async for _, stored in scan(log, topic, PARTITIONS, nothing)]
            assert values
            assert [word for value in values for word in PERSONAL if word in value] == []
        assert found_in(folder) == []
        # What was proved before is proved, and the log is what was signed.
        assert check(decode(msgspec.json.encode(proof)), key_of("T20", SIGNER)) == signed.checkpoint
        report = await verify(log, "T20", key_of("T20", SIGNER), partitions=PARTITIONS, topics=topics)
        assert report.findings == ()
        # A replay gives the same states, and a restart finds nothing left to do.
        digests = [office.writer.digest(number) for number in range(PARTITIONS.count)]
        await office.close()
        again = await PrivateOffice.open(log, folder)
        assert [again.writer.digest(number) for number in range(PARTITIONS.count)] == digests
        assert await again.eraser.catch_up() == []
        assert await again.opened("P1") == {erased}
        assert again.certificates() == [certificate]
        await again.close()

    async def test_restore_after_erasure(self, log: Log, folder: Path, tmp_path: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        await office.close()
        backup = shutil.copytree(folder, tmp_path / "backup")
        office = await PrivateOffice.open(log, folder)
        await office.done("per:P1", (Withdraw("A1"), RO), ASK, ERASE)
        (certificate,) = await office.eraser.catch_up()
        await office.close()
        # Everything comes back from before: the keys, the photo, the badge, the search.
        shutil.rmtree(folder)
        shutil.copytree(backup, folder)
        store = KeyStore.open(folder / "keys.db")
        assert Vault(store, KEK).erased("P1") is None
        store.close()
        restored = await PrivateOffice.open(log, folder)
        erased = Erased("P1", certificate.ordered)
        assert await restored.opened("P1") == {erased}  # before the eraser has done anything
        assert await restored.eraser.purge_again() == {"photos": 1, "badges": 1, "search": 18}
        assert restored.photos.get("P1", "portrait") is None
        assert restored.index.find("ann") == []
        assert await restored.eraser.catch_up() == []
        assert restored.certificates() == [certificate]  # once, and with what was counted then
        await restored.close()

    async def test_two_documents_for_one_person(self, log: Log, folder: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        other = Facts(family_name="O'Sullivan", given_name="Anne", documents=(SECOND,))
        for person, facts, document, name in (("P1", ANN, PASSPORT, "A1"), ("P2", other, SECOND, "A2")):
            await office.accredit(person, facts, name)
            assert [await office.claim(person, document, kind) for kind in (Claim, ConfirmClaim)] == ["", ""]
        assert await office.claim("P2", PASSPORT, Claim) == "DUPLICATE_DOCUMENT"
        # They are one and the same: the record with the second passport goes on in the first one.
        await office.done("per:P2", (MergePerson("P1"), SUPERVISOR))
        await office.react()
        for document in (PASSPORT, SECOND):  # both are the one person's, and nobody else's
            assert await office.claim("P1", document, Claim) == ""
            assert await office.claim("P3", document, Claim) == "DUPLICATE_DOCUMENT"
        assert await office.code("per:P2", ErasePerson(), DPO) == "MERGED"
        await office.done("per:P1", (Withdraw("A1"), RO), (Withdraw("A2"), RO), ASK, ERASE)
        (certificate,) = await office.eraser.catch_up()
        assert (certificate.records, certificate.keys, certificate.sealed) == (("P2",), 2, 4)
        assert {type(one) for person in ("P1", "P2") for one in await office.opened(person)} == {Erased}
        await office.react()
        for document in (PASSPORT, SECOND):  # their numbers mean nothing any more
            assert await office.claim("P3", document, Claim) == ""
        await office.close()

    async def test_a_ban_outlives_the_person_as_a_hash_and_nothing_else(self, log: Log, folder: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        assert [await office.claim("P1", PASSPORT, kind) for kind in (Claim, ConfirmClaim)] == ["", ""]
        revoke = [(Suspend("A1", "X"), SUPERVISOR), (RequestRevocation("A1", "FRAUD"), SUPERVISOR)]
        await office.done("per:P1", *revoke, (ApproveRevocation("A1"), AUTHORITY), at=JULY)
        await office.done("per:P1", ASK, ERASE, at=JULY)
        await office.eraser.catch_up()
        await office.react()
        assert await office.claim("P9", PASSPORT, Claim) == "BANNED"
        assert await office.claim("P9", SECOND, Claim) == ""
        await office.close()


class TestOnSqlite(ErasureContract):
    """One file holds all partitions."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[[], Log]:
        return lambda: SqliteLog.open(tmp_path / "games.podium")

    async def test_a_record_that_goes_on_in_one_that_was_erased_is_erased_too(self, log: Log, folder: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        await office.accredit("P2", Facts(given_name="Anne"))
        await office.done("per:P1", (Withdraw("A1"), RO), ASK, ERASE)
        await office.eraser.catch_up()
        await office.done("per:P2", (MergePerson("P1"), SUPERVISOR))
        (late,) = await office.eraser.catch_up()
        assert (late.person, late.keys, late.stores["photos"]) == ("P2", 1, 1)
        assert {type(one) for one in await office.opened("P2")} == {Erased}
        await office.close()

    async def test_an_erasure_is_due_only_after_somebody_else_asked(self, log: Log, folder: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        await office.done("per:P1", (Withdraw("A1"), RO))
        assert await office.code("per:P1", *ERASE) == "NOT_REQUESTED"
        await office.done("per:P1", (RequestErasure("WISH"), DPO))
        assert await office.code("per:P1", *ERASE) == "SAME_PERSON"
        assert await office.opened("P1") == {ANN}
        await office.done("per:P1", (ErasePerson(), OTHER_DPO))
        assert len(await office.eraser.catch_up()) == 1
        await office.close()

    async def test_fields_are_forgotten_when_their_time_is_over_but_of_whom_the_law_holds(
        self, log: Log, folder: Path, tmp_path: Path
    ) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        await office.accredit("P2")
        await office.done("per:P2", (PlaceLegalHold("C1"), DPO))
        await office.done("ret:T20", (PlanRetention(), DPO))
        await office.close()
        backup = shutil.copytree(folder, tmp_path / "backup")
        office = await PrivateOffice.open(log, folder)
        over = POLICIES["ret"].until["photo"]
        rest = msgspec.structs.replace(ANN, documents=(), withheld=("documents",))
        while due := office.writer.ticks(over + LAG):
            assert [(await office.writer.submit(tick)).accepted for tick in due] == [True] * len(due)
        await office.readers.catch_up()
        await office.eraser.catch_up()
        assert await office.opened("P1") == {rest}
        assert await office.opened("P2") == {ANN}
        assert office.index.find_document(BLIND.document(PASSPORT)) == ["P2"]
        assert office.index.find("ann") == ["P1", "P2"]
        assert (office.photos.count(["P1"]), office.photos.count(["P2"])) == (0, 1)
        with pytest.raises(KeyGone, match="of P3 photo may be kept no longer"):
            office.photos.put("P3", "portrait", Facts(photo=b"x"))
        await office.done("per:P2", (LiftLegalHold("C1"), DPO))
        await office.eraser.catch_up()
        assert await office.opened("P2") == {rest}
        await office.close()
        # Restored keys are swept before anything is opened.
        shutil.copytree(backup, folder, dirs_exist_ok=True)
        restored = await PrivateOffice.open(log, folder)
        assert await restored.opened("P1") == {rest}
        await restored.close()

    async def test_a_search_that_is_deleted_is_read_anew_without_whom_was_erased(self, log: Log, folder: Path) -> None:
        office = await PrivateOffice.open(log, folder)
        await office.accredit("P1")
        await office.accredit("P2", Facts(given_name="Annika"))
        await office.done("per:P1", (Withdraw("A1"), RO), ASK, ERASE)
        await office.eraser.catch_up()
        await office.close()
        forget(folder)
        again = await PrivateOffice.open(log, folder)
        assert again.index.find("ann") == ["P2"]
        await again.close()


class TestOnKafka(ErasureContract):
    """Each partition is one of the broker's."""

    @pytest.fixture
    def opened(self, kafka: str) -> Callable[[], Log]:
        layout = Layout(dict.fromkeys(UPCASTS, Spread(PARTITIONS.count)))
        url = f"kafka://{kafka}/{uuid4().hex}"
        return lambda: KafkaLog.open(url, layout=layout)
