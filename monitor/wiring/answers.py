"""What readers may do with their links: answer, say what we missed, subscribe, change, leave, be deleted.

Each of these is one transaction that also uses up its link. Nothing here knows of pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core import audit_log
from monitor.core.accounts import User
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, FamilyId, PageUrl, PlaceId, TopicId
from monitor.core.secrets import make_secret, read_secret
from monitor.crawl.types import Source
from monitor.gaps.answers import Answer, AnswerKind, add_answer
from monitor.gaps.missed import Lost, LostAt
from monitor.gaps.missed_store import add_missed, checked_page, checked_print, walk
from monitor.linking.store import forget_linking
from monitor.reports import subscribers
from monitor.reports.catalogue import catalogue
from monitor.reports.notices import end_key, forget_old, queue_notice
from monitor.reports.subscribers import Subscriber
from monitor.reports.tokens import LIFETIME, Action, Pass, Signer, parse_row_subject
from monitor.reports.used import forget_expired, use
from monitor.wiring.app import App
from monitor.wiring.naming import newsroom_name

UNCONFIRMED_FOR = timedelta(days=30)  # as long as the link in the mail works
NOTICES_FOR = timedelta(days=90)
_NO_FAMILY = FamilyId("")


class UsedError(UsageError):
    """A link that was used before, or in another window at the same moment."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A link that was opened: its letters, what they allow, and whose it is."""

    token: str
    allowed: Pass
    reader: Subscriber

    @property
    def family(self) -> FamilyId:
        """The family of the row, empty for links of no row."""
        return parse_row_subject(self.allowed.subject)[0]

    @property
    def report_id(self) -> str:
        """The report that the row stood in."""
        return parse_row_subject(self.allowed.subject)[1]


@dataclass(frozen=True, slots=True)
class _Story:
    """What somebody says we missed, checked, with the sources as they stand."""

    url: str
    print_only: str
    family: FamilyId
    sources: tuple[Source, ...]


def signer(app: App) -> Signer:
    """Makes and reads this installation's links. Errors: SettingsError when the key cannot be read."""
    file = app.settings.web.key_file
    if not file:
        make_secret(app.home.web_key)  # a home that was made before there were links
        file = str(app.home.web_key)
    return Signer(read_secret(file, "web.key_file").encode())


def mail_signer(app: App) -> Signer | None:
    """What signs the links of mails; None where no public address is set, so that mails carry none."""
    return signer(app) if app.settings.reports.public_url else None


# --- answers ---


def answer(app: App, ticket: Ticket, *, note: str = "", remind_on: date | None = None) -> Answer:
    """Record the answer that a link stands for. Errors: UsedError; UsageError as `add_answer`."""
    with app.ready_db.begin() as tx:
        now = _use(tx, app, ticket)
        return _record(tx, app, ticket, now, note=note, remind_on=remind_on)


def say_wrong(app: App, ticket: Ticket, articles: Sequence[ArticleId], *, note: str = "") -> Answer:
    """Record that articles do not report on the row's agreements; they no longer count for it at once.

    Errors: UsedError; UsageError as `add_answer`.
    """
    with app.ready_db.begin() as tx:
        now = _use(tx, app, ticket)
        saying = Saying(CorrectionKind.LINK_REMOVE, ticket.family)
        for article in articles:
            corrections.add(tx, article, [saying], who=ticket.reader.who, at=now, note=note)
            forget_linking(tx, article)
        return _record(tx, app, ticket, now, note=note)


def say_missed(app: App, ticket: Ticket, *, url: str = "", print_only: str = "", note: str = "") -> Lost:
    """Record a story that we missed on a row, and say where it was lost. Errors: as `missed`; UsedError."""
    story = _story(app, url=url, print_only=print_only, agreement=ticket.family)
    with app.ready_db.begin() as tx:
        now = _use(tx, app, ticket)
        lost = _missed(tx, app, story, who=ticket.reader.who)
        _record(tx, app, ticket, now, note=note)
        return lost


def missed(
    app: App, *, url: str = "", print_only: str = "", agreement: str = "", who: str, by: User | str
) -> Lost:
    """Where a story that somebody names was lost; it is kept. Of url and print_only one is given.

    `by`: who is signed in, or the command line, for the log.
    Errors: UsageError when it is no address, says nothing, or the agreement is unknown.
    """
    story = _story(app, url=url, print_only=print_only, agreement=AgreementId(agreement))
    with app.ready_db.begin() as tx:
        audit_log.log_action(tx, by, audit_log.Action.MISSED, url or print_only, app.clock())
        return _missed(tx, app, story, who=who)


def _story(app: App, *, url: str, print_only: str, agreement: str) -> _Story:
    if bool(url.strip()) == bool(print_only.strip()):
        raise UsageError("give either the address of a page or paper, date and page")
    family = app.register.family_of.get(AgreementId(agreement), _NO_FAMILY)
    if agreement and not family:
        raise UsageError(f"no monitored agreement is called {agreement!r}")
    if print_only.strip():
        return _Story("", checked_print(print_only), family, ())
    return _Story(checked_page(url), "", family, app.standing_sources())


