"""Paris 2024 as raw venue messages: the importer of the public data set (``podium import paris2024``)."""

from __future__ import annotations

from replay.paris2024.files import BadInputError
from replay.paris2024.importer import Imported, import_paris2024
from replay.paris2024.report import Input, Report

__all__ = ["BadInputError", "Imported", "Input", "Report", "import_paris2024"]
