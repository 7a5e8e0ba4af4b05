"""The hub: cuts in, frames out, and nobody waits for anybody.

There is no queue per subscriber. A subscriber is a place in the ring of recent cuts: whoever is at the newest place of
its group gets the frames that were built once for the group; whoever cannot take them just now stays behind, and gets
all that it missed in one message as soon as it can (conflated), or a new image where the ring has turned over. A
resume token is such a place as well, signed.

No I/O, no clock of its own: ``Link`` is the way out, time is handed in.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence

from feeds.delta import NOBODY, Held, Step
from feeds.encoding import Encoding
from feeds.group import Framer, Group, GroupKey, Link, Member
from feeds.index import Index
from feeds.messages import Images
from feeds.patterns import Patterns
from feeds.protocol import Reset, Resumed
from feeds.ring import Entry, Ring
from feeds.source import Source
from feeds.token import Mint, WrongToken
from schemas.cut import Cut

__all__ = ["Hub"]

SLICE = 256  # subscribers served before the loop is given back: about 1.5 ms
PATIENCE = 30.0  # seconds that a subscriber may take nothing at all

Sent = Callable[[Sequence[int]], object]  # positions of the messages whose cuts went out, ascending


class Hub:
    """All subscriptions of one edge."""

    def __init__(
        self,
        source: Source,
        *,
        framer: Framer,
        key: bytes,
        now: Callable[[], int],
        ring: Ring | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.source = source
        self.ring = Ring() if ring is None else ring
        self.counts: Counter[str] = Counter()  # cuts, conflated, resets, resumed, dropped
        self.resets: Counter[str] = Counter()  # by why
        self.delivered = 0  # flushes taken by a subscriber
        self.sent: Sent | None = None  # told after each flush what went out in it
        self.behind: dict[Member, None] = {}
        self.framer = framer
        self._key = key
        self.now = now  # wall clock, microseconds
        self._patience = patience
        self._groups: dict[GroupKey, Group] = {}
        self._index = Index()
        self._images = Images()
        self._dirty: dict[Group, None] = {}
        self._unsent: list[int] = []  # positions of the cuts that somebody watches, since the last flush began
        self._begin()

    def _begin(self) -> None:
        views = self.source.views
        self.epoch = self.source.epoch
        self._mint = Mint(self._key, self.epoch)
        self.ring.clear(views.cut)
        self._images.clear()
        self._held: dict[str, dict[str, Held]] = {}
        for name in views.names():
            view = views[name]
            self._held[name] = {key: Held(row, view.revisions.get(key, 0)) for key, row in view.rows.items()}

    @property
    def dirty(self) -> bool:
        """Whether frames wait to be flushed."""
        return bool(self._dirty)

    @property
    def groups(self) -> int:
        """How many different things are asked for."""
        return len(self._groups)

    @property
    def members(self) -> int:
        """How many subscriptions there are."""
        return sum(len(group.members) for group in self._groups.values())

    def held(self, view: str, key: str) -> Held:
        """Return a row with its revision and what last changed it, as far as this edge has seen it happen."""
        return self._held.get(view, {}).get(key, NOBODY)

    # --- cuts ---

    def take(self, cut: Cut, changed: Sequence[str]) -> None:
        """Take a cut that the source has just applied to its views."""
        if self.source.epoch != self.epoch:
            self._change_epoch()
            return
        views = self.source.views
        changes = self._changes(cut)
        steps: dict[str, Step] = {}
        entry = Entry(cut.number, cut.time, cut.at, self.now(), cut.because, steps)
        touched: dict[Group, list[Step]] = {}
        for name in changed:
            view = views[name]
            step = steps[name] = Step(name, view.sequence, view.sequence, changes[name])
            for group in self._index.watching(name):
                step.hash = step.hash or view.hash
                touched.setdefault(group, []).append(step)
                group.views[name] = None
        self.ring.append(entry)
        if touched:
            self._unsent.append(cut.position)
        for group, its in touched.items():
            group.touched = cut.number
            group.pending.append((entry, its))
            self._dirty[group] = None
        self.counts["cuts"] += 1

    def _changes(self, cut: Cut) -> dict[str, dict[str, tuple[Held, Held]]]:
        """Bring what is held up to the cut; return by view and key what it was before and is now."""
        changes: dict[str, dict[str, tuple[Held, Held]]] = {}
        for view, key, row, revision in cut.changes:
            rows = self._held.setdefault(view, {})
            before = rows.get(key, NOBODY)
            if row is None:
                after = NOBODY
                rows.pop(key, None)
            else:
                after = rows[key] = Held(row, revision, before.because if row == before.row else cut.because)
            its = changes.setdefault(view, {})
            first = its.get(key)
            its[key] = (before if first is None else first[0], after)
        return changes

    def _change_epoch(self) -> None:
        """Begin anew: nothing that was said in the old epoch holds."""
        self._begin()
        self._dirty.clear()
        for group in self._groups.values():
            group.forget()
            self._survey(group)
        for group in self._groups.values():
            for member in group.members:
                self._reset(member, "epoch")
                self._fall_behind(member, math.inf)  # its patience begins when it is first offered something

    # --- subscriptions ---

    def subscribe(
        self,
        link: Link,
        encoding: Encoding,
        id: int,  # noqa: A002
        patterns: Patterns,
        *,
        resume: str = "",
        now: float,
    ) -> Member:
        """Begin a subscription, from its image or from where a resume token says that it was."""
        key = GroupKey(encoding.name, id, patterns.texts)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(id, patterns, encoding, self.framer)
            self._survey(group)
            self._index.add(group)
        member = Member(group, link)
        group.members[member] = None
        if not resume:
            self._show(member)
        else:
            self._resume(member, resume)
        if not self._catch_up(member):
            self._fall_behind(member, now)
        return member

    def unsubscribe(self, member: Member) -> None:
        """End a subscription."""
        member.gone = True
        group = member.group
        group.members.pop(member, None)
        self.behind.pop(member, None)
        if not group.members:
            self._groups.pop(group.key, None)
            self._index.remove(group)
            self._dirty.pop(group, None)

    def _survey(self, group: Group) -> None:
        """Note the views that exist of a group's patterns, and when one of them last changed."""
        views = self.source.views
        for name in group.patterns.select(self._held if group.patterns.globs else group.patterns.literals):
            view = views.get(name)
            if view is not None:
                group.views[name] = None
                group.touched = max(group.touched, view.cut)

    def _resume(self, member: Member, token: str) -> None:
        group = member.group
        try:
            cut = self._mint.decode(token, group.subscription)
        except WrongToken as wrong:
            self._reset(member, wrong.why)
            return
        if not self._can_go_on(group, cut):
            self._reset(member, "gap")
            return
        member.cursor = cut
        member.link.send(group.frame(group.encoding.encode(Resumed(group.id, cut))))
        self.counts["resumed"] += 1

    def _can_go_on(self, group: Group, cut: int) -> bool:
        return group.touched <= cut or self.ring.reaches(cut)

    def _reset(self, member: Member, why: str) -> None:
        group = member.group
        member.link.send(group.frame(group.encoding.encode(Reset(group.id, why))))
        self.counts["resets"] += 1
        self.resets[why] += 1
        self._show(member)

    def _show(self, member: Member) -> None:
        group = member.group
        cut, frames = group.image(self.source.views, self._images, self.ring, self._mint)
        member.cursor = cut
        member.parts = deque(frames)

    # --- frames ---

    def _fall_behind(self, member: Member, now: float) -> None:
        if not member.gone and member not in self.behind:
            self.behind[member] = None
            member.behind_since = now

    def _catch_up(self, member: Member) -> bool:
        """Offer what a member misses; say whether it has everything now."""
        group = member.group
        if member.cursor > self.ring.last:
            return False  # it comes from an edge that is ahead of this one, and would see again what it has seen
        if member.parts is None and not self._can_go_on(group, member.cursor):
            self._reset(member, "lagged")
        parts = member.parts
        while parts:
            if not member.link.offer(parts[0]):
                return False
            parts.popleft()
        member.parts = None
        if group.touched <= member.cursor:
            return True
        if not self.ring.reaches(member.cursor):
            return False  # the ring turned over while the image was on its way: the next round resets
        frame = group.caught_up(member.cursor, self.source.views, self.ring, self._mint)
        if not member.link.offer(frame):
            return False
        if member.cursor + 1 < self.ring.last:
            self.counts["conflated"] += 1
        member.cursor = self.ring.last
        return True

    def flush(self, now: float) -> Iterator[None]:
        """Send what is pending; yields whenever it has served a slice, so that the loop can turn.

        One flush at a time: the next may begin when this one is exhausted. What comes to a group after its frames were
        built waits for the next: a thousand writes cost the same for one cut as for several. ``now`` is seconds on any
        steady clock.
        """
        served = 0
        dirty, self._dirty = self._dirty, {}
        unsent, self._unsent = self._unsent, []
        for group in dirty:
            self._dirty.pop(group, None)
            if not group.pending or not group.members:
                continue
            first, data, conflated = group.flush(self.source.views, self.ring, self._mint)
            upto = self.ring.last
            behind = self.behind
            taken = 0
            for member in list(group.members):  # a thousand times an event: nothing here that can be outside
                if member.cursor >= upto or member.gone or member in behind:
                    continue
                if member.cursor >= first:  # it joined in the middle of what is being sent
                    sent = self._catch_up(member)
                elif sent := member.offer(data):
                    member.cursor = upto
                    taken += 1
                if not sent:
                    self._fall_behind(member, now)
                served += 1
                if served % SLICE == 0:
                    yield
            self.delivered += taken
            if conflated:
                self.counts["conflated"] += taken
        if unsent and self.sent is not None:
            self.sent(unsent)
        for member in list(self.behind):
            self._relieve(member, now)
            served += 1
            if served % SLICE == 0:
                yield

    def _relieve(self, member: Member, now: float) -> None:
        if member.gone:
            return
        before = member.cursor, len(member.parts or ())
        if self._catch_up(member):
            self.behind.pop(member, None)
        elif (member.cursor, len(member.parts or ())) != before or member.behind_since > now:
            member.behind_since = now
        elif now - member.behind_since > self._patience:
            self.behind.pop(member, None)
            if member.cursor > self.ring.last:
                self._reset(member, "gap")
                if not self._catch_up(member):
                    self._fall_behind(member, now)
                return
            self.counts["dropped"] += 1
            member.link.drop()
