"""The table of a region: every agreement with its state, filtered and sorted; and exactly that as a sheet."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from monitor.core.errors import UsageError
from monitor.core.views import NAME_LIMIT, View, drop_view, list_views, save_view
from monitor.register.types import Register
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.formats import csv, xlsx
from monitor.reports.phrases import Phrases
from monitor.reports.row_types import Row
from monitor.reports.types import Report
from monitor.web.asked import Asked, FormError, Moved, Raw, RefusedError, Shown, one_line_field
from monitor.web.desk import Desk
from monitor.web.leaf import leaf_of
from monitor.web.pages.account import Option
from monitor.web.sheets import cut
from monitor.web.texts import tally_of, week_line, written_of
from monitor.web.wish import STATES, Wish, chosen, offered, read_wish, wish_of
from monitor.web.words import page_words
from monitor.wiring import App

ROWS_A_PAGE = 40
_TOPICS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One agreement in the table."""

    url: str
    title: str
    title_lang: str
    parties: str
    state: str
    state_code: str
    note: str  # where the state alone would mislead
    sure: str  # how sure it is that fewer than the norm exist; empty where nothing is said
    found: str
    norm: str
    topics: str


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view under a name."""

    id: int
    url: str
    name: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class GapsPage:
    """Everything the table may use."""

    title: str
    when: str
    is_old: bool
    yearly: str
    explain: str  # what the columns hold
    tally: tuple[tuple[str, str, str, bool], ...]  # address, state, number, whether it is the one shown
    regions: tuple[Option, ...]
    scopes: tuple[Option, ...]
    states: tuple[Option, ...]
    topics: tuple[Option, ...]
    kinds: tuple[Option, ...]
    partners: tuple[Option, ...]
    windows: tuple[Option, ...]
    sorts: tuple[Option, ...]
    views: tuple[KeptView, ...]
    query: str  # of what is shown, to be kept under a name
    name_limit: int
    error: str
    lines: tuple[Line, ...]
    shown: str  # how many of how many
    before_url: str
    after_url: str
    sheet_url: str
    book_url: str


def gaps_page(app: App, asked: Asked, desk: Desk) -> Shown | Moved:
    """The table as the address asks for it; a POST keeps or forgets a view of it."""
    if not asked.is_post:
        return _shown(app, asked, desk, read_wish(app, asked))
    wish = wish_of(app, dict(parse_qsl(asked.field("query"))))
    try:
        _keep(app, asked, wish)
    except FormError as error:
        return _shown(app, asked, desk, wish, error=str(error))
    return Moved(f"/gaps?{wish.query()}&lang={asked.lang}")


def sheet_page(app: App, asked: Asked, desk: Desk) -> Raw:
    """The rows of the same address, all pages of them, as CSV."""
    report = _cut(app, asked, desk)
    return Raw(csv.render(report), csv.MEDIA_TYPE, file_name=f"{report.id}{csv.SUFFIX}")


def book_page(app: App, asked: Asked, desk: Desk) -> Raw:
    """The same rows as a workbook, with their articles."""
    report = _cut(app, asked, desk)
    return Raw(xlsx.render(report), xlsx.MEDIA_TYPE, file_name=f"{report.id}{xlsx.SUFFIX}")


def _cut(app: App, asked: Asked, desk: Desk) -> Report:
    wish = read_wish(app, asked)
    report = desk.latest(app, wish.region, asked.lang)
    return cut(report, chosen(report, app.register, wish))


def _keep(app: App, asked: Asked, wish: Wish) -> None:
    words, user = page_words(asked.lang), asked.user
    if user is None:
        raise RefusedError("not_yours", 403)
    with app.ready_db.begin() as tx:
        view = asked.field("drop")
        if view:
            drop_view(tx, user.id, int(view[:9]) if view.isascii() and view.isdigit() else 0)
            return
        try:
            save_view(tx, user.id, name=one_line_field(asked, "name"), query=wish.query(), at=app.clock())
        except UsageError as error:
            raise FormError(words, "no_view", limit=NAME_LIMIT) from error


def _shown(app: App, asked: Asked, desk: Desk, wish: Wish, *, error: str = "") -> Shown:
    report, is_old = desk.report(app, wish.region, asked.lang)
    rows = chosen(report, app.register, wish)
    words, pages = catalogue(asked.lang), page_words(asked.lang)
    weeks = Phrases(words).weeks_for(report.method.watched_weeks)
    leaf = leaf_of(rows, wish.page, ROWS_A_PAGE)
    wish = replace(wish, page=leaf.number)
    page = GapsPage(
        title=pages.say("gaps.title", region=report.region_name),
        when=week_line(report, pages),
        is_old=is_old,
        yearly=_yearly(report, weeks, pages),
        explain=pages.say("gaps.explain", weeks=weeks),
        tally=_tally(report, app.register, wish, words),
        **offered(app, report, wish, words, pages),
        views=_views(app, asked, wish),
        query=wish.query(page=1),
        name_limit=NAME_LIMIT,
        error=error,
        lines=tuple(_line(row, wish, words) for row in leaf.rows),
        shown=pages.say("gaps.shown", part=leaf.span, total=pages.count("n.rows", len(rows))),
        before_url=f"/gaps?{wish.query(page=wish.page - 1)}" if leaf.has_before else "",
        after_url=f"/gaps?{wish.query(page=wish.page + 1)}" if leaf.has_after else "",
        sheet_url=f"/gaps.csv?{wish.query(page=1)}",
        book_url=f"/gaps.xlsx?{wish.query(page=1)}",
    )
    return Shown("gaps", page, 422 if error else 200)


def _views(app: App, asked: Asked, wish: Wish) -> tuple[KeptView, ...]:
    if asked.user is None:
        return ()
    with app.ready_db.reading() as tx:
        held: tuple[View, ...] = list_views(tx, asked.user.id)
    return tuple(
        KeptView(one.id, f"/gaps?{one.query}", one.name, one.query == wish.query(page=1)) for one in held
    )


def _tally(
    report: Report, register: Register, wish: Wish, words: Catalogue
) -> tuple[tuple[str, str, str, bool], ...]:
    """How many rows of each state the other filters leave."""
    rows = chosen(report, register, replace(wish, state=""))
    return tuple(
        (
            f"/gaps?{wish.query(state=state, page=1)}",
            *tally_of(rows, state, words),
            wish.state == state,
        )
        for state in STATES
    )


def _yearly(report: Report, weeks: str, pages: Catalogue) -> str:
    now = report.yearly.now
    if now is None:
        return pages.say("gaps.no_yearly")
    return pages.say(
        "gaps.yearly",
        weeks=weeks,
        n=pages.number(now.n),
        of=pages.count("n.agreements", now.of),
        lo=pages.percent(now.lo),
        hi=pages.percent(now.hi),
    )


def _line(row: Row, wish: Wish, words: Catalogue) -> Line:
    phrases, member = Phrases(words), row.members[0]
    says = row.state not in ("unmeasured", "not_due")
    return Line(
        url=f"/family/{row.family}?{urlencode({'region': wish.region})}",
        title=member.title,
        title_lang=member.title_lang,
        parties=phrases.sides(row),
        state=words.coded("state", row.state),
        state_code=row.state,
        note=written_of(row, words),
        sure=words.percent(row.certainty.p_gap) if says else "",
        found=words.number(row.counted.originals),
        norm=words.number(row.watched.norm),
        topics="; ".join(_first_topics(row.topic_titles, words)),
    )


def _first_topics(titles: tuple[str, ...], words: Catalogue) -> tuple[str, ...]:
    """Two of the topics, and how many more there are; apart by semicolons: titles hold commas and "and"."""
    left = len(titles) - _TOPICS_SHOWN
    return (*titles[:_TOPICS_SHOWN], words.say("more", n=words.number(left))) if left > 0 else titles
