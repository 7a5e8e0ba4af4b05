"""How long an edge takes to start at the end of a Games.

A broker of its own on the same machine; the synthetic Games (seed 7), decoded and folded in four partitions, as workers
would, into the feed, beside which the broker has nothing. An edge writes an image every so many cuts, as it does while
a Games goes on, and the last one a little before the end. Each start is a process of its own on one core, the broker on
the other, from opening the log to having folded all that it holds:

- the whole feed: there is no image;
- the newest image and the rest of the feed;
- the newest image, where every image holds only what changed: what a start reads then grows with the Games.
"""

from __future__ import annotations

from bench.child import ask
from bench.edges_once import Fed, Imaged, Started
from bench.figures import Figure, Report, figure_of, say
from bench.games import GamesScale
from bench.scale import pick
from bench.workers import broker_of_its_own, spread

__all__ = ["measure"]

IMAGES = 200  # over the Games
METHOD = (
    "Apache Kafka on the same machine, one broker that syncs every append; synthetic Games (seed 7) over four "
    f"partitions, {IMAGES} images over it; one process a start, pinned; medians of the starts"
)


def measure() -> Report:
    """Measure; see the head of this file."""
    scale: GamesScale = pick("small", "day", "full")
    with broker_of_its_own() as address:
        url = spread(address)
        say("the feed")
        fed = ask("bench.edges_once", "feed", url, scale, answer=Fed)
        repeats = range(pick(1, 3, 5))
        say("starts from the whole feed")
        feed = [ask("bench.edges_once", "start", url, answer=Started) for _ in repeats]
        say("the images")
        imaged = ask("bench.edges_once", "images", url, IMAGES, answer=Imaged)
        say("starts from the newest image")
        image = [ask("bench.edges_once", "start", url, answer=Started) for _ in repeats]
    return Report(
        "edges",
        _figures(feed, image, imaged),
        f"{METHOD}; {fed.messages} messages ({scale}), {feed[0].cuts} cuts, {feed[0].views} views, "
        f"a feed of {fed.size / 2**20:.0f} MiB",
        notes=[] if len({one.digest for one in feed + image}) == 1 else ["THE DIGESTS DIFFER"],
    )


def _figures(feed: list[Started], image: list[Started], imaged: Imaged) -> list[Figure]:
    lower = "lower"
    return [
        figure_of("start from the newest image", "s", (one.wall for one in image), better=lower),
        figure_of("of that reading the image", "s", (one.loaded for one in image), better=lower),
        figure_of("its processor time", "s", (one.cpu for one in image), better=lower),
        figure_of("start from the whole feed", "s", (one.wall for one in feed), better=lower),
        figure_of("its processor time", "s", (one.cpu for one in feed), better=lower),
        figure_of("all views, packed", "MiB", [imaged.whole / 2**20], better=lower),
        figure_of("read for the image", "MiB", [imaged.read / 2**20], better=lower),
        figure_of("read, were images of what changed only", "MiB", [imaged.would / 2**20], better=lower),
        figure_of("longest hold of the loop by an image, processor time", "ms", [imaged.held * 1000], better=lower),
        figure_of("the same by packing all at once", "ms", [imaged.packed * 1000], better=lower),
    ]
