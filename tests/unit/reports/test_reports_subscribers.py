"""Subscriptions: added once, woken again, removed, listed."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId
from monitor.reports.subscribers import (
    add_subscriber,
    forget,
    list_subscribers,
    of_address,
    remove_subscriber,
)
from monitor.reports.tables import subscribers
from tests.make_reports import MOGILEV

NOW = datetime(2025, 11, 24, 5, tzinfo=UTC)
GOMEL = PlaceId("by-gomel-region")


def test_an_address_is_subscribed_once_for_each_region(db: Db) -> None:
    with db.begin() as tx:
        one = add_subscriber(tx, email=" Desk@Paper.Example ", region=MOGILEV, lang="ru", at=NOW)
        again = add_subscriber(tx, email="Desk@paper.example", region=MOGILEV, lang="ru", at=NOW)
        other = add_subscriber(tx, email="Desk@paper.example", region=GOMEL, lang="ru", at=NOW)
        assert one == again
        assert (one.email, one.region, one.lang, one.active, one.added_at) == (
            "Desk@paper.example", MOGILEV, "ru", True, NOW,
        )  # fmt: skip
        assert list_subscribers(tx) == (one, other)
        assert list_subscribers(tx, region=GOMEL) == (other,)
        assert list_subscribers(tx, lang="en") == ()


def test_who_left_is_listed_on_demand_only_and_may_come_back(db: Db) -> None:
    with db.begin() as tx:
        one = add_subscriber(tx, email="a@b.example", region=MOGILEV, lang="ru", at=NOW)
        add_subscriber(tx, email="a@b.example", region=GOMEL, lang="ru", at=NOW)
        assert len(remove_subscriber(tx, email="a@b.example", region=MOGILEV)) == 1
        assert [s.region for s in list_subscribers(tx)] == [GOMEL]
        assert len(list_subscribers(tx, active_only=False)) == 2
        assert add_subscriber(tx, email="a@b.example", region=MOGILEV, lang="ru", at=NOW) == one
        assert len(remove_subscriber(tx, email="a@b.example")) == 2


def test_a_stranger_cannot_be_removed_and_an_unknown_language_not_be_sent(db: Db) -> None:
    with db.begin() as tx:
        with pytest.raises(UsageError, match="has no subscription"):
            remove_subscriber(tx, email="a@b.example")
        with pytest.raises(UsageError, match="no report language 'xx'"):
            add_subscriber(tx, email="a@b.example", region=MOGILEV, lang="xx", at=NOW)


def test_one_mailbox_in_two_spellings_is_one_reader_spelt_as_given(db: Db) -> None:
    with db.begin() as tx:
        one = add_subscriber(tx, email="Ed@Paper.example", region=MOGILEV, lang="ru", at=NOW)
        assert add_subscriber(tx, email="ed@paper.example", region=MOGILEV, lang="ru", at=NOW) == one
        assert one.email == "Ed@paper.example"
        assert of_address(tx, "eD@paper.example") == (one,)
        assert remove_subscriber(tx, email="ED@paper.example") == (one.id,)
        again = add_subscriber(tx, email="ed@paper.example", region=MOGILEV, lang="ru", at=NOW)
        assert (again.id, again.email) == (one.id, "ed@paper.example")
        assert forget(tx, "ED@PAPER.EXAMPLE") == 1
        assert list_subscribers(tx, active_only=False) == ()


def test_two_spellings_that_an_older_version_kept_apart_are_both_found_and_both_leave(db: Db) -> None:
    with db.begin() as tx:
        one = add_subscriber(tx, email="Ed@paper.example", region=MOGILEV, lang="ru", at=NOW)
        other = {"email": "ed@paper.example", "region": MOGILEV, "lang": "ru", "topics": []}
        tx.execute(sa.insert(subscribers).values(**other, active=True, added_at=NOW, confirmed_at=NOW))
        assert add_subscriber(tx, email="ED@paper.example", region=MOGILEV, lang="ru", at=NOW) == one
        assert len(of_address(tx, "ed@paper.example")) == 2
        assert len(remove_subscriber(tx, email="ed@paper.example")) == 2
        assert list_subscribers(tx) == ()
