"""The search of one installation: its words, its index, its sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa

from monitor.articles.lemmas import FILE, Lemmas, Readings, load_endings
from monitor.articles.search import index_due
from monitor.articles.search_marks import Mark
from monitor.articles.search_store import Asked, Reach, find, reach, texts_of
from monitor.articles.search_words import Question, facet, read_question
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.ids import ArticleId, FamilyId, PageUrl, SourceId
from monitor.core.progress import Progress, silent
from monitor.core.runs import current_version
from monitor.linking.effective import linked
from monitor.wiring.app import App

_LIKELY = 0.02  # share of a word's readings: rarer ones bring more chance hits than finds

_AT_ONCE = 20_000  # articles in a run, about a minute: other work of the lane waits for it


@lru_cache(maxsize=1)
def russian() -> Readings:
    """Normal forms by the dictionary, the likeliest first."""
    import pymorphy3  # 0.1 s and 20 MB: only where something is searched

    analyzer: Any = pymorphy3.MorphAnalyzer()

    def readings(word: str) -> Sequence[str]:
        found: dict[str, float] = {}
        for one in analyzer.parse(word):  # one reading a case and number: those of a word count together
            found[one.normal_form] = found.get(one.normal_form, 0.0) + one.score
        return [form for form, share in sorted(found.items(), key=lambda pair: -pair[1]) if share >= _LIKELY]

    return readings


def lemmas(app: App) -> Lemmas:
    """What brings words to one form; tables of this home, of the program where it has none. Made once."""
    held: Lemmas | None = app.__dict__.get("_lemmas")
    if held is None:
        tables, mark = load_endings(app.home.config_file(FILE))
        held = app.__dict__["_lemmas"] = Lemmas(tables, russian(), f"{mark} {version('pymorphy3-dicts-ru')}")
    return held


def index(app: App, progress: Progress = silent) -> Counts:
    """Have the search read articles that it does not know, so many at once. Counts: indexed, forgotten."""
    return index_due(db=app.ready_db, lemmas=lemmas(app), zone=app.zone, limit=_AT_ONCE, progress=progress)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. Empty fields narrow nothing."""

    text: str = ""
    outlets: tuple[SourceId, ...] = ()  # of these one
    not_outlets: tuple[SourceId, ...] = ()
    topic: str = ""
    family: FamilyId | None = None
    lang: str = ""
    from_on: date | None = None
    to_on: date | None = None
    cooperation: bool | None = None  # False: everything else, also what nobody has judged yet
    before: int | None = None  # position of the last article that was shown

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return not (self.text or self.outlets or self.topic or self.family or self.lang) and (
            self.cooperation is None and self.from_on is None and self.to_on is None
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that was found."""

    position: int
    id: ArticleId
    source_id: SourceId
    url: PageUrl
    title: str
    text: str
    lang: str
    on: date  # published, else first seen; of the newsroom


def search(app: App, wish: Wish, *, limit: int) -> tuple[Question, list[Hit]]:
    """The articles that are looked for, the latest day first, and what their texts are marked by."""
    question = read_question(wish.text, lemmas(app), wish.lang)
    if wish.text and not question.clauses:
        return question, []
    with app.ready_db.reading() as tx:
        places = find(tx, _asked(tx, app, wish, question), limit=limit)
        held = texts_of(tx, [article for _, article in places])
    return question, [_hit(app, place, held[article]) for place, article in places]


def reach_of(app: App) -> Reach:
    """How far the index has come; what it lacks cannot be found."""
    with app.ready_db.reading() as tx:
        return reach(tx)


def _asked(tx: Tx, app: App, wish: Wish, question: Question) -> Asked:
    facets = []
    if wish.outlets:
        facets.append(tuple(facet("outlet", one) for one in wish.outlets))
    if wish.lang:
        facets.append((facet("lang", wish.lang),))
    among, marks = narrowing(tx, wish, min_p=app.link_model.link_at)
    return Asked(
        question=question,
        facets=tuple(facets),
        not_facets=tuple(facet("outlet", one) for one in wish.not_outlets),
        from_on=wish.from_on,
        to_on=wish.to_on,
        before=wish.before,
        among=tuple(among),
        marks=tuple(marks),
    )


def narrowing(tx: Tx, wish: Wish, *, min_p: float) -> tuple[list[sa.Select[tuple[int]]], list[Mark]]:
    """Queries of the ids that a wish is about, and what must hold of them. `min_p`: of a link that counts."""
    tag, link = current_version(tx, "tag"), current_version(tx, "link")
    among: list[sa.Select[tuple[int]]] = []
    version, marks = tag.id if tag else 0, list[Mark]()
    if wish.family:
        links = linked(link.id if link else 0)
        counts = links.c.p >= min_p
        among.append(sa.select(links.c.article_id).where(links.c.family_id == wish.family, counts))
    if wish.topic:
        marks.append(Mark(version, wish.topic))
    if wish.cooperation is not None:
        marks.append(Mark(version, is_wanted=wish.cooperation))
    return among, marks


def _hit(app: App, position: int, row: sa.RowMapping) -> Hit:
    at = row["published_at"] or row["first_seen_at"]
    kept = {name: row[name] for name in ("id", "source_id", "url", "title", "text", "lang")}
    return Hit(position=position, on=at.astimezone(app.zone).date(), **kept)
