"""Stage: sends what is due, at least once, and writes down what is known of each mail."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta, tzinfo

import structlog

from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.reports import store
from monitor.reports.address import checked_sender
from monitor.reports.mail import Parts, message, render_parts
from monitor.reports.personal import Linking, Links
from monitor.reports.shown import record_shown
from monitor.reports.smtp import Delivery, Lost, NotSent, Post, Refused, Sent
from monitor.reports.store import OutboxRow, OutboxState
from monitor.reports.subscribers import list_subscribers
from monitor.reports.turn import sending_turn
from monitor.reports.types import Report
from monitor.reports.withheld import Withhold

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
MAX_ATTEMPTS = 24  # that a server answered: about five days with these pauses, as mail servers do

log = structlog.get_logger(__name__)


def put_out(*, db: Db, report: Report, sender: str, now: datetime, zone: tzinfo = UTC) -> Counts:
    """Keep a report and queue it for its active subscribers, in one transaction. Counts: queued.

    A correction goes to those who got what it corrects, and to nobody else. `zone`: whose days a
    pause is counted in.
    """
    with db.begin() as tx:
        kept = store.put_report(tx, report, at=now)
        today = now.astimezone(zone).date()
        readers = list_subscribers(tx, region=kept.region, lang=kept.lang, today=today)
        if kept.correction is not None:
            misled = store.readers_of(tx, kept.correction.of)
            readers = tuple(reader for reader in readers if reader.id in misled)
        else:
            readers = tuple(reader for reader in readers if set(reader.topics) == set(kept.topics_wanted))
        return Counts(queued=store.enqueue(tx, kept, readers, sender=sender, at=now))


def send_due(
    *,
    db: Db,
    post: Post,
    clock: Clock,
    sender: str,
    on_unknown: str,
    withhold: Withhold,
    limit: int | None = None,
    rest: Callable[[], None] = lambda: None,
    linking: Linking | None = None,
    zone: tzinfo = UTC,
) -> Counts:
    """Send every mail that is due, at most `limit`.

    Counts: sent, retried, bounced, unknown, interrupted (cut off earlier), not_sent (server unusable: the
    rest waits), busy (another process is sending), crashed (a bug, one mail only; an attempt like others).
    `on_unknown`: hold or resend what may have arrived. `withhold`: a report as it may be shown now, asked
    before each mail, for an outlet may be listed while it waits. `rest` is called after each mail: it keeps
    the rate.
    `linking`: how each reader's links are made, None where no pages are served. `zone`: of the day on which a
    row is shown.
    Errors: UsageError for a sender that is no address; nothing is touched then.
    """
    checked_sender(sender)
    counts = Counts()
    with sending_turn(db) as is_ours:
        if not is_ours:
            counts.add("busy")
            return counts
        with db.begin() as tx:
            interrupted = store.interrupted_to_unknown(tx, at=clock())
            if interrupted:
                counts.add("interrupted", interrupted)
            store.cancel_unwanted(tx, at=clock())
            if on_unknown == "resend":
                store.requeue_lost(tx, at=clock(), most=MAX_ATTEMPTS)  # what was given up stays so
        round_ = _Round(
            db=db,
            post=post,
            clock=clock,
            sender=sender,
            on_unknown=on_unknown,
            withhold=withhold,
            rest=rest,
            linking=linking,
            zone=zone,
        )
        round_.run(counts, limit)
    return counts


def take_for_arrived(*, db: Db, ids: Collection[int], now: datetime, zone: tzinfo) -> int:
    """Call held mails sent, since a person found out that they arrived; their rows were shown. How many."""
    with db.begin() as tx:
        held = [row for row in store.list_outbox(tx, state=OutboxState.UNKNOWN) if row.id in ids]
        for report_id in dict.fromkeys(row.report_id for row in held):
            record_shown(tx, store.get_report(tx, report_id), shown_on=now.astimezone(zone).date())
        return store.believe_arrived(tx, at=now, ids=[row.id for row in held])


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5, 10, 20 ... minutes, at most 6 hours."""
    doublings = min(max(attempts - 1, 0), 12)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