def _missed(tx: Tx, app: App, story: _Story, *, who: str) -> Lost:
    lost = Lost(LostAt.PRINT, "")
    if story.url:
        min_p, wanted = app.link_model.link_at, story.family or None
        lost = walk(tx, PageUrl(story.url), story.sources, min_p=min_p, wanted=wanted)
    said = {"url": story.url, "print_only": story.print_only, "family": story.family}
    add_missed(tx, lost, who=who, at=app.clock(), **said)
    return lost


def _use(tx: Tx, app: App, ticket: Ticket) -> datetime:
    now = app.clock()
    if not use(tx, ticket.token, expires_at=ticket.allowed.expires_at, at=now):
        raise UsedError("this link was used before")
    return now


def _record(
    tx: Tx, app: App, ticket: Ticket, now: datetime, *, note: str, remind_on: date | None = None
) -> Answer:
    return add_answer(
        tx,
        kind=AnswerKind(ticket.allowed.action.value),
        family=ticket.family,
        who=ticket.reader.who,
        at=now,
        today=now.astimezone(app.zone).date(),
        region=ticket.reader.region,
        week=ticket.report_id[:8],
        note=note,
        remind_on=remind_on,
    )


# --- subscriptions ---


def invite(
    app: App, *, email: str, region: PlaceId, lang: str, topics: Sequence[TopicId] = (), by: str = ""
) -> bool:
    """Ask an address by mail to confirm a subscription; False when it is active already.

    `by`: who does this for others, for the log; a reader's own wish is not in it.

    One mail a day and subscription at most, until its link is used.
    Errors: UsageError for a bad address, or without a public address that the link could lead to.
    """
    base = app.settings.reports.public_url
    if not base:
        raise UsageError("reports.public_url is not set, so that no link to confirm can be sent")
    key = signer(app)
    with app.ready_db.begin() as tx:
        now = app.clock()
        held = subscribers.ask_for(tx, email=email, region=region, lang=lang, at=now, topics=topics)
        if held.active:
            return False
        if by:
            audit_log.log_action(tx, by, audit_log.Action.SUBSCRIBER, f"{held.id}: asked to confirm", now)
        subject = str(int(now.timestamp()))
        link = key.address(base, Action.CONFIRM, held.id, subject, now + LIFETIME)
        words = catalogue(lang)
        place = app.register.places[region].name(lang)
        queue_notice(
            tx,
            key=_confirm_key(app, held.id, now),
            address=held.email,
            subject=words.say("confirm.subject", region=place),
            text=words.say("confirm.text", region=place, link=link, name=newsroom_name(app, lang)),
            sender=app.settings.mail.sender,
            at=now,
        )
        return True


def confirm(app: App, ticket: Ticket) -> Subscriber:
    """Have a subscription count. Errors: UsedError."""
    asked_at = datetime.fromtimestamp(int(ticket.allowed.subject or 0), UTC)
    with app.ready_db.begin() as tx:
        now = _use(tx, app, ticket)
        # who leaves and asks again on the same day would else be told of a mail that does not come
        end_key(tx, _confirm_key(app, ticket.reader.id, asked_at), at=now)
        return subscribers.confirm(tx, ticket.reader.id, at=now)


def _confirm_key(app: App, subscriber: int, asked_at: datetime) -> str:
    """What makes a mail that asks to confirm the only one of its day."""
    return f"confirm {subscriber} {asked_at.astimezone(app.zone).date()}"


def change(
    app: App, ticket: Ticket, *, lang: str, topics: Sequence[TopicId], paused_until: date | None
) -> Subscriber:
    """Set language, topics and pause. Errors: UsedError; UsageError as `subscribers.change`."""
    with app.ready_db.begin() as tx:
        _use(tx, app, ticket)
        return subscribers.change(tx, ticket.reader.id, lang=lang, topics=topics, paused_until=paused_until)


def leave(app: App, ticket: Ticket) -> Subscriber:
    """End one subscription. Errors: UsedError."""
    with app.ready_db.begin() as tx:
        _use(tx, app, ticket)
        return subscribers.leave(tx, ticket.reader.id)


def forget(app: App, ticket: Ticket) -> int:
    """Delete the reader's address everywhere; how many subscriptions it had. Errors: UsedError."""
    with app.ready_db.begin() as tx:
        _use(tx, app, ticket)
        return subscribers.forget(tx, ticket.reader.email)


# --- housekeeping ---


def tidy(app: App) -> Counts:
    """Forget what has served: expired links, addresses that nobody confirmed, old notices."""
    now = app.clock()
    with app.ready_db.begin() as tx:
        return Counts(
            links=forget_expired(tx, now=now),
            unconfirmed=subscribers.forget_unconfirmed(tx, before=now - UNCONFIRMED_FOR),
            notices=forget_old(tx, before=now - NOTICES_FOR),
        )
