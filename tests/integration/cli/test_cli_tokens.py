"""Keys of programs on the command line: shown once, listed without themselves, written in the log."""

import json
from pathlib import Path

from monitor.core.api_tokens import find_token
from monitor.core.audit_log import list_actions
from monitor.core.clock import system_clock
from monitor.core.db import Db
from tests.command import monitor


def test_a_key_is_made_listed_and_removed(home: Path) -> None:
    words = ("user", "token", "add", "a sheet", "--scope", "read:gaps", "--scope", "read:runs", "--days", "3")
    made = monitor(*words, home=home)
    assert made.code == 0
    key = made.out.strip()
    db = Db(f"sqlite:///{home / 'monitor.sqlite'}")
    with db.begin() as tx:
        token = find_token(tx, key, at=system_clock())
    assert token is not None
    again = monitor(*words, home=home)
    assert (again.code, "already" in again.err) == (2, True)
    listed = monitor("user", "token", "list", "--json", home=home)
    (row,) = json.loads(listed.out)
    assert (row["name"], row["scopes"], row["has_ended"]) == ("a sheet", ["read:gaps", "read:runs"], False)
    assert key not in listed.out
    assert monitor("user", "token", "remove", "a sheet", home=home).out == "a sheet: removed\n"
    assert monitor("user", "token", "remove", "a sheet", home=home).code == 2
    with db.begin() as tx:
        assert find_token(tx, key, at=system_clock()) is None
        told = [(row.action.value, row.subject) for row in list_actions(tx, limit=9)]
    db.close()
    assert told == [("token_removed", "a sheet"), ("token_added", "a sheet: read:gaps read:runs")]
