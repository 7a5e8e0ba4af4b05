"""What of a person is published as sport: the list names real fields of messages, and real facts."""

from __future__ import annotations

from desks.facts import FIELDS
from schemas.published_fields import PUBLISHED, published_facts, published_names


def test_the_list_names_fields_that_there_are() -> None:
    assert [
        (message.__name__, field)
        for message, fields in PUBLISHED.items()
        for field in fields
        if field not in message.__struct_fields__
    ] == []


def test_the_list_names_facts_that_there_are_and_no_document_or_photo() -> None:
    assert published_facts() - set(FIELDS) == set()
    assert sorted(published_facts()) == ["born", "gender", "print_name"]


def test_every_field_of_a_message_about_one_person_is_decided_upon() -> None:
    # A field that is added to such a message later is published too: it has to be added to the list, or it fails here.
    about_one = [message for message in PUBLISHED if message.__name__ not in ("Team", "StartList")]
    assert [set(message.__struct_fields__) - {"at"} - set(PUBLISHED[message]) for message in about_one] == [set()] * 3


def test_each_has_one_name() -> None:
    names = published_names()
    assert "participant.birth_date" in names
    assert len(set(names)) == len(names) == sum(map(len, PUBLISHED.values()))
