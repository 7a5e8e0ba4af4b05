"""Base45 (RFC 9285): bytes as text that a QR code holds in its alphanumeric mode.

Two bytes become three characters, the least significant first, and a last single byte two. Exactly one text stands for
some bytes: ``decode`` refuses every other.
"""

from __future__ import annotations

__all__ = ["Base45Error", "decode", "encode"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


class Base45Error(ValueError):
    """The text is no Base45."""


def encode(data: bytes) -> str:
    """Return the text of some bytes."""
    text: list[str] = []
    for start in range(0, len(data) - 1, 2):
        rest, first = divmod(data[start] << 8 | data[start + 1], 45)
        third, second = divmod(rest, 45)
        text += (ALPHABET[first], ALPHABET[second], ALPHABET[third])
    if len(data) % 2:
        second, first = divmod(data[-1], 45)
        text += (ALPHABET[first], ALPHABET[second])
    return "".join(text)


def decode(text: str) -> bytes:
    """Return the bytes of a text; raise ``Base45Error`` where it is the text of none."""
    try:
        values = [_VALUES[character] for character in text]
    except KeyError as error:
        raise Base45Error(f"{error.args[0]!r} is no character of Base45") from None
    if len(values) % 3 == 1:
        raise Base45Error("a text of Base45 is not so long")
    data = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            raise Base45Error(f"the characters from {start + 1} on are no bytes")
        data += number.to_bytes(size, "big")
    return bytes(data)
