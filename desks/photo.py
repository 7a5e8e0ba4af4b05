"""A photo that somebody sends, made anew: what is not the picture (places, devices, hidden things) stays behind."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, UnidentifiedImageError

__all__ = ["LARGEST", "clean_photo"]

LARGEST = 600_000  # bytes that are looked at
MOST, LEAST = 4_000, 100  # pixels of a side
SHOWN = (800, 1_000)  # pixels: what a badge prints and a desk shows
FORMATS = ("JPEG", "PNG")


def clean_photo(data: bytes) -> bytes:
    """Return a photo as a plain JPEG of a size that serves; raises ``ValueError`` where it is none."""
    if len(data) > LARGEST:
        raise ValueError(f"a photo has at most {LARGEST} bytes, and this has {len(data)}")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if not all(LEAST <= side <= MOST for side in image.size):  # before anything is unpacked
                raise ValueError(f"a photo has from {LEAST} to {MOST} pixels a side, and this is {image.size}")
            picture = Image.new("RGB", image.size)  # a copy would take what was said beside the picture along
            picture.paste(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("it is no JPEG or PNG that can be read") from error
    picture.thumbnail(SHOWN)
    made = BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()
