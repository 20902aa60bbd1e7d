"""The newest gap table follows the register that counts: no page is made of one of another."""

import structlog

from monitor.core.ids import Week
from monitor.gaps.store import find_origin, find_week_before
from monitor.reports.stage import WINDOW_WEEKS
from monitor.wiring.app import App
from monitor.wiring.gaptables import build_gaps

log = structlog.get_logger(__name__)
_LAST = Week("9999-W53")


def follow_register(app: App) -> bool:
    """Count the newest table anew where it stands on another register than counts; whether that was done.

    Nothing is counted where no table is kept yet.
    """
    with app.ready_db.reading() as tx:
        week = find_week_before(tx, _LAST, WINDOW_WEEKS)
        origin = None if week is None else find_origin(tx, week, WINDOW_WEEKS)
    if week is None or origin is None or origin.register_version == app.register.version:
        return False
    build_gaps(app, week)
    log.info("gaps_follow_register", week=week, register=app.register.version)
    return True
