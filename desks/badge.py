"""The badge: what is printed for a card or a pass, as a PDF of one page, A6.

The face says in large letters what a guard has to see, and in a QR code what a gate reads. The code is the token and
nothing else: no name is in it. The same badge is carried before and after it is validated. So the face of a card has
two parts: the note that it opens no gate by itself, and the field in which a point of validation puts its seal. A pass
holds when it is handed over, and has neither.

The same face gives the same bytes, on every host and in every year.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import msgspec
import segno
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from management.gate import Token

__all__ = ["PRE_VALID_NOTE", "SEAL_NOTE", "Face", "NotPrintable", "Typeface", "face_of", "print_badge"]

PRE_VALID_NOTE = "PRE-VALID: opens no gate until it is validated"
SEAL_NOTE = "Seal of the point of validation"
GUEST_NOTE = "Valid on its day only. Hand it back before you leave"

EDGE = 6 * mm
QUIET = 4  # modules of white around the code (ISO/IEC 18004)
CODE = 46 * mm  # the code with its white: a module of 0.66 mm where there are 61, which any scanner sees
PHOTO = (34 * mm, 44 * mm)


class NotPrintable(ValueError):  # noqa: N818 - it says what happened
    """A letter is not in the typeface: it is named rather than printed as a box."""


class Typeface(msgspec.Struct, frozen=True):
    """The letters of a Games' badges: a TrueType file that has all that the names of its people need."""

    name: str = "Vera"
    file: str = "Vera.ttf"  # a path; the one that comes with the PDF library has the letters of Western Europe
    bold: str = "VeraBd.ttf"


class Face(msgspec.Struct, frozen=True):
    """What a badge shows."""

    code: str  # the token, as its QR code holds it
    name: str  # as in the travel document; on the face alone
    organisation: str
    category: str
    function: str
    venues: tuple[str, ...]
    zones: tuple[str, ...]
    serial: int
    seal: bool  # whether a seal makes it valid: that of a card, and not that of a pass
    escorted: bool = False
    photo: bytes | None = None  # PNG or JPEG; None: an empty field to stick one into


def face_of(
    token: Token, code: str, name: str, function: str, *, seal: bool = True, photo: bytes | None = None
) -> Face:
    """Return the face of a token: its venues, and its zones wherever they open."""
    entitlement = token.entitlement
    by_discipline = (entitlement.discipline,) if entitlement.discipline else ()
    zones = tuple(dict.fromkeys(zone for found in entitlement.zones.values() for zone in found))
    venues = entitlement.venues + by_discipline
    organisation, category = token.ro, token.category
    return Face(code, name, organisation, category, function, venues, zones, token.serial, seal, token.escorted, photo)


def print_badge(face: Face, games: str, typeface: Typeface | None = None) -> bytes:
    """Return a badge as PDF; raises ``NotPrintable``."""
    plain, bold = _fonts(typeface or Typeface())
    shown = (face.name, face.organisation, face.category, face.function, games, *face.venues, *face.zones)
    _check("".join(shown), plain, bold)
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A6, invariant=1, pageCompression=1)
    canvas.setTitle(f"{games} {face.serial}")  # no name: what is printed is printed, and files travel
    _Page(canvas, face, plain.fontName, bold.fontName).draw(games)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _fonts(typeface: Typeface) -> tuple[TTFont, TTFont]:
    plain, bold = (
        TTFont(name, file if Path(file).name == file else str(Path(file).resolve()))
        for name, file in ((typeface.name, typeface.file), (f"{typeface.name}-Bold", typeface.bold))
    )
    for font in (plain, bold):  # anew each time: what a page has used of a typeface is not to show in the next
        pdfmetrics.registerFont(font)
    return plain, bold


def _check(text: str, *fonts: TTFont) -> None:
    for font in fonts:
        missing = sorted({letter for letter in text if ord(letter) not in font.face.charToGlyph})
        if missing:
            named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
            raise NotPrintable(f"the typeface {font.fontName} has no {named}")


