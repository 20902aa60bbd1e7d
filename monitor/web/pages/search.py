"""The search over articles: what was found, with the words that were looked for. The address holds it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from monitor.articles.search_store import Reach, TooWideError
from monitor.articles.search_words import MOST_LETTERS, Question, find_words
from monitor.core.ids import AgreementId, PlaceId, SourceId
from monitor.core.text import shorten
from monitor.crawl.types import Source
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.plain import one_line
from monitor.reports.withhold import Withholding
from monitor.web.asked import Asked, Shown
from monitor.web.desk import Desk
from monitor.web.marks import Piece, Span, excerpts, whole
from monitor.web.pages.account import Option
from monitor.web.texts import alphabetical, safe, topic_title, withholding_of
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.reporting import regions
from monitor.wiring.searching import Hit, Wish, lemmas, reach_of, search

HITS_A_PAGE = 20
_TITLE, _BEGINNING, _EXCERPTS, _MARKS = 300, 240, 2, 12
_NARROWING = ("outlet", "region", "topic", "written", "cooperation", "agreement", "from", "to")
_LANGS = ("ru", "be", "uk", "pl", "de", "en", "lt", "lv", "zh")


@dataclass(frozen=True, slots=True)
class Found:
    """One article that was found."""

    url: str
    title: tuple[Piece, ...]
    lang: str
    note: str
    excerpts: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything the page may use."""

    text: str
    outlets: tuple[Option, ...]
    regions: tuple[Option, ...]
    topics: tuple[Option, ...]
    langs: tuple[Option, ...]
    cooperation: tuple[Option, ...]
    agreement: str
    from_on: str
    to_on: str
    is_narrowed: bool  # by anything but words
    note: str  # what was made of the question; empty before one was asked
    hits: tuple[Found, ...]
    after_url: str


def search_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """The form, and what the address asks for. Outlets that may not be named are not looked into."""
    words, pages = catalogue(asked.lang), page_words(asked.lang)
    withholding = withholding_of(app, words)
    query = {key: one_line(value[:MOST_LETTERS], MOST_LETTERS) for key, value in asked.query.items()}
    wish, strange = read_wish(app, query, withholding)
    question, hits = Question(), list[Hit]()
    if not (wish.is_empty or strange):
        try:
            question, hits = search(app, wish, limit=HITS_A_PAGE + 1)
        except TooWideError:
            strange = "end"
    part = hits[:HITS_A_PAGE]
    shown = [hit for hit in part if withholding.may_name(hit.source_id) and withholding.link(hit.url)]
    return Shown(
        "search",
        SearchPage(
            text=query.get("q", ""),
            **_filters(app, query, withholding, words, pages),
            agreement=query.get("agreement", ""),
            from_on=query.get("from", ""),
            to_on=query.get("to", ""),
            is_narrowed=any(query.get(field) for field in _NARROWING),
            note=_note(app, wish, strange, question, shown, pages),
            hits=tuple(_found(app, hit, question, withholding, pages) for hit in shown),
            after_url=_after(query, part[-1].position) if len(hits) > HITS_A_PAGE else "",
        ),
    )


def read_wish(app: App, query: Mapping[str, str], withholding: Withholding) -> tuple[Wish, str]:
    """What an address asks for, and the name of a field that cannot be read, empty where all can."""
    may = {source.id: source for source in app.sources if withholding.may_name(source.id)}
    outlets = [key for key in may if _is_wanted(may[key], query)]
    if not outlets:
        return Wish(), "outlet"
    narrows = bool(query.get("outlet") or query.get("region"))
    topic, agreement, before = query.get("topic", ""), query.get("agreement", ""), query.get("before", "")
    family = app.register.family_of.get(AgreementId(agreement.upper()))
    days: dict[str, date | None] = {}
    for field in ("from", "to"):
        try:
            days[field] = date.fromisoformat(query[field]) if query.get(field) else None
        except ValueError:
            return Wish(), "day"
    if agreement and not family:
        return Wish(), "agreement"
    wish = Wish(
        text=query.get("q", ""),
        outlets=tuple(outlets) if narrows else (),
        not_outlets=() if narrows else tuple(s.id for s in app.sources if s.id not in may),
        topic=topic if topic in app.register.topics else "",
        family=family,
        lang=query.get("written", "") if query.get("written") in _LANGS else "",
        from_on=days["from"],
        to_on=days["to"],
        cooperation={"yes": True, "other": False}.get(query.get("cooperation", "")),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )
    return wish, ""


