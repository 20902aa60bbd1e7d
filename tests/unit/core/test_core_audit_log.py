"""The log of what people did: who, in which role, when; kept when they are gone."""

from datetime import UTC, datetime, timedelta

from monitor.core.accounts import Role, User
from monitor.core.audit_log import COMMAND_LINE, Action, Logged, list_actions, log_action
from monitor.core.db import Db

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ANNA = User(1, "anna", Role.ADMIN)


def test_the_log_tells_who_did_what_in_which_role_newest_first(db: Db) -> None:
    with db.begin() as tx:
        log_action(tx, ANNA, Action.PROMOTE, "tag 7", NOW)
        log_action(tx, COMMAND_LINE, Action.USER_ADDED, "desk", NOW + timedelta(minutes=1))
        log_action(tx, None, Action.SIGN_IN_REFUSED, "a name\nof two lines", NOW + timedelta(minutes=2))
        rows = list_actions(tx, limit=10)
        assert [(r.who, r.role, r.action, r.subject) for r in rows] == [
            ("-", "", Action.SIGN_IN_REFUSED, "a name of two lines"),
            ("command line", "", Action.USER_ADDED, "desk"),
            ("anna", "admin", Action.PROMOTE, "tag 7"),
        ]
        assert rows[2] == Logged(rows[2].id, NOW, "anna", "admin", Action.PROMOTE, "tag 7")
        assert list_actions(tx, limit=1, before=rows[1].id) == [rows[2]]
        assert list_actions(tx, limit=9, who="anna") == [rows[2]]
        assert list_actions(tx, limit=9, action=Action.USER_ADDED) == [rows[1]]


def test_what_is_undone_with_its_transaction_is_not_in_the_log(db: Db) -> None:
    try:
        with db.begin() as tx:
            log_action(tx, ANNA, Action.CORRECTION, "article 5", NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    with db.reading() as tx:
        assert list_actions(tx, limit=9) == []


def test_a_long_subject_is_cut_to_what_the_column_holds(db: Db) -> None:
    with db.begin() as tx:
        log_action(tx, ANNA, Action.CORRECTION, "word " * 200, NOW)
        assert len(list_actions(tx, limit=1)[0].subject) <= 300
