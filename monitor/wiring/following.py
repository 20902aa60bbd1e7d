"""The newest gap table follows the register that counts: no page is made of one of another."""

import structlog

from monitor.gaps.latest import find_latest_origin
from monitor.reports.stage import WINDOW_WEEKS
from monitor.wiring.app import App
from monitor.wiring.gaptables import build_gaps

log = structlog.get_logger(__name__)


def follow_register(app: App) -> bool:
    """Count the newest table anew where it stands on another register than counts; whether that was done.

    Nothing is counted where no table is kept yet.
    """
    until = app.last_week()
    with app.ready_db.reading() as tx:
        latest = find_latest_origin(tx, WINDOW_WEEKS, until=until)
    if latest is None:
        return False
    week, origin = latest
    if origin.register_version == app.register.version:
        return False
    build_gaps(app, week)
    log.info("gaps_follow_register", week=week, register=app.register.version)
    return True
