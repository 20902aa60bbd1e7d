"""Who was subscribed before subscriptions were confirmed stays subscribed, and going down keeps them."""

from datetime import UTC, datetime

import sqlalchemy as sa

from monitor.core import schema
from monitor.core.db import Db
from monitor.reports.subscribers import list_subscribers
from monitor.reports.tables import outbox, reports

SINCE = datetime(2026, 3, 2, 5, tzinfo=UTC)
REPORT = {
    "id": "r", "week": "2026-W46", "region": "by-mogilev-region", "lang": "ru",
    "facts": {}, "facts_hash": "0", "built_at": SINCE,
}  # fmt: skip
LETTER = {"report_id": "r", "message_id": "m", "state": "sent"}


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
    with empty_db.begin() as tx:
        tx.execute(sa.insert(reports).values(REPORT))
        tx.execute(sa.insert(outbox).values(LETTER | {"subscriber_id": held.id}))
    schema.downgrade(empty_db, "0009")
    with empty_db.begin() as tx:
        assert tx.execute(sa.text("SELECT email, active FROM subscribers")).one() == (held.email, True)
        assert tx.execute(sa.text("SELECT subscriber_id, message_id FROM outbox")).one() == (held.id, "m")
    schema.upgrade(empty_db)
    with empty_db.begin() as tx:
        assert [(one.email, one.confirmed_at) for one in list_subscribers(tx)] == [(held.email, SINCE)]
        assert tx.execute(sa.select(outbox.c.subscriber_id, outbox.c.message_id)).one() == (held.id, "m")
