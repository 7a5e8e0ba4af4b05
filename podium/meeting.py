"""Where the two sides meet in one process: cuts of the results side go to the reader of the people side.

After a restart the views are set back to where the reader has come, and folded on from there: so the same follows from
the same cuts, also from those of another epoch, where log time says which are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from desks.results_news import ResultsNews
from desks.results_reader import Heard, ResultsReader
from engine.host import Host
from schemas.cut import Cut

__all__ = ["meet"]


def meet(host: Host, reader: ResultsReader, games: str) -> Callable[[], None]:
    """Hand over all cuts behind the reader's note, and from now on each as it comes, until what is returned is called.

    ``games`` names the schedule. The host must not fold meanwhile.
    """
    past = _set_back(host, reader.heard)
    news = ResultsNews(games, past.views)

    def hand_over(of: Host) -> Callable[[], None]:
        def listen(cut: Cut, changed: Sequence[str]) -> None:
            found = news.follow(cut, of.views)
            if found:
                reader.hear(of.epoch, cut.number, cut.time, cut.because[0], found)

        return of.listen(listen)

    hand_over(past)
    past.fold_until(host.views.cut)
    return hand_over(host)


def _set_back(host: Host, heard: Heard | None) -> Host:
    """Return a host of the same log that stands where a note says."""
    if heard is None:
        return host.fresh()
    if heard.epoch == host.epoch:
        return host.state_at(f"{heard.epoch}.{heard.cut}")
    time = heard.time - 1  # of two cuts of one moment one may be seen to: both again do no harm
    moment = datetime.fromtimestamp(time // 1_000_000, UTC).replace(microsecond=time % 1_000_000)
    return host.state_at(moment.isoformat().replace("+00:00", "Z"))
