"""What the newsroom's pages stand on: the report of a region as the stored gap table has it, made once.

Looking changes nothing: a table that is missing or older than a correction is told, not made anew.
"""

import threading
from collections import OrderedDict

from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId, Week
from monitor.gaps.stage import is_outdated
from monitor.gaps.store import find_origin, find_week_before
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.types import Report
from monitor.web.asked import RefusedError
from monitor.wiring import App
from monitor.wiring.gaptables import stored_report

_KEPT = 24  # regions times languages that are looked at in turn
_LAST = Week("9999-W53")


class Desk:
    """Reports by region and language, as long as their gap table stays the same. Safe among threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Report] = OrderedDict()
        self._lock = threading.Lock()

    def report(self, app: App, region: PlaceId, lang: str) -> tuple[Report, bool]:
        """The latest report, and whether corrections have come in since.

        Errors: RefusedError where there is no gap table yet, or one of another register.
        """
        with app.ready_db.reading() as tx:
            week = find_week_before(tx, _LAST, WINDOW_WEEKS)
            origin = None if week is None else find_origin(tx, week, WINDOW_WEEKS)
        if week is None or origin is None:
            raise RefusedError("no_table", 503)
        key = (region, lang, week, origin.at)
        is_old = is_outdated(app.ready_db, week, WINDOW_WEEKS)
        with self._lock:
            held = self._kept.get(key)
            if held is None:
                held = self._kept[key] = _made(app, week, region, lang)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return held, is_old


def _made(app: App, week: Week, region: PlaceId, lang: str) -> Report:
    try:
        return stored_report(app, week, region, lang)
    except UsageError as error:  # the table stands on another register than config/ has now
        raise RefusedError("no_table", 503) from error