def _is_wanted(source: Source, query: Mapping[str, str]) -> bool:
    is_outlet = query.get("outlet", "") in ("", source.id)
    return is_outlet and query.get("region", "") in ("", source.region)


def _note(app: App, wish: Wish, strange: str, question: Question, hits: list[Hit], pages: Catalogue) -> str:
    if strange:
        return pages.say(f"search.no_{strange}")
    if wish.is_empty:
        return ""
    if wish.from_on and wish.to_on and wish.from_on > wish.to_on:
        return pages.say("search.no_order")
    if wish.text and not question.clauses:
        return pages.say("search.no_words")
    reach = reach_of(app)
    if reach is Reach.EMPTY and not hits:
        return pages.say("search.index_empty")
    said = [] if hits else [pages.say("search.none")]
    return " ".join([*said, pages.say("search.index_behind")] if reach is not Reach.WHOLE else said)


def _after(query: Mapping[str, str], position: int) -> str:
    kept = {key: value for key, value in query.items() if value}
    return f"/search?{urlencode({**kept, 'before': position})}"


def _filters(
    app: App, query: Mapping[str, str], withholding: Withholding, words: Catalogue, pages: Catalogue
) -> dict[str, tuple[Option, ...]]:
    places, any_one = app.register.places, pages.say("gaps.any")
    names = {source.id: withholding.name(source.id) for source in app.sources}
    topics = {str(key): topic_title(topic, words.lang) for key, topic in app.register.topics.items()}

    def options(field: str, offered: Mapping[str, str]) -> tuple[Option, ...]:
        chosen = query.get(field, "")
        ordered = sorted(offered.items(), key=lambda pair: alphabetical(pair[1]))
        every = [Option(value, text, value == chosen) for value, text in ordered if text]
        return (Option("", any_one, not any(one.is_chosen for one in every)), *every)

    return {
        "outlets": options("outlet", {str(key): name for key, name in names.items()}),
        "regions": options(
            "region", {str(key): places[PlaceId(key)].name(words.lang) for key in regions(app)}
        ),
        "topics": options("topic", topics),
        "langs": options("written", {lang: pages.say(f"search.in_{lang}") for lang in _LANGS}),
        "cooperation": options(
            "cooperation", {key: pages.say(f"search.cooperation_{key}") for key in ("yes", "other")}
        ),
    }


def _found(app: App, hit: Hit, question: Question, withholding: Withholding, pages: Catalogue) -> Found:
    def spans(text: str) -> list[Span]:
        words = find_words(lemmas(app), text, hit.lang, question, most=_MARKS)
        return [Span(start, end, pages.say("search.mark")) for start, end in words]

    marked = spans(hit.text)
    beginning = whole(shorten(hit.text, _BEGINNING), (), _BEGINNING)
    shown = excerpts(hit.text, marked)[:_EXCERPTS] if marked else (beginning,)
    outlet = withholding.name(SourceId(hit.source_id)) or pages.say("unnamed")
    return Found(
        url=f"/article/{hit.id}",
        title=safe(whole(hit.title, spans(hit.title), _TITLE), withholding) or (Piece(str(hit.id)),),
        lang=hit.lang,
        note=f"{outlet}, {pages.day(hit.on)}",
        excerpts=tuple(safe(one, withholding) for one in shown if one),
    )
