"""The guards against the faults of the service, each with the way to switch it off.

`switch_off(NAME)` alters the running process only, never a file; `tests/chaos/guard_table.py` runs the tests
under it. A guard without which every test still passes is one that nobody would miss.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.chaos import guards_off

FAULTS = (
    "killed", "disk full", "database locked or gone", "network gone", "SMTP gone", "poisoned page",
    "hanging worker", "clock set back", "two services",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: `what` it does, against which of FAULTS, in which `file`; `tests` should miss it."""

    name: str
    fault: str
    what: str
    file: str
    off: Callable[[], None]
    tests: tuple[str, ...]


def switch_off(name: str) -> None:
    """Run this process without one guard. Errors: KeyError when there is no such guard."""
    {guard.name: guard for guard in GUARDS}[name].off()


_RUN = "tests/integration/service/test_service_run.py"
_LEASE = "tests/integration/service/test_service_lease.py"
_KILL = "tests/chaos/service/test_service_kill.py::test_killed_at_any_point_it_ends_with_the_same_database"
_WORLD = "tests/chaos/service/test_service_faults.py"
_HUNG = (
    "tests/chaos/service/test_service_processes.py"
    "::test_a_process_whose_job_hangs_for_good_ends_with_3_so_that_another_is_started"
)
_OUTBOX, _POOL = "tests/unit/reports/test_reports_outbox.py", "tests/unit/articles/test_articles_pool.py"
_SMTP, _GONE = "tests/unit/reports/test_reports_smtp.py", "tests/unit/reports/test_reports_readers_gone.py"
_STAGES, _DECIDE = "tests/unit/crawl/test_crawl_stages.py", "tests/unit/crawl/test_crawl_decide.py"
_REPORTING = "tests/integration/wiring/test_wiring_reporting.py"
_WATCHING = "tests/integration/keeping/test_watching.py"

