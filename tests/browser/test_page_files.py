"""The files of the page, without a browser: their words, and that they take nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
import typing
from pathlib import Path

from feeds.server import PAGE
from schemas import messages


def test_the_page_names_the_disciplines_as_the_rules_do() -> None:
    text = (PAGE / "words.js").read_text()
    table = text[text.index("DISCIPLINES") : text.index("const plain")]
    shown = dict(re.findall(r'(\w+): "([^"]+)"', table))
    folder = Path(messages.__file__).parent / "sports"
    rules = [tomllib.loads(file.read_text()) for file in folder.glob("*.toml")]
    assert shown == {rule["code"]: rule["name"] for rule in rules}


def test_the_page_has_words_for_every_status() -> None:
    text = (PAGE / "words.js").read_text()
    for field in (messages.ResultStatus, messages.UnitStatus, messages.UnitScheduled):
        for status in typing.get_args(typing.get_type_hints(field)["status"]):
            assert re.search(rf"^  {status}: \[", text, re.MULTILINE), status


def test_the_page_takes_nothing_from_elsewhere() -> None:
    for file in PAGE.iterdir():
        links = re.findall(r"https?://[^\s\"')]+", file.read_text())
        assert set(links) <= {"http://www.w3.org/2000/svg"}, file.name
        for imported in re.findall(r'from "(.+?)"', file.read_text()):
            assert (PAGE / imported).is_file(), f"{file.name} imports {imported}"


def test_the_scripts_parse() -> None:
    node = shutil.which("node")
    if node is not None:  # it is not required: Chromium reads every script in the other tests
        for file in PAGE.glob("*.js"):
            subprocess.run([node, "--check", str(file)], check=True, capture_output=True)