class _Page:
    """Draws from the top down."""

    def __init__(self, canvas: Canvas, face: Face, plain: str, bold: str) -> None:
        self.canvas, self.face, self.plain, self.bold = canvas, face, plain, bold
        self.width, self.height = A6

    def draw(self, games: str) -> None:
        face, top = self.face, self.height - EDGE
        self._line(EDGE, top - 4 * mm, f"{games}  {face.serial}", self.plain, size=9, room=self.width - 2 * EDGE)
        self._photo(EDGE, top - 8 * mm - PHOTO[1])
        right, room = EDGE + PHOTO[0] + 4 * mm, self.width - 2 * EDGE - PHOTO[0] - 4 * mm
        self._line(right, top - 22 * mm, face.category, self.bold, size=44, room=room)
        self._line(right, top - 30 * mm, face.function, self.plain, size=11, room=room)
        self._line(right, top - 40 * mm, face.organisation, self.bold, size=22, room=room)
        if face.escorted:
            self._line(right, top - 48 * mm, "ESCORT", self.bold, size=14, room=room)
        self._name(top - 65 * mm)
        self._line(EDGE, top - 73 * mm, "  ".join(face.venues), self.bold, size=12, room=self.width - 2 * EDGE)
        self._line(EDGE, top - 81 * mm, "  ".join(face.zones), self.bold, size=18, room=self.width - 2 * EDGE)
        self._code(self.width - EDGE - CODE, EDGE)
        self._seal(EDGE, EDGE, self.width - 2 * EDGE - CODE - 3 * mm)

    def _line(self, x: float, y: float, text: str, font: str, *, size: float, room: float) -> None:
        """Write a line no larger than its room."""
        wide = pdfmetrics.stringWidth(text, font, size)
        size = size if wide <= room else size * room / wide
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def _name(self, y: float) -> None:
        """Write the name on up to two lines, smaller where it is longer."""
        room, size = self.width - 2 * EDGE, 17.0
        while len(lines := simpleSplit(self.face.name, self.bold, size, room)) > 2 and size > 5:
            size -= 0.5
        for place, line in enumerate(lines):
            self._line(
                EDGE, y + (6.5 * mm if len(lines) > 1 and not place else 0), line, self.bold, size=size, room=room
            )

    def _photo(self, x: float, y: float) -> None:
        if self.face.photo is None:
            self.canvas.setDash(2, 2)
            self.canvas.rect(x, y, *PHOTO)
            self.canvas.setDash()
            self._line(x + 11 * mm, y + PHOTO[1] / 2, "Photo", self.plain, size=9, room=PHOTO[0])
        else:
            image = ImageReader(BytesIO(self.face.photo))
            self.canvas.drawImage(image, x, y, *PHOTO, preserveAspectRatio=True)

    def _code(self, x: float, y: float) -> None:
        """Draw the QR code, at level Q: a quarter of it may be worn off."""
        code = segno.make_qr(self.face.code, error="q", boost_error=False)
        rows = list(code.matrix_iter(border=QUIET))
        module, path = CODE / len(rows), self.canvas.beginPath()
        for up, row in enumerate(reversed(rows)):
            for across, dark in enumerate(row):
                if dark:
                    path.rect(x + across * module, y + up * module, module, module)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _seal(self, x: float, y: float, room: float) -> None:
        if not self.face.seal:
            self._words(x, y + 30 * mm, GUEST_NOTE, room)
            return
        self._words(x, y + 42 * mm, PRE_VALID_NOTE, room)
        self.canvas.rect(x, y + 5 * mm, room, 26 * mm)
        self._words(x, y + 2 * mm, SEAL_NOTE, room)

    def _words(self, x: float, y: float, text: str, room: float) -> None:
        for place, line in enumerate(simpleSplit(text, self.plain, 8, room)):
            self._line(x, y - place * 3.3 * mm, line, self.plain, size=8, room=room)
