"""Some weeks of the service on a settable clock, a Monday without it among them: every report once.

A whole year is the benchmark of that name: `monitor benchmark year`.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.year import live
from monitor.core.clock import week_of
from monitor.demo.schedule import START

pytestmark = pytest.mark.slow
WEEKS = 2
AWAY = ((11, 13),)  # Monday and Tuesday of the second week


def test_every_week_is_reported_once_and_every_crawl_done_or_explained(tmp_path: Path) -> None:
    seen = live(tmp_path, weeks=WEEKS, seed=11, items_a_week=120, away=AWAY)
    assert seen.failed == []
    first = START.date()
    assert seen.report_weeks == [week_of(first + timedelta(weeks=n)) for n in range(WEEKS)]
    assert (seen.mails, seen.mail_states) == (WEEKS, {"sent": WEEKS})
    assert (seen.overdue_feeds, seen.unread_pages) == (0, 0)
    n_pages = sum(n for name, n in seen.pages.items() if name.startswith("fetch"))
    # what came out on the last evening is listed on the next day
    assert 0.9 * WEEKS * 120 < n_pages <= WEEKS * 120
