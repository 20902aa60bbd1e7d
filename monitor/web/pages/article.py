"""One article: its text with the words that prove its links, its topics, its copies and the way it took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.ids import ArticleId, SourceId
from monitor.linking.whole import Copy, FoundLink, WholeArticle, find_article
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.withhold import Withholding
from monitor.web.asked import Asked, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.marks import Piece, Span, paragraphs_of, whole
from monitor.web.texts import family_title, place_name, safe, topic_name, withholding_of
from monitor.web.words import page_words
from monitor.wiring import App

_TITLE = 500  # characters shown
_PARAGRAPHS = 60


@dataclass(frozen=True, slots=True)
class Linked:
    """One family that the article was found to be about."""

    url: str
    title: str
    title_lang: str
    sure: str
    counts: bool  # false: below what counts as covered


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the article."""

    title: str
    sure: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class Other:
    """A copy of the story, or where it came from."""

    url: str
    note: str
    is_origin: bool


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Everything the page of an article may use."""

    title: tuple[Piece, ...]
    lang: str
    note: str
    url: str
    verdict: str
    links: tuple[Linked, ...]
    topics: tuple[Topic, ...]
    paragraphs: tuple[tuple[Piece, ...], ...]
    is_cut: bool
    copies: tuple[Other, ...]
    way: tuple[tuple[str, str, str], ...]  # day, stage, what became of it
    translations: tuple[Other, ...] = ()


def article_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """The article that the address names."""
    article, withholding = seen_article(app, asked.path["article"], asked.lang)
    return Shown("article", told_article(app, article, withholding, asked.lang))


def seen_article(app: App, number: str, lang: str) -> tuple[WholeArticle, Withholding]:
    """The article with a number, and what may be told of it.

    Errors: RefusedError where there is none, and for one of an outlet that may not be named.
    """
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        raise RefusedError("not_found", 404)
    with app.ready_db.reading() as tx:
        article = find_article(tx, ArticleId(int(number)))
    if article is None:
        raise RefusedError("not_found", 404)
    withholding = withholding_of(app, catalogue(lang))
    if not (withholding.may_name(article.source) and withholding.link(article.url)):
        raise RefusedError("withheld", 403)
    return article, withholding


def told_article(app: App, article: WholeArticle, withholding: Withholding, lang: str) -> ArticlePage:
    """The page of an article."""
    words, pages = catalogue(lang), page_words(lang)
    marks = {field: _spans(app, article, field, lang) for field in ("title", "text")}
    paragraphs = paragraphs_of(article.text, marks["text"])
    return ArticlePage(
        title=safe(whole(article.title, marks["title"], _TITLE), withholding),
        lang=article.lang,
        note=_note(app, article.source, article.published_at, withholding, words),
        url=withholding.link(article.url),
        verdict=pages.say(f"article.label_{_label(article)}"),
        links=tuple(_linked(app, link, words) for link in article.links),
        topics=tuple(_topics(app, article, words)),
        paragraphs=tuple(safe(one, withholding) for one in paragraphs[:_PARAGRAPHS]),
        is_cut=len(paragraphs) > _PARAGRAPHS,
        copies=tuple(_others(app, article.copies, withholding, words)),
        way=tuple(
            (
                pages.day(step.at.astimezone(app.zone).date()),
                pages.say(f"article.stage_{step.stage}"),
                pages.coded("lost_reason", step.reason) if step.reason != "ok" else pages.say("article.ok"),
            )
            for step in article.way
        ),
        translations=tuple(_others(app, article.translations, withholding, words)),
    )


def _label(article: WholeArticle) -> str:
    return {True: "yes", False: "no", None: "open"}[article.label]


def _spans(app: App, article: WholeArticle, field: str, lang: str) -> list[Span]:
    found = {
        (e.start, e.end): Span(e.start, e.end, place_name(app, e.place, lang))
        for link in article.links
        for e in link.evidence
        if e.field == field
    }
    return list(found.values())


def _linked(app: App, link: FoundLink, words: Catalogue) -> Linked:
    title, title_lang = family_title(app, link.family, words)
    counts = link.p >= app.link_model.link_at
    return Linked(f"/family/{link.family}", title, title_lang, words.percent(link.p), counts)


def _topics(app: App, article: WholeArticle, words: Catalogue) -> list[Topic]:
    shown = [tag for tag in article.tags if tag.is_published or tag.p >= 0.2][:8]
    return [
        Topic(topic_name(app, tag.topic, words.lang), words.percent(tag.p), tag.is_published) for tag in shown
    ]


def _others(app: App, others: Sequence[Copy], withholding: Withholding, words: Catalogue) -> list[Other]:
    return [
        Other(
            f"/article/{copy.article}",
            _note(app, copy.source, copy.published_at, withholding, words),
            copy.is_origin,
        )
        for copy in others
        if withholding.may_name(copy.source)
    ]


def _note(app: App, source: SourceId, at: datetime | None, withholding: Withholding, words: Catalogue) -> str:
    day = words.day(at.astimezone(app.zone).date()) if at else ""
    return words.say("separator").join(part for part in (withholding.name(source), day) if part)
