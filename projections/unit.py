"""A unit: what was said about it, who stands where in it.

``Unit`` holds the facts and the standing; it changes through ``say`` (an assertion), ``put`` (a total's computed worth)
and ``refresh``. Which lines changed is noted in ``dirty``, and ``head_dirty`` says whether its head did.
"""

from __future__ import annotations

from bisect import bisect_left, insort

import msgspec

from projections import standing as s
from projections.entries import Entry, Name, Said, find, message_of, say
from projections.marks import format_value
from projections.models import MODELS, WEIGHS, Worth, adjustment, part_of, parts_of
from schemas import messages as m
from schemas.sport import UnitRule

__all__ = ["CLOSED", "Line", "Unit", "shown"]

CLOSED = frozenset({"UNCONFIRMED", "UNOFFICIAL", "OFFICIAL", "PROTESTED", "PROVISIONAL"})  # competition is over
_LAST = 1 << 40  # a start order behind all others


class Line(msgspec.Struct):
    """One participant in a unit."""

    participant: str
    said: Said = {}
    worth: Worth = Worth(None)
    key: s.Key = ((s.WAITING, 0, (), 0), _LAST, "")
    rank: int | None = None
    tied: bool = False
    undecided: bool = False
    sort: int = 0
    wlt: str = ""
    order: int | None = None
    bib: str = ""
    listed: bool = False  # on the start list
    shown: dict[str, str] = {}  # what was done, part by part
    amended: bool = False  # something was corrected or retracted
    parts: dict[str, str] = {}  # of a total
    part_irm: str = ""  # of a total: what an IRM in a part makes of it
    stand: int | None = None  # of a total: what places it, where that is not its value alone; lower is better
    irm: str = ""
    revision: int = 0


class Loss(msgspec.Struct, frozen=True):
    """Serials of a source that were lost after it had spoken of the unit."""

    source: str
    session: str
    first: int
    last: int
    at: int  # ms

    def __str__(self) -> str:
        return f"{self.source}/{self.session}/{self.first}-{self.last}"

    def without(self, first: int, last: int) -> list[Loss]:
        """Return what is left of it once ``first`` to ``last`` have come."""
        left = []
        if self.first < first:
            left.append(Loss(self.source, self.session, self.first, min(self.last, first - 1), self.at))
        if self.last > last:
            left.append(Loss(self.source, self.session, max(self.first, last + 1), self.last, self.at))
        return left


