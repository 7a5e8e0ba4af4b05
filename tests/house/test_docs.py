"""The pages: each can be reached, each link leads somewhere, the changelog goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def linked(page: Path) -> set[Path]:
    """Return the files of the checkout that a page links to."""
    targets = (target for target in LINK.findall(page.read_text()) if "://" not in target)
    return {(page.parent / target).resolve() for target in targets}


def test_every_page_can_be_reached() -> None:
    doors = linked(ROOT / "README.md") | linked(ROOT / "docs" / "structure.md")
    assert [
        page.name for page in sorted((ROOT / "docs").glob("*.md")) if page not in doors | {ROOT / "README.md"}
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [str(target.relative_to(ROOT)) for target in linked(page) if not target.exists()] == []


def test_the_changelog_is_kept() -> None:
    headings = re.findall(r"^## \[(.*?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
