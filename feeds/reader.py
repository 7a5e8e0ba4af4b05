"""Finding a view and rendering it, once per change, for whoever asks over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import NamedTuple

from engine.errors import NotKnown
from engine.views import View
from feeds import document
from feeds.address import Address
from feeds.errors import Refused
from feeds.hub import Hub
from feeds.names import Names
from feeds.negotiation import MEDIA_TYPES
from feeds.shelf import Rendered, Shelf, digest
from feeds.source import Source
from feeds.xml.writer import XmlWriter

__all__ = ["Found", "Reader", "Wants"]

LIVE = "public, max-age=1, stale-while-revalidate=5, stale-if-error=600"
WHILE_IT_LASTS = "public, max-age=60"  # an instant names another cut once the epoch has changed
FOR_EVER = "public, max-age=31536000, immutable"  # names are those of now, so only content is for ever


class Wants(NamedTuple):
    """What a client wants of a view besides its content."""

    format: str
    names: bool = False
    meta: bool = False


class Found(NamedTuple):
    """A view as a client asked for it."""

    view: View
    cut: str  # at which it is true
    keep: str  # Cache-Control


class Reader:
    """Reads views for HTTP."""

    def __init__(self, hub: Hub, names: Names, xml: XmlWriter) -> None:
        self.hub = hub
        self.names = names
        self.shelf = Shelf()
        self._xml = xml

    @property
    def source(self) -> Source:
        """Where the views come from."""
        return self.hub.source

    def formats(self, view: str) -> tuple[str, ...]:
        """Return the formats in which a view is offered, the preferred one first."""
        return ("json", "xml") if self._xml.offers(view) else ("json",)

    async def find(self, wanted: Address, as_of: str) -> Found:
        """Return a view as it stands, or stood; raises ``Refused`` where there is none."""
        if as_of and wanted.pinned:
            raise Refused("bad_parameter", "an address with @ says already as of when", at="as_of")
        if not (as_of or wanted.pinned):
            view = self.source.views.get(wanted.view)
            if view is None:
                raise Refused("unknown_view", "there is no such view yet", at=wanted.view, retry=True, status=404)
            return Found(view, str(self.source.views.cut), LIVE)
        place = "@" + wanted.pinned if wanted.pinned else "as_of"
        try:
            view = await asyncio.to_thread(self.source.as_of, wanted.view, wanted.pinned or as_of)
        except NotKnown as error:
            raise Refused("not_known", str(error), at=place, status=404) from None
        if not view.sequence:
            raise Refused("not_known", "there was no such view then", at=place, status=404)
        if wanted.pinned:
            return Found(view, wanted.pinned.rpartition(".")[2], FOR_EVER)
        return Found(view, str(view.cut), WHILE_IT_LASTS)

    def render(self, view: View, wants: Wants) -> tuple[Hashable, Rendered]:
        """Return a view's document, and where on the shelf it is kept."""
        live = self.source.views.get(view.name) is view
        place = view.name, wants, 0 if live else view.cut
        names = self.names.version if wants.names or wants.format == "xml" else 0
        state = self.source.epoch, view.sequence, names
        return place, self.shelf.get(place, state, lambda: self._render(view, wants))

    def _render(self, view: View, wants: Wants) -> Rendered:
        media_type = MEDIA_TYPES[wants.format]
        if wants.format == "xml":
            body = self._xml.write(view)
        else:
            body = document.encode(
                view,
                names=self.names if wants.names else None,
                epoch=self.source.epoch,
                held=self.hub.held if wants.meta else None,
            )
        if wants.format == "json" and not (wants.names or wants.meta):
            return Rendered(body, media_type, f"{view.hash}.json")
        # Joined names and an XML header are outside content: the tag has to tell such bodies apart as well.
        return Rendered(body, media_type, f"{view.hash}.{digest(body)}.{wants.format}")
