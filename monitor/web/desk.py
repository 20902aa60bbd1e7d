"""What the newsroom's pages stand on: the report of a region as the stored gap table has it, made once.

Looking changes nothing: a table that is missing or older than a correction is told, not made anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId, Week
from monitor.gaps.latest import find_latest_origin
from monitor.gaps.stage import is_outdated
from monitor.gaps.store import Press, find_origin, find_press
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.types import Report
from monitor.web.asked import RefusedError
from monitor.web.background import Background
from monitor.wiring import App
from monitor.wiring.gaptables import stored_report
from monitor.wiring.relinking import refresh
from monitor.wiring.withholding import list_as_it_is

_KEPT = 24  # regions times languages that are looked at in turn


class Desk:
    """Reports by region and language and what they say of outlets, as long as their gap table stays the same.

    Safe among threads.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Report] = OrderedDict()
        self._making: dict[tuple[object, ...], threading.Lock] = {}  # whose report is not made yet
        self.background = Background()
        self._lock = threading.Lock()  # of the two above; nothing is built under it
        self._press: tuple[tuple[Week, datetime], Press] | None = None

    def report(self, app: App, region: PlaceId, lang: str) -> tuple[Report, bool]:
        """The latest report, and whether corrections have come in since. Errors: as `latest`."""
        held = self.latest(app, region, lang)
        return held, is_outdated(app.ready_db, held.week, WINDOW_WEEKS)

    def latest(self, app: App, region: PlaceId, lang: str) -> Report:
        """The latest report, for who does not tell whether it is outdated.

        Errors: RefusedError where there is no gap table yet, or one of another register.
        """
        until = app.last_week()
        with app.ready_db.reading() as tx:
            latest = find_latest_origin(tx, WINDOW_WEEKS, until=until)
        if latest is None:
            raise RefusedError("no_table", 503)
        week, origin = latest
        if origin.register_version != app.register.version:
            refresh(app)  # a command, or another process, may have had another register count
        key = (region, lang, week, origin.at, list_as_it_is(app))  # made anew when an outlet is listed
        return self._held(key, lambda: _made(app, week, region, lang))

    def press(self, app: App, week: Week) -> Press:
        """What the table of a week says of the outlets, as `find_press`; the last one asked for is kept."""
        with app.ready_db.reading() as tx:
            origin = find_origin(tx, week, WINDOW_WEEKS)
            key, kept = None if origin is None else (week, origin.at), self._press
            if kept is not None and kept[0] == key:
                return kept[1]
            press = find_press(tx, week, WINDOW_WEEKS)
        if key is not None:
            self._press = (key, press)
        return press

    def _held(self, key: tuple[object, ...], make: Callable[[], Report]) -> Report:
        """What is kept under the key. Of many who ask for what is not, one makes it and they alone wait."""
        with self._lock:
            if (held := self._found(key)) is not None:
                return held
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if (held := self._found(key)) is not None:
                    return held
            made = make()
            with self._lock:
                self._kept[key] = made
                self._making.pop(key, None)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return made

    def _found(self, key: tuple[object, ...]) -> Report | None:
        held = self._kept.get(key)
        if held is not None:
            self._kept.move_to_end(key)
        return held


def _made(app: App, week: Week, region: PlaceId, lang: str) -> Report:
    try:
        return stored_report(app, week, region, lang)
    except UsageError as error:  # the table stands on another register than config/ has now
        raise RefusedError("no_table", 503) from error
