"""The badge: what a guard reads, and what a gate reads out of the printed page."""

from __future__ import annotations

from typing import Any

import msgspec
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from desks import base45
from desks.badge import PRE_VALID_NOTE, SEAL_NOTE, NotPrintable, Typeface, face_of, print_badge
from desks.card_token import PREFIX, encode
from management.gate import Token
from tests.desks.test_card_token import KEY, TEXT
from tests.management.accredited import T20
from tests.management.at_the_gate import TOKEN

NAME = "Ørsted-Müller, Ana María"
FACE = face_of(TOKEN, TEXT, NAME, "ATHLETE")


def face(**changes: Any) -> Any:
    """Return the swimmer's face with some parts changed."""
    return msgspec.structs.replace(FACE, **changes)


def words(pdf: bytes) -> list[str]:
    """Return the lines of the page."""
    document = pypdfium2.PdfDocument(pdf)
    text = str(document[0].get_textpage().get_text_range())
    document.close()
    return text.splitlines()


def codes(pdf: bytes, scale: float = 3) -> list[tuple[str, str]]:
    """Return the text and the level of every code on the page, as a camera sees it."""
    document = pypdfium2.PdfDocument(pdf)
    found = zxingcpp.read_barcodes(document[0].render(scale=scale).to_pil())
    document.close()
    return [(code.text, code.ec_level) for code in found]


def test_the_code_on_the_page_is_the_token_byte_for_byte_at_level_q() -> None:
    assert codes(print_badge(FACE, "T20")) == [(TEXT, "Q")]


def test_a_small_picture_of_the_page_is_enough() -> None:
    assert codes(print_badge(FACE, "T20"), scale=1.5) == [(TEXT, "Q")]


def test_the_largest_token_is_read_as_well() -> None:
    all_of_it = T20.function("OCOG", "OPERATIONS")
    assert all_of_it is not None
    entitlement = msgspec.structs.replace(TOKEN.entitlement, venues=T20.token.venues[1:], discipline="SWM")
    large = Token("T20", 535_000, 534_999, "AAA", "OCOG", T20.validity.first, T20.validity.end, entitlement, True, 9)
    text = encode(large, T20, KEY)
    assert codes(print_badge(face_of(large, text, NAME, "OPERATIONS"), "T20")) == [(text, "Q")]


def test_there_is_no_name_in_the_code() -> None:
    ((text, _),) = codes(print_badge(FACE, "T20"))
    payload = base45.decode(text.removeprefix(PREFIX))
    assert [part for part in ("rsted", "ller", "Ana", "Mar") if part.encode() in payload] == []


def test_the_face_says_who_for_whom_and_where() -> None:
    assert words(print_badge(FACE, "T20")) == [
        "T20 1",
        "Photo",
        "Aa",
        "ATHLETE",
        "AAA",
        NAME,
        "OLV OLP SWM",
        "BLUE 2 WHITE R V",
        "PRE-VALID: opens no gate",
        "until it is validated",
        SEAL_NOTE,
    ]
    assert PRE_VALID_NOTE == "PRE-VALID: opens no gate until it is validated"


def test_a_pass_needs_no_seal_and_names_the_escort() -> None:
    shown = words(print_badge(face(seal=False, escorted=True), "T20"))
    assert shown[5] == "ESCORT"
    assert shown[-2:] == ["Valid on its day only. Hand it", "back before you leave"]


def test_a_long_name_takes_two_lines_and_stays_whole() -> None:
    long = "Ørsted-Müller y de la Cruz Fernández, Ana María Guðrún Elisabeth"
    shown = words(print_badge(face(name=long), "T20"))
    assert " ".join(shown[5:7]) == long


def test_a_photo_takes_its_field() -> None:
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c636060600000000400012734270a0000000049454e44ae426082"
    )
    shown = print_badge(face(photo=picture), "T20")
    assert "Photo" not in words(shown)
    assert codes(shown) == [(TEXT, "Q")]


def test_the_same_face_is_the_same_bytes_whatever_was_printed_before() -> None:
    first = print_badge(FACE, "T20")
    print_badge(face(name="Žižek, Šárka"), "T20")
    assert print_badge(FACE, "T20") == first


@pytest.mark.parametrize("name", ["王芳", "محمد", "Ana \N{ATHLETIC SHOE}"])
def test_a_letter_that_the_typeface_lacks_is_named_and_not_printed_as_a_box(name: str) -> None:
    missing = sorted({letter for letter in name if ord(letter) > 0x500})
    named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
    with pytest.raises(NotPrintable) as refused:
        print_badge(face(name=name), "T20")
    assert str(refused.value) == f"the typeface Vera has no {named}"


def test_another_typeface_is_a_file() -> None:
    serif = Typeface("Slanted", "VeraIt.ttf", "VeraBI.ttf")
    assert print_badge(FACE, "T20", serif) != print_badge(FACE, "T20")
