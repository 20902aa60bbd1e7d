"""`monitor report held`: mails of which nobody knows whether they arrived, until a person says it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.command import monitor


def test_a_held_mail_is_listed_by_the_newsrooms_clock_until_it_is_settled(demo_home: Path) -> None:
    with closing(sqlite3.connect(demo_home / "monitor.sqlite")) as db, db:
        db.execute(
            "UPDATE outbox SET state = 'unknown', changed_at = '2026-09-20 21:30:00', last_error = 'cut off'"
        )
        number, report = db.execute("SELECT id, report_id FROM outbox").fetchone()
    words = ("report", "held")
    assert monitor(*words, home=demo_home).out == (
        f"{number}  2026-09-21 00:30 Europe/Minsk  editor@mogilev-desk.example  {report}  cut off\nheld: 1\n"
    )
    both = monitor(*words, "--resend", str(number), "--arrived", str(number), home=demo_home)
    assert (both.code, "named once" in both.err) == (2, True)
    settled = monitor(*words, "--arrived", str(number), "--json", home=demo_home)
    assert (json.loads(settled.out), settled.err) == ([], "taken for arrived: 1\n")
    assert monitor(*words, "--resend", str(number), home=demo_home).code == 2
