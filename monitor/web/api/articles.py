"""Articles: those that a region's table counts, one with all that was made of it, and the search."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.exceptions import HTTPException

from monitor.articles.search_store import TooWideError
from monitor.articles.search_words import MOST_LETTERS
from monitor.core.api_tokens import Scope
from monitor.core.ids import SourceId
from monitor.linking.whole import Copy
from monitor.reports.catalogue import catalogue
from monitor.reports.plain import one_line
from monitor.reports.withhold import Withholding
from monitor.web.api.answers import ArticleAnswer, ArticlesAnswer, FoundAnswer, SearchAnswer
from monitor.web.api.doors import Standing, needs, refuse_unknown
from monitor.web.api.paging import MOST, USUAL, Asking, Part, part_of
from monitor.web.api.tables import Lang, Region, shown_proofs, table_of
from monitor.web.marks import Piece, whole
from monitor.web.pages.article import seen_article, told_article
from monitor.web.pages.search import read_wish
from monitor.web.texts import safe, withholding_of
from monitor.wiring.searching import Hit, reach_of, search

router = APIRouter(dependencies=[Depends(needs(Scope.ARTICLES)), Depends(refuse_unknown)], tags=["articles"])
Text = Annotated[str, Query(max_length=120)]
_DIGITS = 17  # of a place in the order of the search
_TITLE = 300


@router.get("/articles")
def articles(standing: Standing, asking: Asking, region: Region = "", lang: Lang = "ru") -> ArticlesAnswer:
    """The articles that a region's table counts, newest number first."""
    report, table = table_of(standing, region, lang)
    shown = sorted(shown_proofs(standing, report, list(report.articles)), key=lambda proof: -proof.article)
    part, onward = part_of(shown, lambda proof: str(proof.article), asking)
    return ArticlesAnswer(table, len(shown), len(report.articles) - len(shown), part, onward)


@router.get("/articles/{article}")
def article(
    standing: Standing, article: Annotated[int, Path(ge=1, lt=10**11)], lang: Lang = "ru"
) -> ArticleAnswer:
    """One article: its text, topics, links with the words that prove them, copies and its way."""
    app = standing.app
    held, withholding = seen_article(app, str(article), lang)
    told = told_article(app, held, withholding, lang)

    def named(others: tuple[Copy, ...]) -> tuple[Copy, ...]:
        return tuple(one for one in others if withholding.may_name(one.source))

    return ArticleAnswer(
        id=held.id,
        source=held.source,
        outlet=withholding.name(held.source),
        url=told.url,
        title=_text(told.title),
        lang=held.lang,
        published_at=held.published_at,
        is_cooperation=held.label,
        paragraphs=tuple(_text(one) for one in told.paragraphs),
        is_cut=told.is_cut,
        topics=held.tags,
        links=held.links,
        counts_from=app.link_model.link_at,
        copies=named(held.copies),
        translations=named(held.translations),
        way=held.way,
    )


def read_query(
    q: Annotated[str, Query(max_length=MOST_LETTERS, description="Words in any form")] = "",
    outlet: Text = "",
    region: Text = "",
    topic: Text = "",
    agreement: Text = "",
    written: Literal["", "ru", "be", "uk", "pl", "de", "en", "lt", "lv", "zh"] = "",
    since: date | None = None,
    until: date | None = None,
    cooperation: Literal["", "yes", "other"] = "",
    after: Annotated[str, Query(pattern=rf"^[0-9]{{0,{_DIGITS}}}$", description="As `next` has it")] = "",
) -> dict[str, str]:
    """What is looked for, by the names of the page's fields."""
    given = {
        "q": q,
        "outlet": outlet,
        "region": region,
        "topic": topic,
        "agreement": agreement,
        "written": written,
        "from": since.isoformat() if since else "",
        "to": until.isoformat() if until else "",
        "cooperation": cooperation,
        "before": after,
    }
    return {name: one_line(value, MOST_LETTERS) for name, value in given.items()}


@router.get("/search")
def found(
    standing: Standing,
    request: Request,
    query: Annotated[dict[str, str], Depends(read_query)],
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
    lang: Lang = "ru",
) -> SearchAnswer:
    """Articles that are looked for, the latest day first, in outlets that may be named."""
    app = standing.app
    withholding = withholding_of(app, catalogue(lang))
    wish, strange = read_wish(app, query, withholding)
    if strange or (query["topic"] and not wish.topic):
        raise HTTPException(404, f"{strange or 'topic'}: there is no such")
    if wish.is_empty:  # as the page: nothing is looked for, so nothing is found
        return SearchAnswer((), None, reach_of(app))
    try:
        _, hits = search(app, wish, limit=limit + 1)
    except TooWideError as error:
        raise HTTPException(422, "too many words begin like this") from error
    part = hits[:limit]
    shown = [hit for hit in part if withholding.may_name(hit.source_id) and withholding.link(hit.url)]
    onward = Part("", limit, request).onward(str(part[-1].position)) if len(hits) > limit else None
    return SearchAnswer(tuple(_found(hit, withholding) for hit in shown), onward, reach_of(app))


def _found(hit: Hit, withholding: Withholding) -> FoundAnswer:
    return FoundAnswer(
        id=hit.id,
        source=SourceId(hit.source_id),
        outlet=withholding.name(hit.source_id),
        url=withholding.link(hit.url),
        title=_text(safe(whole(hit.title, (), _TITLE), withholding)),
        lang=hit.lang,
        on=hit.on,
    )


def _text(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)