class _Round:
    """One run over the queue; a report is rendered once for all its readers."""

    def __init__(
        self,
        *,
        db: Db,
        post: Post,
        clock: Clock,
        sender: str,
        on_unknown: str,
        withhold: Withhold,
        rest: Callable[[], None],
        linking: Linking | None,
        zone: tzinfo,
    ) -> None:
        self.db, self.post, self.clock, self.rest = db, post, clock, rest
        self.sender, self.on_unknown, self.linking = sender, on_unknown, linking
        self.withhold, self.zone = withhold, zone
        self.report: Report | None = None  # as it is stored
        self.shown_as: Report | None = None  # what `parts` were rendered from
        self.parts: Parts | None = None
        self.links: Links | None = None
        self.shown: set[str] = set()  # reports whose rows are known to have reached somebody

    def run(self, counts: Counts, limit: int | None) -> None:
        started_at, n_tried = self.clock(), 0
        while limit is None or n_tried < limit:
            n_tried += 1
            with self.db.begin() as tx:
                row = store.find_due(tx, now=started_at)
            if row is None:
                return
            ending = self._one(row)
            if ending:
                counts.add(ending)
            if ending == "not_sent":
                return
            self.rest()

    def _one(self, row: OutboxRow) -> str:
        try:
            data = self._data(row)
        except Exception as error:  # a bug or damaged facts: this mail only, and it comes back
            log.exception("outbox_item_crashed", report=row.report_id, row=row.id)
            with self.db.begin() as tx:
                self._crashed(tx, row, f"{store.NOT_MADE}{error}", row.attempts + 1)
            return "crashed"
        with self.db.begin() as tx:
            if not store.claim(tx, row):
                return ""
        recipient, sender = row.email, checked_sender(self.sender)[1]
        delivery = self.post.send(sender=sender, recipient=recipient, data=data)
        return self._settle(row, delivery)

    def _data(self, row: OutboxRow) -> bytes:
        mail = message(
            self._parts(row.report_id),
            subscriber_id=row.subscriber_id,
            recipient=row.email,
            sender=self.sender,
            links=self.links,
        )
        del mail["Message-ID"]
        mail["Message-ID"] = row.message_id  # as fixed when queued, whatever the sender's setting is now
        return mail.as_bytes()

    def _parts(self, report_id: str) -> Parts:
        """Rendered once for all readers, and again where something of it may not be shown any more."""
        if self.report is None or self.report.id != report_id:
            with self.db.begin() as tx:
                self.report = store.get_report(tx, report_id)
        shown_as = self.withhold(self.report)
        if self.parts is None or shown_as != self.shown_as:
            self.parts = render_parts(shown_as, is_linked=self.linking is not None)
            self.links = self.linking.of(shown_as.id, shown_as.to_on) if self.linking else None
            self.shown_as = shown_as
        return self.parts

    def _settle(self, row: OutboxRow, delivery: Delivery) -> str:
        attempts = row.attempts + 1
        with self.db.begin() as tx:
            match delivery:
                case Sent():
                    store.record(tx, row.id, OutboxState.SENT, at=self.clock())
                    self._keep_shown(tx, row)
                    return "sent"
                case Lost(why):
                    if self.on_unknown == "resend" and attempts < MAX_ATTEMPTS:
                        self._again(tx, row, f"unknown: {why}", attempts)
                    else:
                        store.record(tx, row.id, OutboxState.UNKNOWN, at=self.clock(), error=why)
                    return "unknown"
                case Refused(code, why) if code >= 500 or attempts >= MAX_ATTEMPTS:
                    store.record(tx, row.id, OutboxState.BOUNCED, at=self.clock(), error=f"{code} {why}")
                    return "bounced"
                case Refused(code, why):
                    self._again(tx, row, f"{code} {why}", attempts)
                    return "retried"
                case NotSent(why):  # nobody was asked, so that the five days have not begun
                    self._again(tx, row, why, row.attempts)
                    log.warning("smtp_not_usable", why=why)
                    return "not_sent"

    def _keep_shown(self, tx: Tx, row: OutboxRow) -> None:
        if row.report_id not in self.shown:
            today = self.clock().astimezone(self.zone).date()
            record_shown(tx, store.get_report(tx, row.report_id), shown_on=today)
            self.shown.add(row.report_id)

    def _crashed(self, tx: Tx, row: OutboxRow, error: str, attempts: int) -> None:
        """One more attempt, since what can never be made would else be tried for ever."""
        if attempts < MAX_ATTEMPTS:
            self._again(tx, row, error, attempts)
        else:
            now = self.clock()
            store.record(tx, row.id, OutboxState.BOUNCED, at=now, error=error, attempts=attempts)

    def _again(self, tx: Tx, row: OutboxRow, error: str, attempts: int) -> None:
        now = self.clock()
        at = now + pause(attempts)
        store.record(tx, row.id, OutboxState.QUEUED, at=now, error=error, next_try_at=at, attempts=attempts)
