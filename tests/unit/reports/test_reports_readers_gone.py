"""Who leaves, pauses or chose topics gets what they want and no other mail, whenever they say so."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.db import Db, metadata
from monitor.core.ids import TopicId
from monitor.reports import store
from monitor.reports.outbox import put_out
from monitor.reports.personal import Linking, Links
from monitor.reports.smtp import Delivery, Lost, NotSent, Refused, Sent, SmtpPost
from monitor.reports.store import list_outbox
from monitor.reports.subscribers import add_subscriber, forget, leave, remove_subscriber
from monitor.reports.tables import outbox
from monitor.reports.tokens import Signer
from monitor.reports.types import Report
from tests.make_reports import MOGILEV
from tests.outbox_world import NOW, SENDER, send_due, states
from tests.smtp_sink import Sink


def gone(db: Db, how: str) -> None:
    """The second reader leaves, or has their address deleted."""
    with db.begin() as tx:
        if how == "leaves":
            leave(tx, 2)
        else:
            forget(tx, "two@paper.example")


@pytest.mark.parametrize("how", ["leaves", "deletes"])
def test_who_is_gone_gets_no_held_mail_when_it_is_sent_again(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, how: str
) -> None:
    with full.begin() as tx:
        tx.execute(sa.update(outbox).values(state="unknown", next_try_at=None, last_error="cut"))
    gone(full, how)
    assert [state for state, _ in states(full)] == ["unknown", "cancelled", "unknown"]
    with full.begin() as tx:
        assert store.requeue_unknown(tx, at=NOW, ids=[1, 2, 3]) == 2
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 2}
    assert sink.recipients == ["one@paper.example", "three@paper.example"]


@pytest.mark.parametrize("on_unknown", ["hold", "resend"])
def test_what_was_held_for_who_was_gone_before_is_cancelled(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, on_unknown: str
) -> None:
    gone(full, "deletes")
    with full.begin() as tx:  # as older databases have it
        tx.execute(sa.update(outbox).values(state="unknown", next_try_at=None))
        assert store.requeue_unknown(tx, at=NOW, ids=[1]) == 1
    counts = send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown=on_unknown)
    assert counts == {"sent": 1 + (on_unknown == "resend")}
    assert [state for state, _ in states(full)][:2] == ["sent", "cancelled"]


def test_who_chose_topics_gets_the_report_of_that_choice_and_no_other(tmp_path: Path, report: Report) -> None:
    db, food = Db(f"sqlite:///{tmp_path / 'topics.sqlite'}"), TopicId("food")
    metadata.create_all(db.engine)
    with db.begin() as tx:
        add_subscriber(tx, email="all@paper.example", region=MOGILEV, lang="ru", at=NOW)
        add_subscriber(tx, email="food@paper.example", region=MOGILEV, lang="ru", at=NOW, topics=[food])
    cut = replace(report, id=f"{report.id}-food", topics_wanted=(food,))
    assert [put_out(db=db, report=one, sender=SENDER, now=NOW) for one in (report, cut)] == [
        {"queued": 1}
    ] * 2
    with db.begin() as tx:
        queued = {row.email: row.report_id for row in list_outbox(tx)}
    db.close()
    assert queued == {"all@paper.example": report.id, "food@paper.example": cut.id}


@pytest.mark.parametrize("how", ["leaves", "deletes"])
@pytest.mark.parametrize("ending", [Refused(451, "greylisted"), NotSent("gone"), Lost("cut")])
def test_who_leaves_while_the_mail_is_on_its_way_gets_it_no_second_time(
    full: Db, clock: SettableClock, how: str, ending: Delivery
) -> None:
    recipients: list[str] = []

    class Leaving:
        def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
            recipients.append(recipient)
            if recipient != "two@paper.example":
                return Sent()
            gone(full, how)
            return ending

        def close(self) -> None:
            """Nothing is open."""

    for on_unknown in ("hold", "resend"):
        send_due(db=full, post=Leaving(), clock=clock, sender=SENDER, on_unknown=on_unknown)
        clock.set(clock() + timedelta(hours=1))
    assert states(full) == [("sent", ""), ("cancelled", ""), ("sent", "")]
    assert recipients.count("two@paper.example") == 1


def test_who_unsubscribes_before_it_is_sent_gets_nothing(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    with full.begin() as tx:
        assert len(remove_subscriber(tx, email="two@paper.example")) == 1
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 2}
    assert [state for state, _ in states(full)] == ["sent", "cancelled", "sent"]


def test_who_unsubscribes_while_the_mail_is_made_gets_nothing(
    quick: Db, post: SmtpPost, clock: SettableClock
) -> None:
    class Leaves(Linking):
        def of(self, report_id: str, to_on: date) -> Links:
            with quick.begin() as tx:
                remove_subscriber(tx, email="one@paper.example")
            return super().of(report_id, to_on)

    linking = Leaves(Signer(b"a key of more than sixteen letters"), "https://desk.example")
    sent = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold", linking=linking)
    assert sent == {"sent": 2}
    assert [state for state, _ in states(quick)] == ["cancelled", "sent", "sent"]
