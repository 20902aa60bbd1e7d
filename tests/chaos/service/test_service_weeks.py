"""A year of the service on a settable clock, with days without service, network or mail server.

It takes some fifteen CPU minutes; MONITOR_YEAR_WEEKS sets fewer weeks for a shorter look. How long it took
and what the database grew by is printed; the benchmark `year` gives the same figures.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.year import ITEMS_A_WEEK, NO_MAIL, WARM_WEEKS, live
from monitor.core.clock import week_of
from monitor.demo.schedule import START

pytestmark = pytest.mark.slow
WEEKS = int(os.environ.get("MONITOR_YEAR_WEEKS", "52"))
MOST_MB_A_WEEK = 1.0


def test_a_year_is_reported_once_a_week_with_every_crawl_done_or_explained(tmp_path: Path) -> None:
    seen = live(tmp_path, weeks=WEEKS, seed=11)
    print(f"{WEEKS} weeks in {seen.seconds:.0f} s, {seen.cpu_s:.0f} CPU s; memory {seen.memory_mb} MB")
    print(f"slope {seen.slope_mb} MB a week; database {seen.database_mb} MB")
    print(f"polls {seen.endings}; pages {seen.pages}")
    assert seen.failed == []
    first = START.date()
    assert seen.report_weeks == [week_of(first + timedelta(weeks=n)) for n in range(WEEKS)]
    assert (seen.mails, seen.mail_states) == (WEEKS, {"sent": WEEKS})
    assert (seen.overdue_feeds, seen.unasked, seen.unread_pages) == (0, 0, 0)
    n_pages = sum(n for name, n in seen.pages.items() if name.startswith("fetch"))
    # what came out on the last evening is listed on the next day
    assert 0.9 * WEEKS * ITEMS_A_WEEK < n_pages <= WEEKS * ITEMS_A_WEEK
    if NO_MAIL[0][1] < WEEKS * 7:  # in the operator's language
        assert "Монитор: источники не опрашиваются" in seen.told
        assert any(one.startswith("Письма за ") and one.endswith(" ждут повтора 1") for one in seen.told)
    if WEEKS > WARM_WEEKS + 3:
        assert seen.slope_mb is not None
        assert seen.slope_mb < MOST_MB_A_WEEK
