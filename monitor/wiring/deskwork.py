"""What the newsroom does from its own pages: each a transaction that also writes who did it into the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core.accounts import User
from monitor.core.audit_log import Action, log_action
from monitor.core.ids import ArticleId, FamilyId, PlaceId, Week
from monitor.gaps.answers import Answer, AnswerKind, add_answer
from monitor.gaps.missed import Lost
from monitor.linking.store import forget_linking
from monitor.reports import subscribers
from monitor.reports.subscribers import Subscriber
from monitor.wiring import answers
from monitor.wiring.app import App


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """An answer to a row as somebody at the desk gives it. `wrong`: articles that are not about it."""

    kind: AnswerKind
    family: FamilyId
    region: PlaceId
    week: Week
    note: str = ""
    remind_on: date | None = None
    wrong: Sequence[ArticleId] = ()


def answer(app: App, user: User, said: RowAnswer) -> Answer:
    """Record an answer to a row; articles that are wrong stop counting at once.

    Errors: UsageError as `add_answer`.
    """
    now = app.clock()
    with app.ready_db.begin() as tx:
        saying = Saying(CorrectionKind.LINK_REMOVE, said.family)
        for article in said.wrong:
            corrections.add(tx, article, [saying], who=user.name, at=now, note=said.note)
            forget_linking(tx, article)
            log_action(tx, user, Action.CORRECTION, f"{article}: {saying.kind.value} {saying.value}", now)
        made = add_answer(
            tx,
            kind=said.kind,
            family=said.family,
            who=user.name,
            at=now,
            today=app.today(),
            region=said.region,
            week=said.week,
            note=said.note,
            remind_on=said.remind_on,
        )
        if made.at == now:  # else it was said before
            log_action(tx, user, Action.ANSWER, f"{said.family}: {said.kind.value}", now)
        return made


def missed(app: App, user: User, *, url: str, print_only: str, agreement: str) -> Lost:
    """Where a story that somebody names was lost. Errors: UsageError as `answers.missed`."""
    return answers.missed(app, url=url, print_only=print_only, agreement=agreement, who=user.name, by=user)


def pause(app: App, user: User, subscriber: int, until: date | None) -> Subscriber:
    """Have no report go to a subscription before a day; None: every week again. Errors: UsageError."""
    with app.ready_db.begin() as tx:
        held = subscribers.get_subscriber(tx, subscriber)
        made = subscribers.change(tx, subscriber, lang=held.lang, topics=held.topics, paused_until=until)
        log_action(tx, user, Action.SUBSCRIBER, f"{subscriber}: paused until {until or '-'}", app.clock())
        return made


def end(app: App, user: User, subscriber: int) -> Subscriber:
    """End a subscription and what waits for it. Errors: UsageError when there is none."""
    with app.ready_db.begin() as tx:
        held = subscribers.leave(tx, subscriber)
        log_action(tx, user, Action.SUBSCRIBER, f"{subscriber}: ended", app.clock())
        return held