class Unit(msgspec.Struct):
    """A unit, or a total over units."""

    code: str
    rule: UnitRule
    irms: tuple[str, ...] = ()  # the sport's, in the order in which they stand
    total: bool = False
    said: Said = {}  # of the unit itself
    status: str = ""  # the ODF result status that counts
    closed: bool = False  # the competition is over
    official_since: int | None = None  # venue time at which it first became official
    lines: dict[str, Line] = {}
    keys: list[s.Key] = []  # sorted
    ordered: list[Line] = []  # in the order of keys
    decided: dict[str, tuple[bool, int]] = {}  # participant -> over marks?, place by decision
    decided_by: tuple[str, ...] = ()
    pending: list[tuple[Name, Entry]] = []  # corrections and retractions whose target is not known
    lost: list[Loss] = []
    periods: list[m.Period] = []  # of a match, in their order
    amended: bool = False  # something about the unit itself was corrected or retracted
    empty: bool = False  # a total that nobody has a part of any more, when last counted
    leader: int | None = None  # the first line's value, when last noted
    undecided: int = 0  # lines whose rank waits for a decision, when last counted
    revision: int = 0  # of the head
    dirty: set[str] = set()
    head_dirty: bool = False
    corrected: set[str] = set()  # keys of its rows in corrections/

    # -- what is known ------------------------------------------------------------------------------------------

    def note_status(self) -> None:
        """Keep at hand what the result statuses that were said come to."""
        entry = self.said.get("result_status")
        if entry is None:
            return
        message = entry.message
        self.status = message.status if entry.void is None and isinstance(message, m.ResultStatus) else ""
        self.closed = self.status in CLOSED
        times = [
            one.message.at
            for one in (entry, *entry.others)
            if one.void is None and isinstance(one.message, m.ResultStatus) and one.message.status == "OFFICIAL"
        ]
        self.official_since = min(times, default=None)

    def line(self, participant: str) -> Line:
        """Return a participant's line, a new one where he has none."""
        line = self.lines.get(participant)
        if line is None:
            line = self.lines[participant] = Line(participant, {})
            line.key = ((s.UNKNOWN, 0, (), 0), _LAST, participant)
            self._insert(line)
            self.dirty.add(participant)
        return line

    def by_rank(self) -> list[Line]:
        """Return the lines, best first."""
        return self.ordered

    @property
    def protests(self) -> int:
        """How many protests are open."""
        lodged = [key[15:] for key, e in self.said.items() if key.startswith("protest_lodged:") and e.void is None]
        return sum(message_of(self.said, f"protest_closed:{one}") is None for one in lodged)

    def note_leader(self) -> None:
        """Note the value that all gaps are shown to; where it is another one, every gap is."""
        value = self.ordered[0].worth.value if self.ordered else None
        if value != self.leader:
            self.leader = value
            self.dirty.update(line.participant for line in self.ordered if line.key[0][0] == s.MARKED)

    def recount(self) -> bool:
        """Count the undecided lines anew, and see whether a total has any; say whether that changed."""
        count = sum([line.undecided for line in self.lines.values()])
        empty = self.total and not (self.said or self.pending or any(self.knows(line) for line in self.lines.values()))
        changed = (count, empty) != (self.undecided, self.empty)
        self.undecided, self.empty = count, empty
        return changed

    # -- what is said -------------------------------------------------------------------------------------------

    def say(self, subject: str, identity: str, entry: Entry) -> bool:
        """Take an assertion of the unit ("") or of a participant; say whether it counts now."""
        if not subject:
            counts = say(self.said, identity, entry)
            if identity == "result_status":
                official = self.official_since
                self.note_status()
                counts = counts or self.official_since != official
            if counts:
                self.head_dirty = True
                self.revision += 1
            if entry.reason:
                self.amended = True
            return counts
        line = self.lines.get(subject) or self.line(subject)
        if identity not in line.said:
            entry.latest = entry.message.at
            line.said[identity] = entry
        elif not say(line.said, identity, entry):
            return False
        line.revision += 1
        if entry.reason:
            line.amended = True
        kind = type(entry.message)
        if (part := part_of(entry.message)) is not None:
            if part[0] in line.shown:  # another kind may have the same number
                line.shown = parts_of(line.said)
            else:
                line.shown[part[0]] = part[1]
        if kind is m.Point and any(subject in period.scores for period in self.periods):
            pass  # the periods have the score
        elif kind in WEIGHS[self.rule.model] or line.key[0][0] == s.UNKNOWN:
            self.refresh(line)
        self.dirty.add(subject)
        return True

    def amend(self, subject: str) -> None:
        """Take note that something that was said of a participant ("": the unit) was retracted."""
        if not subject:
            self.amended = True
            self.revision += 1
            self.head_dirty = True
            self.note_status()
            return
        line = self.lines[subject]
        line.amended = True
        line.revision += 1
        line.shown = parts_of(line.said)
        self.refresh(line)
        self.dirty.add(subject)

    def find(self, target: Name) -> tuple[str, str, Entry] | None:
        """Return subject, identity and entry of a raw message."""
        for subject, said in (("", self.said), *((code, line.said) for code, line in self.lines.items())):
            found = find(said, target)
            if found is not None:
                return (subject, *found)
        return None

    # -- who stands where ---------------------------------------------------------------------------------------

    def refresh(self, line: Line) -> None:
        """Work out a line's worth from what was said, and its place from that."""
        irm = message_of(line.said, "irm")
        line.irm = irm.irm if isinstance(irm, m.Irm) else line.part_irm
        if line.parts:  # a computed total: its worth is not said
            pass
        elif self.rule.model == "match":
            line.worth = self._side(line)
        else:
            line.worth = MODELS[self.rule.model](line.said, self.rule)
            if self.rule.model == "fleet" and line.irm and self._costs(line):
                line.worth = self._fleet_irm(line)
        self.place(line)

    def put(self, participant: str, worth: Worth, irm: str, parts: dict[str, str], stand: int | None) -> None:
        """Set a total's computed worth."""
        line = self.line(participant)
        if not parts:  # nothing to compute it from: what is said of it counts
            worth = MODELS[self.rule.model](line.said, self.rule)
        extra = adjustment(line.said, self.rule) if parts else 0
        if extra and worth.value is not None:
            value = worth.value + extra
            worth = Worth(value, worth.countback, format_value(value, self.rule.decimals))
            stand = None if stand is None else stand + (extra if self.rule.best == "low" else -extra)
        if (line.worth, line.part_irm, line.parts, line.stand) == (worth, irm, parts, stand):
            return
        line.worth, line.part_irm, line.parts, line.stand = worth, irm, parts, stand
        said = message_of(line.said, "irm")
        line.irm = said.irm if isinstance(said, m.Irm) else irm
        line.revision += 1
        self.dirty.add(participant)
        self.place(line)

    def place(self, line: Line) -> None:
        """Move a line to where it belongs, and rank those that it passes."""
        order = line.order if line.order is not None else _LAST
        key: s.Key = (self._place(line), order, line.participant)
        if key == line.key:
            return
        low = self._remove(line)
        line.key = key
        high = self._insert(line)
        if low > high:
            low, high = high, low
        self.rank(low, high)

    def _place_all(self) -> None:
        """Place and rank all lines anew, which is cheaper than moving many one by one."""
        for line in self.lines.values():
            line.key = (self._place(line), line.order if line.order is not None else _LAST, line.participant)
        self.ordered = sorted(self.lines.values(), key=_key)
        self.keys = [line.key for line in self.ordered]
        self.rank(0, len(self.keys))

    def rank(self, low: int, high: int) -> None:
        """Rank the lines from ``low`` to ``high`` anew."""
        before = max(low - 1, 0)  # a line that left or joined a run of equals changes the run's other members
        breaks = self.rule.ties == "break"
        lines = self.ordered
        for position in s.rank_lines(self.keys, lines, before, high + 1, breaks=breaks, first=self.rule.places_from):
            self.dirty.add(lines[position].participant)

    def knows(self, line: Line) -> bool:
        """Say whether a line is to be shown: it is on the start list, or something about it counts."""
        return (
            line.listed
            or line.worth.value is not None
            or line.participant in self.decided
            or bool(line.parts)
            or any(entry.void is None for entry in line.said.values())
        )

    def _place(self, line: Line) -> s.Place:
        rule = self.rule
        if not line.listed and not self.knows(line):
            return (s.UNKNOWN, 0, (), 0)
        over, decided = self.decided.get(line.participant, (False, 0))
        if rule.model == "match":  # has a winner, and no order
            return (s.WAITING, 0, (), 0)
        if over:
            return (s.OVER_MARKS, decided, (), decided)
        irm = line.irm
        if irm and irm not in rule.ranked_irms:
            if irm in rule.placed_irms:
                return (s.PLACED, decided or _LAST, (), decided)
            return (s.INVALID, self.irms.index(irm) if irm in self.irms else len(self.irms), (), 0)
        value, countback, _ = line.worth
        if value is not None:
            stand = line.stand if line.stand is not None else value if rule.best == "low" else -value
            return (s.MARKED, stand, countback, decided)
        if decided:
            return (s.BY_DECISION, decided, (), decided)
        return (s.WAITING, 0, (), 0)

    def _insert(self, line: Line) -> int:
        position = bisect_left(self.keys, line.key)
        self.keys.insert(position, line.key)
        self.ordered.insert(position, line)
        return position

    def _remove(self, line: Line) -> int:
        position = bisect_left(self.keys, line.key)
        del self.keys[position], self.ordered[position]
        return position

    def _costs(self, line: Line) -> bool:
        """Say whether an IRM costs points instead of a place, which only the ranked ones leave (RRS A5.2)."""
        if line.worth.value is None:
            return True
        return line.irm not in self.rule.ranked_irms and message_of(line.said, "score:0") is None

    def _fleet_irm(self, line: Line) -> Worth:
        """Return the points of an IRM, changed by redress."""
        extra = self.rule.irm_points.get(line.irm, self.rule.irm_points.get("*"))
        if extra is None:
            return Worth(None)
        entries = sum(other.listed for other in self.lines.values())
        value = (entries + extra) * self.rule.factor * 10**self.rule.decimals + adjustment(line.said, self.rule)
        return Worth(value, (), format_value(value, self.rule.decimals))

    def decide(self) -> None:
        """Take the order decisions that count and place everybody by them."""
        decided: dict[str, tuple[bool, int]] = {}
        bases: list[str] = []
        for identity, entry in sorted(
            self.said.items(), key=lambda one: (getattr(one[1].message, "ordinal", 0), one[0])
        ):
            message = entry.message
            if entry.void is None and isinstance(message, m.OrderDecided):
                bases.append(message.basis)
                for place, group in enumerate(message.order, start=1):
                    for participant in group:
                        decided[participant] = (message.over_marks, place)
            elif entry.void is None and isinstance(message, m.MatchDecided) and identity == "match_decided":
                bases.append(message.basis)
        self.decided_by = tuple(dict.fromkeys(bases))
        before, self.decided = self.decided, decided
        for participant in sorted(before.keys() | decided.keys()):
            if before.get(participant) != decided.get(participant):
                line = self.line(participant)
                line.revision += 1
                self.place(line)
                self.dirty.add(participant)
        self.head_dirty = True

    # -- matches ------------------------------------------------------------------------------------------------

    def _side(self, line: Line) -> Worth:
        """Return a side's score: of the whole match, else of its periods, else what is said of the side itself."""
        whole = message_of(self.said, "period:0")
        if isinstance(whole, m.Period) and line.participant in whole.scores:
            text = whole.scores[line.participant]
            return Worth(_integer(text), (), text)
        mine = [p.scores for p in self.periods if line.participant in p.scores]
        if not mine:
            return MODELS["match"](line.said, self.rule)
        if self.rule.sides == "points":
            value = sum([_integer(scores[line.participant]) or 0 for scores in mine])
        else:
            value = sum([_wins(line.participant, scores) for scores in mine])
        return Worth(value, (), str(value))

    def note_periods(self) -> None:
        """Keep at hand the periods of a match in their order, without the score of the whole."""
        found = [e.message for key, e in self.said.items() if key.startswith("period:") and e.void is None]
        self.periods = sorted((p for p in found if isinstance(p, m.Period) and p.ordinal), key=_ordinal)

    def score(self, period: m.Period) -> None:
        """Take a new score of a period, or of the whole match (ordinal 0); or that it was retracted."""
        sides, ordinal = period.scores, period.ordinal
        counts = message_of(self.said, f"period:{ordinal}")
        if ordinal:
            self.periods = [one for one in self.periods if one.ordinal != ordinal]
            if isinstance(counts, m.Period):
                insort(self.periods, counts, key=_ordinal)
        for participant in sides:
            self.line(participant)
        for participant, line in self.lines.items():
            before = line.worth
            self.refresh(line)  # another score may have counted before, of other sides
            if participant in sides or line.worth != before:
                line.revision += 1
            self.dirty.add(participant)

    def settle_match(self) -> None:
        """Say who has won, lost or drawn, once the match is over."""
        if self.rule.model != "match":
            return
        sides = [line for line in self.lines.values() if line.listed or line.worth.value is not None or line.irm]
        results = self._wlt(sides) if self.closed else {}
        waiting = {line.participant for line in sides} if self.closed and not results and len(sides) == 2 else set()
        for participant, line in self.lines.items():
            wlt = results.get(participant, "")
            undecided = participant in waiting
            rank = {"W": 1, "L": 2}.get(wlt)
            if (line.wlt, line.undecided, line.rank) != (wlt, undecided, rank):
                line.wlt, line.undecided, line.rank = wlt, undecided, rank
                self.dirty.add(participant)

    def _wlt(self, sides: list[Line]) -> dict[str, str]:
        decision = message_of(self.said, "match_decided")
        if isinstance(decision, m.MatchDecided):
            return {line.participant: "W" if line.participant == decision.winner else "L" for line in sides}
        if len(sides) != 2:
            return {}
        one, two = sides
        if bool(one.irm) != bool(two.irm):
            return {one.participant: "L" if one.irm else "W", two.participant: "L" if two.irm else "W"}
        a, b = one.worth.value, two.worth.value
        if a is None or b is None or one.irm:
            return {}
        if a == b:
            return {one.participant: "T", two.participant: "T"} if self.rule.draws else {}
        better = a < b if self.rule.best == "low" else a > b
        return {one.participant: "W" if better else "L", two.participant: "L" if better else "W"}

    # -- start list ---------------------------------------------------------------------------------------------

    def list_starters(self, starters: dict[str, m.Starter]) -> None:
        """Take the start list that counts."""
        moved: list[Line] = []
        for participant, starter in starters.items():
            line = self.lines.get(participant)
            if line is None:
                line = self.lines[participant] = Line(participant, {})
            if (line.listed, line.order, line.bib) != (True, starter.order, starter.bib):
                line.listed, line.order, line.bib = True, starter.order, starter.bib
                moved.append(line)
        for participant, line in self.lines.items():
            if line.listed and participant not in starters:
                line.listed, line.order, line.bib = False, None, ""
                moved.append(line)
        for line in moved:
            line.revision += 1
            self.dirty.add(line.participant)
        if moved:
            self._place_all()
        if self.rule.model == "fleet":
            for line in self.lines.values():
                if line.irm:
                    self.refresh(line)
                    self.dirty.add(line.participant)

    def incomplete(self) -> tuple[str, ...]:
        """Return the lost serials that it may miss: those lost before it was official, and not healed."""
        if not self.lost:
            return ()
        official = self.official_since
        return tuple(sorted(str(loss) for loss in self.lost if official is None or loss.at < official))

    def heal(self, source: str, session: str, first: int, last: int) -> None:
        """Take note that lost serials have come."""
        self.lost = [
            left
            for loss in self.lost
            for left in (loss.without(first, last) if (loss.source, loss.session) == (source, session) else [loss])
        ]
        self.head_dirty = True


def _key(line: Line) -> s.Key:
    return line.key


def _ordinal(period: m.Period) -> int:
    return period.ordinal


def _wins(participant: str, scores: dict[str, str]) -> bool:
    own = _integer(scores[participant]) or 0
    return all(own > (_integer(text) or 0) for side, text in scores.items() if side != participant)


def _integer(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def shown(message: m.Message) -> str:
    """Return what a message asserts, in a few characters."""
    for field in ("mark", "irm", "status", "jumps", "weight", "amount", "winner", "name", "place"):
        value = getattr(message, field, None)
        if value not in (None, ""):
            return str(value)
    scores = getattr(message, "scores", None)
    return ":".join(scores.values()) if scores else ""
