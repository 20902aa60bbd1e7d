"""Who was subscribed before subscriptions were confirmed stays subscribed, and going down keeps them."""

from datetime import UTC, datetime

import sqlalchemy as sa

from monitor.core import schema
from monitor.core.db import Db
from monitor.reports.subscribers import list_subscribers

SINCE = datetime(2026, 3, 2, 5, tzinfo=UTC)


def test_a_subscription_of_an_older_version_is_taken_over_as_confirmed(empty_db: Db) -> None:
    schema.upgrade(empty_db, "0009")
    insert = sa.text(
        "INSERT INTO subscribers (email, region, lang, topics, active, added_at)"
        " VALUES ('desk@paper.example', 'by-mogilev-region', 'ru', '[]', :active, :at)"
    ).bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)))
    with empty_db.begin() as tx:
        at = SINCE.replace(tzinfo=None) if empty_db.is_sqlite else SINCE
        tx.execute(insert, {"active": True, "at": at})
    schema.upgrade(empty_db)
    with empty_db.begin() as tx:
        (held,) = list_subscribers(tx)
    assert (held.email, held.active, held.confirmed_at, held.paused_until) == (
        "desk@paper.example", True, SINCE, None,
    )  # fmt: skip
    schema.downgrade(empty_db, "0009")
    with empty_db.begin() as tx:
        assert tx.execute(sa.text("SELECT email, active FROM subscribers")).one() == (held.email, True)
