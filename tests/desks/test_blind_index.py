"""Documents and words under a pepper: the same however they were typed, and nothing without the pepper."""

from __future__ import annotations

import pytest

from desks.blind_index import BlindIndex
from desks.facts import Document

INDEX = BlindIndex(b"pepper" * 6)


@pytest.mark.parametrize("number", ["pa1234567", " PA 123-4567", "ＰＡ１２３４５６７"])
def test_a_document_is_the_same_however_it_was_typed(number: str) -> None:
    written = Document("IRL", "P", "PA1234567")
    assert INDEX.document(Document("irl", "p", number)) == INDEX.document(written)


@pytest.mark.parametrize("other", [Document("GBR", "P", "1"), Document("IRL", "I", "1"), Document("IRL", "P", "2")])
def test_another_document_is_another_value(other: Document) -> None:
    assert INDEX.document(other) != INDEX.document(Document("IRL", "P", "1"))


def test_a_value_says_under_which_key_it_is_claimed() -> None:
    document = Document("IRL", "P", "1")
    assert len(INDEX.document(document)) == 64
    assert INDEX.document_key(document) == f"uq:doc:{INDEX.document(document)[:2]}"


def test_without_the_pepper_a_value_says_nothing() -> None:
    assert BlindIndex(b"other" * 7).document(Document("IRL", "P", "1")) != INDEX.document(Document("IRL", "P", "1"))


def test_a_name_is_found_without_its_accents_and_case_and_kinds_do_not_meet() -> None:
    assert INDEX.word("name", "ÅSE ") == INDEX.word("name", "åse") == INDEX.word("name", "Ase")
    assert INDEX.word("name", "Ase") != INDEX.word("email", "Ase")
    assert INDEX.word("name", "王") != INDEX.word("name", "李")
