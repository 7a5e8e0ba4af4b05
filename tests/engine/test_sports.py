"""The packaged definitions: all disciplines are there, and each says what its units, totals and medals are."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from engine import sports
from engine.sports import SportError, load_sports

DISCIPLINES = (
    "ARC ATH BDM BK3 BKB BKG BMF BMX BOX CLB CRD CSL CSP CTR DIV EQU FBL FEN GAR GLF GRY GTR HBL HOC JUD MPN MTB OWS "
    "ROW RU7 SAL SHO SKB SRF SWA SWM TEN TKW TRI TTE VBV VVO WLF WPO WRE"
)


def test_the_45_disciplines_of_the_summer_games() -> None:
    assert " ".join(load_sports()) == DISCIPLINES


@pytest.mark.parametrize("code", DISCIPLINES.split())
def test_a_definition_has_a_rule_for_units_and_medals(code: str) -> None:
    sport = load_sports()[code]
    assert (sport.code, bool(sport.units), bool(sport.medals), bool(sport.irms)) == (code, True, True, True)
    # A rule behind one for everything would never be asked.
    for rules in (sport.units, sport.medals):
        open_to_all = [(rule.event, getattr(rule, "phase", "*"), getattr(rule, "unit", "*")) for rule in rules]
        assert ("*", "*", "*") not in open_to_all[:-1]


@pytest.mark.parametrize("code", DISCIPLINES.split())
def test_a_definition_says_one_thing_only(code: str) -> None:
    sport = load_sports()[code]
    for rule in sport.units:
        assert not set(rule.ranked_irms) & set(rule.placed_irms)
        assert (set(rule.ranked_irms) | set(rule.placed_irms)) <= set(sport.irms)
        assert bool(rule.irm_points) == (rule.model == "fleet")
        assert rule.model == "fleet" or rule.factor == 1
        assert not rule.draws or rule.model == "match"
    for total in sport.totals:
        assert len(total.code) == 12
        assert bool(total.parts) == (total.formula != "given")
        assert set(total.points) <= set(total.parts)
        assert bool(total.discards) == (total.formula == "low_point")
        assert total.first or total.within == "total"
    for medal in sport.medals:
        assert bool(medal.ranks) != bool(medal.final)
        assert bool(medal.final) == bool(medal.bronze or medal.losers)


def test_rules_name_their_source() -> None:
    """A tie that is broken and a formula are rules that somebody has written; the line says who."""
    folder = files("schemas").joinpath("sports")
    lines = [(file.name, line) for file in folder.iterdir() for line in file.read_text().splitlines()]
    totals = [(name, line) for name, line in lines if line.startswith("formula =")]
    assert [one for one in totals if "#" not in one[1] and '"given"' not in one[1]] == []
    for name in {name for name, _ in lines}:
        assert any("#" in line for file, line in lines if file == name), name


def load_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setattr(sports, "files", lambda _room: folder)
    return dict(load_sports())


GOOD = 'code = "XYZ"\nname = "Nothing"\n[[units]]\nmodel = "timed"\n'


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (GOOD, "schemas/sports/b.toml: XYZ is defined by another file, too"),
        (
            GOOD.replace("timed", "guessed"),
            r"schemas/sports/b.toml: Invalid enum value 'guessed' - at `\$.units\[0\].model`",
        ),
        (GOOD + "speed = 1\n", r"schemas/sports/b.toml: Object contains unknown field `speed` - at `\$.units\[0\]`"),
        ("code = ", "schemas/sports/b.toml: Invalid value"),
    ],
)
def test_a_bad_definition_is_named(second: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sports").mkdir()
    (tmp_path / "sports" / "a.toml").write_text(GOOD)
    (tmp_path / "sports" / "notes.txt").write_text("not a definition")
    assert list(load_from(tmp_path, monkeypatch)) == ["XYZ"]
    (tmp_path / "sports" / "b.toml").write_text(second)
    with pytest.raises(SportError, match=says) as caught:
        load_from(tmp_path, monkeypatch)
    assert caught.value.file == "schemas/sports/b.toml"
    with pytest.raises(SportError, match=says.replace("schemas/sports", str(tmp_path / "sports"))):
        load_sports(tmp_path / "sports")
