"""Photos are made anew: a plain JPEG of a size that serves, without whatever else was in the file."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from desks.photo import LARGEST, clean_photo


def made(form: str = "JPEG", size: tuple[int, int] = (1600, 1200), mode: str = "RGB", comment: bytes = b"") -> bytes:
    stream = BytesIO()
    more = {"comment": comment} if comment else {}
    Image.new(mode, size).save(stream, form, **more)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA"])
def test_a_photo_becomes_a_plain_jpeg_that_serves(mode: str) -> None:
    with Image.open(BytesIO(clean_photo(made("PNG", mode=mode)))) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (800, 600))


def test_what_is_not_the_picture_stays_behind() -> None:
    assert b"a secret place" in made(comment=b"a secret place")
    assert b"a secret place" not in clean_photo(made(comment=b"a secret place"))
    assert b"a secret place" not in clean_photo(made() + b"a secret place")


def test_the_same_photo_gives_the_same_bytes() -> None:
    assert clean_photo(made()) == clean_photo(made())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no photo",
        made()[:200],
        made("PNG")[:60],
        made(size=(99, 400)),
        made("PNG", (4001, 100)),
        b"x" * (LARGEST + 1),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"photo|JPEG"):
        clean_photo(data)
