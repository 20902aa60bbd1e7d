"""Texts that are copies of one another and texts that only seem so, and a newsroom to put them in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from monitor.articles.clusters import assign_cluster
from monitor.articles.tables import articles
from monitor.core.db import Db, Tx
from monitor.crawl.tables import sources

NOON = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MARKS = ("сообщает агентство «",)
LEAD = "Делегация Псковского района посетила Могилёв и подписала план совместных дел на следующий год."
BODY = (
    "Стороны договорились об обмене школьниками, о двух ярмарках и об общем фестивале народных ремёсел. "
    "Глава района осмотрел новый молочный комплекс и предложил поставлять корма из соседней области. "
    "Первая поездка учителей намечена на весну, расходы разделят поровну между бюджетами районов."
)
WHOLE = LEAD + " " + BODY
OTHER = (
    "В Могилёв приехали гости из Псковского района: в программе встреча с учителями и посещение фермы. "
    "Как сказал председатель исполкома, о ярмарках речь пойдёт позже, сначала надо составить смету. "
    "Концерт для делегации дали воспитанники школы искусств, зал был полон и долго аплодировал."
)


def cut(text: str, share: float) -> str:
    """The first words of a text."""
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


@dataclass(frozen=True, slots=True)
class Story:
    """One article: its source, its text, and when it came out, in hours from noon."""

    name: str
    source: str
    title: str
    text: str
    hours: float


def open_newsroom(tx: Tx) -> None:
    """Two agencies and four papers."""
    kinds = {"agency": "national_agency", "wire": "national_agency", "daily": "regional_daily"}
    for name in (*kinds, "paper", "weekly", "city"):
        kind = kinds.get(name, "district_paper")
        row = {"id": name, "name": name, "kind": kind, "country": "BY", "region": "by-mogilev-region"}
        tx.execute(sa.insert(sources).values(**row, enabled=True, known_since=NOON, doc={}))


def put(tx: Tx, article: int, story: Story, *, add: bool = True) -> None:
    """The story comes in under this id and is put among its copies; without `add` once more."""
    at = NOON + timedelta(hours=story.hours)
    if add:
        url = f"http://{story.source}/{story.name}"
        tx.execute(
            sa.insert(articles).values(
                id=article, source_id=story.source, url=url, listed_url=url, state="ready", title=story.title,
                text=story.text, published_at=at, first_seen_at=at, is_origin=False,
            )
        )  # fmt: skip
    assign_cluster(tx, article_id=article, title=story.title, text=story.text, published_at=at, marks=MARKS)


def told(db: Db, names: Iterable[str]) -> dict[str, tuple[frozenset[str], bool]]:
    """Per story the stories of its cluster and whether it is the origin. `names`: by article id, from 1."""
    name_of = dict(enumerate(names, 1))
    with db.begin() as tx:
        rows = tx.execute(sa.select(articles.c.id, articles.c.cluster_id, articles.c.is_origin)).all()
    groups: dict[int, set[int]] = {}
    for row in rows:
        groups.setdefault(row.cluster_id, set()).add(row.id)
    if any(min(group) != cluster for cluster, group in groups.items()):
        raise AssertionError(f"a cluster is not named after its smallest member: {groups}")
    return {
        name_of[row.id]: (frozenset(name_of[a] for a in groups[row.cluster_id]), row.is_origin)
        for row in rows
    }
