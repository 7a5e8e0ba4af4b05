"""What became of an import, or would become: rows that were applied, rows that were there already, and each error.

An error names row and column as a spreadsheet shows them. It holds no cell: a report may be kept and passed on, and
what is in the cells is about people.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Report", "RowError", "Verdict"]


class RowError(msgspec.Struct, frozen=True, order=True):
    """Why a row is not applied."""

    row: int  # the header is 1
    column: str  # as in the header; empty: the row as a whole
    code: str  # of a cell, a row or a refusal: DATE, FORMULA, DUPLICATE_DOCUMENT, QUOTA
    text: str  # one sentence


Verdict = Literal["APPLIED", "KNOWN"] | tuple[RowError, ...]


class Report(msgspec.Struct, frozen=True):
    """An import as a whole; ``rows`` is the sum of ``applied``, ``known`` and ``refused``."""

    kind: str
    form: str  # how the file was read
    file: str  # SHA-256, hex
    dry_run: bool
    rows: int
    applied: int  # of a dry run: that would be
    known: int  # there already, by an earlier import; they were left as they are
    refused: int
    errors: tuple[RowError, ...] = ()  # by row
