"""Who did what: the log of the newsroom's pages, newest first."""

from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.core.audit_log import Action, Logged, list_actions
from monitor.reports.catalogue import Catalogue
from monitor.web.asked import Asked, Shown
from monitor.web.codes import subject_of, who_did
from monitor.web.desk import Desk
from monitor.web.pages.account import Option
from monitor.web.words import moment, page_words
from monitor.wiring import App

ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that somebody did."""

    when: str
    who: str
    role: str
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """Everything the page may use."""

    kept: str
    who: str
    actions: tuple[Option, ...]
    rows: tuple[Done, ...]
    after_url: str


def log_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """The log, of one person or one kind of thing where the address says so."""
    words, who = page_words(asked.lang), asked.query.get("who", "").strip()[:120]
    action = next((one for one in Action if one.value == asked.query.get("action")), None)
    before = asked.query.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 12 else None
    with app.ready_db.reading() as tx:
        rows = list_actions(tx, limit=ROWS_A_PAGE + 1, before=start, who=who, action=action)
    part, days = rows[:ROWS_A_PAGE], app.settings.keeping.audit_log_days
    query = {"who": who, "action": action.value if action else "", "lang": asked.lang}
    more = {**{key: value for key, value in query.items() if value}, "before": part[-1].id if part else 0}
    return Shown(
        "log",
        LogPage(
            kept=words.count("n.log_days", days) if days else words.say("log.kept_for_ever"),
            who=who,
            actions=(
                Option("", words.say("log.any"), action is None),
                *(Option(one.value, words.coded("action", one), one is action) for one in Action),
            ),
            rows=tuple(_done(app, row, words) for row in part),
            after_url=f"/log?{urlencode(more)}" if len(rows) > ROWS_A_PAGE else "",
        ),
    )


def _done(app: App, row: Logged, words: Catalogue) -> Done:
    return Done(
        when=moment(words, row.at.astimezone(app.zone)),
        who=who_did(words, row.who),
        role=words.say(f"role.{row.role}") if row.role else "",
        action=words.coded("action", row.action),
        subject=subject_of(app, row, words.lang),
    )
