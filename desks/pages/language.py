"""The languages of the pages: a message is its English sentence, and a catalogue has it in another language.

Catalogues are gettext's (``catalogue/fr.po``), read at the start. Another language is another file there.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["ENGLISH", "FOLDER", "Language", "choose", "read_languages"]

FOLDER = Path(__file__).parent / "catalogue"
ENGLISH = "en"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Language:
    """One language: its sentences, and how it writes days and times."""

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        self.code = code
        self._translations = translations
        self._locale = Locale.parse(code)
        self.direction = self._locale.text_direction  # "ltr" or "rtl"
        self.name = str(self._locale.get_display_name(code)).capitalize()  # in the language itself

    def say(self, message: str, **facts: object) -> str:
        """Return a sentence, with the facts in its braces."""
        said = self._translations.gettext(message)
        return said.format_map(facts) if facts else said

    def count(self, one: str, many: str, number: int, **facts: object) -> str:
        """Return a sentence about so many; ``{number}`` in it is the number."""
        return self._translations.ngettext(one, many, number).format_map({"number": number, **facts})

    # -- days and times; instants are ms since 1970 UTC

    def moment(self, instant: int, zone: str) -> str:
        """Return a day and a time by the clock of a zone: "Sun 25 Jul 2021, 19:00"."""
        return f"{self.day(_local(instant, zone).date())}, {self.clock(instant, zone)}"

    def clock(self, instant: int, zone: str) -> str:
        """Return a time by the clock of a zone, in 24 hours: everybody at the Games writes it so."""
        return f"{_local(instant, zone):%H:%M}"

    def span(self, starts: int, ends: int, zone: str) -> str:
        """Return from when until when: "Sun 25 Jul 2021, 22:00-06:00"."""
        return f"{self.moment(starts, zone)}\N{EN DASH}{self.clock(ends, zone)}"

    def day(self, day: date) -> str:
        """Return a day with its weekday."""
        return str(dates.format_skeleton("yMMMEd", day, locale=self._locale))


def _local(instant: int, zone: str) -> datetime:
    return (EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))


def read_languages(folder: Path = FOLDER) -> dict[str, Language]:
    """Return all languages by their codes, English first."""
    found = {ENGLISH: Language(ENGLISH, gettext.NullTranslations())}
    for file in sorted(folder.glob("*.po")):
        compiled = io.BytesIO()
        with file.open("rb") as stream:
            write_mo(compiled, read_po(stream, locale=file.stem))
        compiled.seek(0)
        found[file.stem] = Language(file.stem, gettext.GNUTranslations(compiled))
    return found


def choose(languages: Mapping[str, Language], chosen: str, accepted: str) -> Language:
    """Return the language that a reader chose, or else the first that the header Accept-Language asks for."""
    if chosen in languages:
        return languages[chosen]
    wishes = []
    for place, wish in enumerate(accepted[:500].split(",")):
        tag, _, weight = wish.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, tag.partition("-")[0].lower()))
        except ValueError:
            continue
    codes = (code for _, _, code in sorted(wishes))
    return next((languages[code] for code in codes if code in languages), languages[ENGLISH])
