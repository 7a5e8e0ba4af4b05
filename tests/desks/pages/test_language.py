"""The catalogues have every message, with the same facts in it; and a reader gets the language that he asks for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import read_po

from desks.pages.language import FOLDER, choose, read_languages
from desks.pages.words import REFUSALS, STATUSES
from tests.desks.pages.messages import messages

LANGUAGES = read_languages()
CATALOGUES = sorted(file.stem for file in FOLDER.glob("*.po"))


def holes(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", text)))


@pytest.mark.parametrize("code", CATALOGUES)
def test_a_catalogue_has_every_message_and_no_other(code: str) -> None:
    with (FOLDER / f"{code}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=code)
    found = {message.id for message in catalogue if message.id}
    assert found == set(messages())
    for message in catalogue:
        if message.id:
            said = message.string if isinstance(message.string, tuple) else (str(message.string),)
            wanted = message.id[1] if isinstance(message.id, tuple) else str(message.id)
            assert [holes(one) for one in said] == [holes(wanted)] * len(said), message.id
            assert all(said), message.id
            assert not message.fuzzy, message.id


def test_there_are_languages_of_both_directions() -> None:
    assert {one.code: one.direction for one in LANGUAGES.values()} == {"en": "ltr", "fr": "ltr", "ar": "rtl"}


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        ("ar", "fr", "ar"),
        ("", "fr-CH, en;q=0.8", "fr"),
        ("", "de, ar;q=0.5, fr;q=0.7", "fr"),
        ("xx", "de", "en"),
        ("", "", "en"),
        ("", "fr;q=x,ar", "ar"),
        ("../fr", "*", "en"),
    ],
)
def test_a_reader_gets_the_language_that_he_asks_for(chosen: str, accepted: str, code: str) -> None:
    assert choose(LANGUAGES, chosen, accepted).code == code


def test_days_and_times_are_written_as_the_language_has_them() -> None:
    instant = round(datetime(2021, 7, 24, 22, tzinfo=UTC).timestamp() * 1000)
    assert LANGUAGES["en"].span(instant, instant + 3_600_000, "Asia/Tokyo") == "Sun, Jul 25, 2021, 07:00–08:00"
    assert LANGUAGES["fr"].moment(instant, "Asia/Tokyo") == "dim. 25 juil. 2021, 07:00"
    assert LANGUAGES["ar"].day(date(2021, 7, 25)) == "الأحد، 25 يوليو 2021"
    assert LANGUAGES["fr"].count("{number} error", "{number} errors", 2) == "2 erreurs"


def test_every_status_and_refusal_has_a_word_of_its_own_language() -> None:
    for words in (STATUSES, REFUSALS):
        untranslated = [word for word in words.values() if LANGUAGES["ar"].say(word) == word]
        assert untranslated == []