GUARDS = (
    Guard(
        "one_transaction",
        "killed",
        "an item and its endings are written together or not at all",
        "monitor/core/db.py",
        guards_off.commit_each_statement,
        (f"{_KILL}[sqlite]",),
    ),
    Guard(
        "close_killed",
        "killed",
        "runs that a kill left open are closed",
        "monitor/core/runs.py",
        guards_off.put("monitor.core.runs", "close_killed", guards_off.gives(0)),
        (_RUN,),
    ),
    Guard(
        "catch_up",
        "killed",
        "a service that begins runs what was missed",
        "monitor/service/due.py",
        guards_off.put("monitor.service.service", "missed_jobs", guards_off.gives(())),
        (_RUN,),
    ),
    Guard(
        "late_ticks",
        "killed",
        "a tick that comes late is run late",
        "monitor/service/clockwork.py",
        guards_off.drop_late_ticks,
        ("tests/unit/service",),
    ),
    Guard(
        "missed_weeks",
        "killed",
        "every week since the last reported one is due",
        "monitor/wiring/weekly.py",
        guards_off.put("monitor.wiring.weekly", "weeks_due", lambda last, newest: (newest,)),
        ("tests/unit/wiring/test_wiring_weekly.py",),
    ),
    Guard(
        "cut_off_mail",
        "killed",
        "a mail that was being sent is held, not sent again or forgotten",
        "monitor/reports/store.py",
        guards_off.put("monitor.reports.store", "interrupted_to_unknown", guards_off.gives(0)),
        (_OUTBOX,),
    ),
    Guard(
        "late_report_alert",
        "killed",
        "the operator is told when the week's report is missing",
        "monitor/wiring/watching.py",
        guards_off.put("monitor.wiring.watching", "_report_late", guards_off.gives(())),
        (_WATCHING,),
    ),
    Guard(
        "stop_between_items",
        "killed",
        "a stop is heard between two items",
        "monitor/service/lanes.py",
        guards_off.put("monitor.service.lanes:Lane", "_progress", guards_off.gives(None)),
        (_RUN,),
    ),
    Guard(
        "refusal_is_told",
        "disk full",
        "what the database refuses ends the stage with its own words",
        "monitor/core/db.py",
        guards_off.put("monitor.core.db", "_is_of_the_database", guards_off.gives(False)),
        (
            "tests/unit/core/test_core_db.py",
            f"{_WORLD}::test_a_disk_that_is_full_loses_nothing_and_the_next_run_finishes",
        ),
    ),
    Guard(
        "low_disk_alert",
        "disk full",
        "the operator is told before the disk is full",
        "monitor/wiring/watching.py",
        guards_off.put("monitor.wiring.watching", "_disk_low", guards_off.gives(())),
        (_WATCHING,),
    ),
    Guard(
        "wait_for_database",
        "database locked or gone",
        "a service waits for its database",
        "monitor/service/service.py",
        guards_off.take_without_catching,
        (f"{_WORLD}::test_a_database_that_goes_away_under_the_service_is_waited_for",),
    ),
    Guard(
        "catch_up_again",
        "database locked or gone",
        "catching up is tried until the database answers",
        "monitor/service/service.py",
        guards_off.begin_once,
        (_RUN, _WORLD),
    ),
    Guard(
        "ask_again",
        "database locked or gone",
        "a job that failed is run again an hour later",
        "monitor/service/service.py",
        guards_off.put("monitor.service.service", "ASK_S", math.inf),
        (_RUN,),
    ),
    Guard(
        "lease_outlives_lock",
        "database locked or gone",
        "a lease is held on while the database is locked",
        "monitor/core/lease.py",
        guards_off.renew_or_lose,
        (_LEASE,),
    ),
    Guard(
        "immediate_writes",
        "database locked or gone",
        "a transaction that reads first holds the right to write",
        "monitor/core/db.py",
        guards_off.begin_reading,
        ("tests/unit/core/test_core_db.py",),
    ),
    Guard(
        "back_off",
        "network gone",
        "a feed that fails is asked ever more rarely",
        "monitor/crawl/decide.py",
        guards_off.put("monitor.crawl.decide", "backoff", guards_off.gives(timedelta(0))),
        (_DECIDE, _STAGES),
    ),
    Guard(
        "no_crawl_alert",
        "network gone",
        "the operator is told when nothing was crawled for a day",
        "monitor/wiring/watching.py",
        guards_off.put("monitor.wiring.watching", "_no_crawl", guards_off.gives(())),
        (_WATCHING,),
    ),
    Guard(
        "mail_waits",
        "SMTP gone",
        "a mail that a server did not take waits ever longer",
        "monitor/reports/outbox.py",
        guards_off.put("monitor.reports.outbox", "pause", guards_off.gives(timedelta(0))),
        (_OUTBOX,),
    ),
    Guard(
        "relay_hung_up",
        "SMTP gone",
        "a relay that hung up between two mails is connected to again",
        "monitor/reports/smtp.py",
        guards_off.never_connect_again,
        (_SMTP,),
    ),
    Guard(
        "left_meanwhile",
        "SMTP gone",
        "who left while a mail was on its way gets it no second time",
        "monitor/reports/store.py",
        guards_off.put("monitor.reports.store", "cancel_unwanted", guards_off.gives(0)),
        (_GONE,),
    ),
    Guard(
        "waiting_mail_alert",
        "SMTP gone",
        "the operator is told of mails that wait or are held",
        "monitor/wiring/watching.py",
        guards_off.put("monitor.wiring.watching", "_mails", guards_off.gives(())),
        (_WATCHING,),
    ),
    Guard(
        "one_page_only",
        "poisoned page",
        "a fault while a page is settled costs that page",
        "monitor/crawl/pages.py",
        guards_off.settle_page_unguarded,
        (_STAGES,),
    ),
    Guard(
        "one_feed_only",
        "poisoned page",
        "a fault while a feed is read costs that feed",
        "monitor/crawl/poll.py",
        guards_off.put("monitor.crawl.poll", "decide_crashed", guards_off.raises),
        (_STAGES,),
    ),
    Guard(
        "one_report_only",
        "poisoned page",
        "a report that cannot be made costs that report",
        "monitor/wiring/reporting.py",
        guards_off.put("monitor.wiring.reporting", "StorageError", Exception),  # raised, not caught
        (_REPORTING,),
    ),
    Guard(
        "dead_worker_replaced",
        "poisoned page",
        "a worker that died is replaced",
        "monitor/core/workers.py",
        guards_off.keep_dead_workers,
        (_POOL,),
    ),
    Guard(
        "page_deadline",
        "hanging worker",
        "a page that hangs is given up",
        "monitor/core/workers.py",
        guards_off.wait_for_ever,
        (_POOL,),
    ),
    Guard(
        "hung_job_is_named",
        "hanging worker",
        "a job without progress is named",
        "monitor/service/lanes.py",
        guards_off.put("monitor.service.lanes:Lane", "stuck", guards_off.gives(None)),
        (_RUN,),
    ),
    Guard(
        "hopeless_job_ends_it",
        "hanging worker",
        "a job that hangs for good ends the service, to begin afresh",
        "monitor/service/service.py",
        guards_off.put("monitor.service.service", "_HOPELESS", math.inf),
        (_RUN,),
    ),
    Guard(
        "hung_thread_is_left",
        "hanging worker",
        "a process that ends does not wait for a thread that hangs",
        "monitor/cli/commands/run.py",
        guards_off.put("monitor.cli.commands.run", "_end_at_once", sys.exit),
        (_HUNG,),
    ),
    Guard(
        "settle_times",
        "clock set back",
        "waits that began in a time to come are ended",
        "monitor/wiring/clocks.py",
        guards_off.put("monitor.service.service", "settle_times", guards_off.gives(0)),
        (_RUN,),
    ),
    Guard(
        "jump_is_noticed",
        "clock set back",
        "a jump of the clock under a running service is noticed",
        "monitor/service/service.py",
        guards_off.put("monitor.service.service", "JUMP_S", math.inf),
        (_RUN,),
    ),
    Guard(
        "future_runs",
        "clock set back",
        "a run of a time to come is not believed",
        "monitor/core/runs.py",
        guards_off.believe_the_future,
        (_RUN,),
    ),
    Guard(
        "clock_alert",
        "clock set back",
        "the operator is told",
        "monitor/wiring/watching.py",
        guards_off.put("monitor.wiring.watching", "_clock_back", guards_off.gives(())),
        (_WATCHING,),
    ),
    Guard(
        "lease",
        "two services",
        "one service works at a time",
        "monitor/core/lease.py",
        guards_off.put("monitor.core.lease:RowLease", "_may_be_taken", guards_off.gives(True)),
        (_RUN, _LEASE),
    ),
    Guard(
        "lease_lost",
        "two services",
        "who has lost the lease stops working",
        "monitor/core/lease.py",
        guards_off.put("monitor.core.lease:RowLease", "renew", guards_off.gives(True)),
        (_LEASE,),
    ),
    Guard(
        "take_over",
        "two services",
        "a lease that stands still is taken over",
        "monitor/core/lease.py",
        guards_off.put("monitor.core.lease", "LOST_AFTER_S", math.inf),
        (_LEASE,),
    ),
    Guard(
        "gone_at_once",
        "two services",
        "a holder that is gone is not waited for",
        "monitor/core/lease.py",
        guards_off.put("monitor.core.lease", "is_gone", guards_off.gives(False)),
        (_LEASE,),
    ),
    Guard(
        "one_sender",
        "two services",
        "one process sends mails at a time",
        "monitor/reports/turn.py",
        guards_off.always_our_turn,
        (_OUTBOX,),
    ),
    Guard(
        "mail_is_claimed",
        "two services",
        "a mail that another has taken or cancelled is left alone",
        "monitor/reports/store.py",
        guards_off.put("monitor.reports.store", "claim", guards_off.gives(True)),
        (_GONE,),
    ),
)
