"""Groups: subscribers that asked for the same, in the same encoding, under the same id, and so get the same bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from engine.views import Views
from feeds.delta import Step, fold
from feeds.encoding import Encoding
from feeds.messages import Images, cut_message, folded_message, image_parts
from feeds.patterns import Patterns
from feeds.protocol import CutMessage, Image
from feeds.ring import Entry, Ring
from feeds.token import Mint, subscription_of

__all__ = ["Framer", "Group", "GroupKey", "Link", "Member"]

Framer = Callable[[bytes, bool], bytes]  # a message, and whether it is text -> the bytes on the wire

MOST_CUTS = 64  # messages in one flush: above it the flush is conflated, so that a burst costs as much as its result
MOST_BYTES = 262_144  # of one flush, as well
MOST_CAUGHT = 256  # conflated messages kept for those who are behind, of one head
OLDEST_IMAGE = 256  # cuts: an image up to this old is sent again, with what came after it


class Link(Protocol):
    """The way to one subscriber."""

    def offer(self, data: bytes) -> bool:
        """Write framed bytes, unless the connection is closed or too much waits in it already; say whether."""

    def send(self, data: bytes) -> None:
        """Write framed bytes in any case: the answer to something that the subscriber said."""

    def drop(self) -> None:
        """Cut the connection off, at once."""


class GroupKey(NamedTuple):
    """What makes subscribers one group."""

    encoding: str
    id: int
    patterns: tuple[str, ...]


class Member:
    """One subscription of one connection: a place in the ring."""

    __slots__ = ("behind_since", "cursor", "gone", "group", "link", "offer", "parts")

    def __init__(self, group: Group, link: Link) -> None:
        self.group = group
        self.link = link
        self.offer = link.offer
        self.cursor = 0  # has every cut up to here
        self.parts: deque[bytes] | None = None  # of an image that is on its way
        self.behind_since = 0.0
        self.gone = False


class Group:
    """The subscribers of one key, and the frames built for all of them."""

    def __init__(self, id: int, patterns: Patterns, encoding: Encoding, framer: Framer) -> None:  # noqa: A002
        self.id = id
        self.patterns = patterns
        self.encoding = encoding
        self.subscription = subscription_of(patterns)
        self.members: dict[Member, None] = {}
        self.views: dict[str, None] = {}  # those that exist, of the patterns
        self.touched = 0  # the newest cut that changed one of them
        self.pending: list[tuple[Entry, list[Step]]] = []  # cuts that touch the group and are not flushed
        self._framer = framer
        self._image: tuple[int, list[bytes]] | None = None
        self._caught: dict[int, bytes] = {}
        self._caught_head = 0

    @property
    def key(self) -> GroupKey:
        """What makes it this group."""
        return GroupKey(self.encoding.name, self.id, self.patterns.texts)

    def frame(self, message: bytes) -> bytes:
        """Return a message as it goes over the wire."""
        return self._framer(message, self.encoding.text)

    def forget(self) -> None:
        """Drop every frame: the epoch has changed."""
        self.pending.clear()
        self.views.clear()
        self.touched = 0
        self._image = None
        self._caught.clear()

    def flush(self, views: Views, ring: Ring, mint: Mint) -> tuple[int, bytes, bool]:
        """Take what is pending; return the first cut in it, the frames joined, and whether they were conflated.

        Nothing may be pending that the ring has lost, which holds as long as a flush comes before the ring turns over.
        """
        pending, self.pending = self.pending, []
        first = pending[0][0].cut
        if len(pending) <= MOST_CUTS:
            data = b"".join(
                self.frame(cut_message(self.id, entry, steps, self._token(mint, entry.cut), self.encoding))
                for entry, steps in pending
            )
            if len(data) <= MOST_BYTES or len(pending) == 1:
                return first, data, False
        steps = fold(step for _, steps in pending for step in steps)
        data = self.frame(self._folded((first, ring.last), views, steps, mint))
        return first, data, True

    def image(self, views: Views, images: Images, ring: Ring, mint: Mint) -> tuple[int, list[bytes]]:
        """Return an image in frames and the cut at which it is true; what came after that is in the ring."""
        if self._image is not None:
            cut = self._image[0]
            if self.touched <= cut or (ring.last - cut <= OLDEST_IMAGE and ring.reaches(cut)):
                return self._image
        cut = views.cut
        fragments = (fragment for name in self.views for fragment in images.fragments(views[name], self.encoding))
        head = Image(self.id, cut, views.time, 1, self._token(mint, cut))
        parts = image_parts(head, fragments, self.encoding)
        self._image = cut, [self.frame(part) for part in parts]
        return self._image

    def caught_up(self, cursor: int, views: Views, ring: Ring, mint: Mint) -> bytes:
        """Return the one frame that brings a subscriber from a cut, which the ring must reach, to the newest."""
        if self._caught_head != ring.last or len(self._caught) > MOST_CAUGHT:
            self._caught.clear()
            self._caught_head = ring.last
        frame = self._caught.get(cursor)
        if frame is None:
            steps = list(ring.steps(cursor, self.views.__contains__))
            if cursor + 1 == ring.last:
                for step in steps:
                    step.hash = step.hash or views[step.view].hash
                token = self._token(mint, ring.last)
                message = cut_message(self.id, ring[ring.last], steps, token, self.encoding)
            else:
                message = self._folded((cursor + 1, ring.last), views, fold(steps), mint)
            frame = self._caught[cursor] = self.frame(message)
        return frame

    def _folded(self, cuts: tuple[int, int], views: Views, steps: dict[str, Step], mint: Mint) -> bytes:
        for step in steps.values():
            step.hash = views[step.view].hash  # the head is what it is consistent at, and where the views stand
        head = CutMessage(self.id, cuts, views.time, self._token(mint, cuts[1]))
        return folded_message(head, steps.values(), self.encoding)

    def _token(self, mint: Mint, cut: int) -> str:
        return mint.encode(self.subscription, cut)
