"""Finding somebody by what must not be written down: a keyed hash in its place.

The pepper is a secret of one Games, and without it a hash says nothing: there are few enough document numbers to try
them all. When it is destroyed, at the end of what has to be kept, nothing can be looked up any more.
"""

from __future__ import annotations

import hmac
import unicodedata
from hashlib import sha256

from desks.facts import Document

__all__ = ["BlindIndex"]

BUCKET = 2  # hex digits: 256 keys of claims, "uq:doc:7f"


class BlindIndex:
    """Makes hashes under one pepper."""

    def __init__(self, pepper: bytes) -> None:
        """Take the pepper, 32 bytes that are used for nothing else."""
        self._pepper = pepper

    def document(self, document: Document) -> str:
        """Return the value that stands for a document, the same however it was typed: 64 hex digits."""
        number = "".join(one for one in _plain(document.number) if one.isalnum())
        return self._hash("doc", f"{_plain(document.country)}|{_plain(document.kind)}|{number}")

    def document_key(self, document: Document) -> str:
        """Return the consistency key under which a document is claimed (``management/reservation.py``)."""
        return f"uq:doc:{self.document(document)[:BUCKET]}"

    def word(self, kind: str, text: str) -> str:
        """Return what stands for a word of a kind, such as a part of a name: case and accents count for nothing."""
        letters = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
        return self._hash(kind, "".join(letters).casefold().strip())

    def _hash(self, kind: str, text: str) -> str:
        return hmac.new(self._pepper, f"{kind}\0{text}".encode(), sha256).hexdigest()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
