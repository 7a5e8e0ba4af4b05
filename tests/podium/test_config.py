"""Settings: who may say them, whose word counts, and what is said of those that cannot be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from podium.config import allowed, each, load, variable
from podium.errors import OperatorError
from podium.settings import SECRET, Serve, Settings
from tests.podium.conftest import run_podium

KEYS_OF_SERVE = ", ".join(Serve.__struct_fields__)


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "podium.toml"
    file.write_text(text)
    return file


def wrong(file: Path | None, environment: dict[str, str], given: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(OperatorError) as refused:
        load(file, environment, given)
    return str(refused.value).splitlines()


def test_where_nobody_says_anything_the_defaults_hold() -> None:
    found = load(None, {})
    assert found.settings == Settings()
    assert {setting.origin for setting in found.each()} == {"default"}
    assert [setting.key for setting in found.each()] == list(each())


def test_the_command_line_comes_before_the_environment_before_the_file_before_the_default(tmp_path: Path) -> None:
    file = write(tmp_path, '[serve]\nhost = "file"\nport = 1\nfeed_in = 2\n')
    environment = {"PODIUM_SERVE_PORT": "11", "PODIUM_SERVE_HOST": "env"}
    found = load(file, environment, {"serve.host": "typed", "serve.port": None})
    serve = found.settings.serve
    assert (serve.host, serve.port, serve.feed_in, serve.mode) == ("typed", 11, 2, None)
    assert found.origins == {
        "serve.host": "command line",
        "serve.port": "PODIUM_SERVE_PORT",
        "serve.feed_in": str(file),
    }


def test_the_environment_may_name_the_file_and_the_command_line_another(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[demo]\nseed = 2\n")
    file = write(tmp_path, "[demo]\nseed = 1\n")
    assert load(None, {"PODIUM_CONFIG": str(file)}).settings.demo.seed == 1
    assert load(tmp_path / "other.toml", {"PODIUM_CONFIG": str(file)}).settings.demo.seed == 2


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("serve.port", "0", 0),
        ("feed.interval", "0.02", 0.02),
        ("feed.interval", "1", 1.0),
        ("serve.mode", "rehearsal", "rehearsal"),
        ("gateway.in_flight", "1024", 1024),
        ("replay.venue", "HAL", "HAL"),
    ],
)
def test_a_variable_is_text_of_what_the_setting_is(key: str, text: str, value: object) -> None:
    found = load(None, {variable(key): text, "PODIUM_DEBUG": "1", "PODIUM_TEST_DATA": "/x"})
    assert {setting.key: setting.value for setting in found.each()}[key] == value
    assert found.origins == {key: variable(key)}


def test_an_empty_variable_says_nothing() -> None:
    assert load(None, {"PODIUM_SERVE_PORT": "", "PODIUM_SERVE_HOST": ""}).settings == Settings()


def test_everything_wrong_is_said_at_once_by_its_key_and_with_what_is_allowed(tmp_path: Path) -> None:
    file = write(tmp_path, 'flat = 1\n[serve]\nport = 70000\nprot = 1\nfeed_in = "80"\n[sevre]\n[feed]\nkey = 5\n')
    assert wrong(file, {"PODIUM_SERVE_MODE": "alive", "PODIUM_DRAIN_NOTCE": "1"}, {"demo.speed": "warp"}) == [
        f"{file}: there is no section [flat]; allowed: {', '.join(Settings.__struct_fields__)}",
        f"{file}: serve.prot: there is no such setting; [serve] has {KEYS_OF_SERVE}",
        f"{file}: there is no section [sevre]; allowed: {', '.join(Settings.__struct_fields__)}",
        "PODIUM_DRAIN_NOTCE: there is no such setting; [drain] has notice, finish, spread, reconnect",
        f"{file}: serve.port cannot be 70000; allowed: a whole number from 0 to 65535",
        f"{file}: serve.feed_in cannot be '80'; allowed: a whole number from 0 to 65535",
        f"{file}: feed.key cannot be what it says; allowed: a text",
        "PODIUM_SERVE_MODE: serve.mode cannot be 'alive'; allowed: live, rehearsal, replay",
        "command line: demo.speed cannot be 'warp'; allowed: a text such as max, 1x, 60x",
    ]


@pytest.mark.parametrize(
    ("text", "said"), [("serve = 1\n", "serve is a section; write [serve]"), ("[serve\n", "not TOML: ")]
)
def test_a_file_that_is_no_configuration(tmp_path: Path, text: str, said: str) -> None:
    (line,) = wrong(write(tmp_path, text), {})
    assert said in line


def test_a_file_that_is_not_there() -> None:
    assert wrong(Path("nowhere.toml"), {}) == ["there is no configuration at nowhere.toml"]


@pytest.mark.parametrize("key", sorted(each()))
def test_what_is_allowed_can_be_said_of_every_setting_and_its_default_is(key: str) -> None:
    assert allowed(key)
    default = next(setting.value for setting in load(None, {}).each() if setting.key == key)
    if default is not None:
        assert load(None, {}, {key: default}).settings == Settings()


def test_secrets_are_settings_and_never_shown() -> None:
    assert set(each()) >= SECRET
    for key in SECRET:
        (setting,) = (one for one in load(None, {variable(key): "hunter2"}).each() if one.key == key)
        assert (setting.value, setting.shown) == ("hunter2", '"***"')


# -- the commands


def test_show_says_what_holds_and_who_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[serve]\nport = 81\n[drain]\nnotice = 5\n")
    for name in [name for name in os.environ if name.startswith("PODIUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PODIUM_DRAIN_NOTICE", "7.5")
    monkeypatch.setenv("PODIUM_FEED_KEY", "hunter2")
    done = run_podium("config", "show", "--config", "podium.toml", "--format", "json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = {line["key"]: (line["value"], line["origin"]) for line in json.loads(done.stdout)}
    assert list(lines) == list(each())
    assert lines["serve.port"] == (81, "podium.toml")
    assert lines["drain.notice"] == (7.5, "PODIUM_DRAIN_NOTICE")
    assert lines["feed.key"] == ("***", "PODIUM_FEED_KEY")
    assert lines["serve.mode"] == (None, "default")
    table = run_podium("config", "show", cwd=tmp_path).stdout
    assert [key for key in each() if key not in table] == []
    assert "hunter2" not in table + done.stdout


def test_check_counts_what_is_there_or_says_what_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, "[serve]\nport = 81\nhost = '::'\n")
    fine = run_podium("config", "check", "podium.toml", cwd=tmp_path)
    assert (fine.returncode, fine.stdout) == (0, "podium.toml: 2 settings, all as they may be\n")
    write(tmp_path, "[serve]\nport = 'x'\nhots = 1\n")
    bad = run_podium("config", "check", "podium.toml", cwd=tmp_path)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.splitlines() == [
        f"podium: podium.toml: serve.hots: there is no such setting; [serve] has {KEYS_OF_SERVE}",
        "podium.toml: serve.port cannot be 'x'; allowed: a whole number from 0 to 65535",
    ]


def test_a_server_without_a_log_says_where_to_name_one(tmp_path: Path) -> None:
    done = run_podium("serve", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "podium: serve wants a log: --log FILE, PODIUM_SERVE_LOG, or log under [serve] in a configuration\n"
    )


def test_a_replay_follows_a_configuration(games_folder: Path, tmp_path: Path) -> None:
    write(tmp_path, f'[replay]\nlog = "{tmp_path}/by_file.db"\nvenue = "VUF"\n')
    archive = games_folder / "small.podium"
    by_file = run_podium("replay", archive, "--config", "podium.toml", cwd=tmp_path)
    typed = run_podium("replay", archive, "--log", "typed.db", "--venue", "VUF", cwd=tmp_path)
    assert by_file.returncode == typed.returncode == 0, by_file.stderr
    assert by_file.stdout.partition(": ")[2] == typed.stdout.partition(": ")[2]
    assert (tmp_path / "by_file.db").exists()
