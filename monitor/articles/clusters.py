"""Clusters of copies in the database: which articles are one story, which of them is the original, who has it
from whom. `dedupe` says which pairs are copies, `grouping` makes stories of the pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.articles import lookup
from monitor.articles.dedupe import MEETING, Reading, closeness, compare, has_mark, read, sketch
from monitor.articles.grouping import (
    Printed,
    Step,
    Tie,
    chain_of,
    changes_no_other,
    origin_of,
    stories,
)
from monitor.articles.store import hold_copies
from monitor.articles.tables import DATED, articles, copy_ties
from monitor.articles.translated import link_translations, unlink_translations
from monitor.articles.translations import fact_keys, facts_in_order
from monitor.core.db import Tx

_MAX_CANDIDATES = 30  # the closest first; the fortieth reprint needs no more to join the others
_AGENCY = "national_agency"
# The sources room lies above this one, so its table is named here, not imported.
_sources = sa.table("sources", sa.column("id", sa.String), sa.column("kind", sa.String))


@dataclass(frozen=True, slots=True)
class _Comer:
    id: int
    source_id: str
    reading: Reading
    published_at: datetime
    is_marked: bool


def assign_cluster(
    tx: Tx, *, article_id: int, title: str, text: str, published_at: datetime, marks: Sequence[str] = ()
) -> int:
    """The id of the article's cluster, after storing its sketch, its copies, the cluster and its origin.

    A cluster's id is the smallest article id in it, so it may change while copies come in. Doing it again
    with the same text changes nothing, and neither does the order in which articles come. Translations are
    linked as well (`translated`). The article's row must exist with its source and language.
    `published_at`: the date the row has or is about to get; `marks`: phrases that credit another outlet.
    Writes `cluster_id`, `is_origin` and `is_marked` and nothing else of an article.
    """
    hold_copies(tx)  # of two copies that come at once, each would be an original
    known = sa.select(articles.c.cluster_id, articles.c.source_id, articles.c.lang)
    row = tx.execute(known.where(articles.c.id == article_id)).one()
    left = frozenset[int]() if row.cluster_id is None else _leave(tx, article_id, row.cluster_id)
    new = _Comer(article_id, row.source_id, read(title, text), published_at, has_mark(text, marks))
    tx.execute(
        sa.update(articles)
        .where(articles.c.id == article_id)
        .values(cluster_id=article_id, is_origin=True, is_marked=new.is_marked)
    )
    keys, facts = sketch(new.reading), fact_keys(facts_in_order(text))
    ties = [tie for other in _candidates(tx, new, keys) if (tie := _tie(new, other)) is not None]
    if ties:
        tx.execute(sa.insert(copy_ties), [_row(tie) for tie in ties])
    link_translations(
        tx, article_id=article_id, lang=row.lang, text=text, published_at=published_at, keys=facts
    )
    lookup.remember(tx, article_id, published_at, (*keys, *facts))
    return _settle(tx, new, ties, left) if ties or left else article_id


def chain(tx: Tx, cluster_id: int) -> tuple[Step, ...]:
    """Who of a cluster has the story from whom, its origin first; empty where there is no such cluster."""
    rows = tx.execute(_printed().where(articles.c.cluster_id == cluster_id)).all()
    if not rows:
        return ()
    among = _ties_of(tx, {row.id for row in rows})
    return chain_of([_member(row) for row in rows], list(among.values()))


def _leave(tx: Tx, article_id: int, cluster_id: int) -> frozenset[int]:
    """Forget what an earlier text of this article was like; the others of its cluster."""
    lookup.forget(tx, article_id)
    unlink_translations(tx, article_id)
    tx.execute(
        sa.delete(copy_ties).where(
            sa.or_(copy_ties.c.one_id == article_id, copy_ties.c.other_id == article_id)
        )
    )
    rest = sa.select(articles.c.id).where(articles.c.cluster_id == cluster_id, articles.c.id != article_id)
    return frozenset(tx.execute(rest).scalars())


def _candidates(tx: Tx, new: _Comer, keys: Sequence[int]) -> list[sa.Row[Any]]:
    n_runs = len(new.reading.runs)
    found = lookup.met(tx, new.id, new.published_at, keys, at_least=min(MEETING, len(keys)))
    close = [(closeness(m.n_shared, n_runs, m.characters), m.id) for m in found]
    nearest = sorted((-share, article) for share, article in close if share)[:_MAX_CANDIDATES]
    if not nearest:
        return []
    query = sa.select(*(articles.c[name] for name in ("id", "source_id", "title", "text", "is_marked")))
    ids = [article for _, article in nearest]
    return list(tx.execute(query.where(articles.c.id.in_(ids)).order_by(articles.c.id)))


def _tie(new: _Comer, row: sa.Row[Any]) -> Tie | None:
    found = compare(
        new.reading,
        read(row.title, row.text),
        marked=new.is_marked or row.is_marked,
        same_outlet=row.source_id == new.source_id,
    )
    if found is None:
        return None
    (one, mine), (other, theirs) = sorted([(new.id, found[0]), (row.id, found[1])], key=lambda end: end[0])
    return Tie(one, other, mine.share, theirs.share, mine.part, theirs.part)


def _row(tie: Tie) -> dict[str, object]:
    ends = {"one_id": tie.one, "other_id": tie.other}
    shares = {"one_share": tie.one_share, "other_share": tie.other_share}
    return {**ends, **shares, "one_part": tie.one_part, "other_part": tie.other_part}


def _settle(tx: Tx, new: _Comer, ties: Sequence[Tie], left: frozenset[int]) -> int:
    """Make stories anew of all that hangs together with these, mark origins; the newcomer's cluster."""
    if not left and changes_no_other(new.id, ties):
        met = [tie.end(new.id) for tie in ties]
        joined = set(
            tx.execute(sa.select(articles.c.cluster_id).where(articles.c.id.in_(met)).distinct()).scalars()
        )
        if len(joined) == 1 and (name := joined.pop()) < new.id:
            rows = _rows(tx, sa.or_(articles.c.cluster_id == name, articles.c.id == new.id))
            _write(tx, frozenset(rows), rows, _members(rows, new))
            return int(name)
    touched = frozenset({new.id, *left})
    known = _all_ties(tx, touched)
    rows = _rows(tx, articles.c.id.in_(touched.union(*known)))
    members = _members(rows, new)
    found = stories(members, list(known.values()))
    for story in found:
        _write(tx, story, rows, members)
    return next(min(story) for story in found if new.id in story)


def _all_ties(tx: Tx, ids: frozenset[int]) -> dict[tuple[int, int], Tie]:
    """All ties of whatever hangs together with the articles."""
    seen, ties = ids, _ties_of(tx, ids)
    while met := frozenset(end for pair in ties for end in pair) - seen:
        seen |= met
        ties.update(_ties_of(tx, met))
    return ties


def _rows(tx: Tx, which: sa.ColumnElement[bool]) -> dict[int, sa.Row[Any]]:
    return {row.id: row for row in tx.execute(_printed().where(which))}


def _members(rows: Mapping[int, sa.Row[Any]], new: _Comer) -> dict[int, Printed]:
    members = {row.id: _member(row) for row in rows.values()}
    members[new.id] = replace(members[new.id], published_at=new.published_at)  # its row may not have it yet
    return members


def _write(
    tx: Tx, story: frozenset[int], rows: Mapping[int, sa.Row[Any]], members: Mapping[int, Printed]
) -> None:
    origin, name = origin_of([members[article] for article in story]), min(story)
    other = [a for a in story if (rows[a].cluster_id, rows[a].is_origin) != (name, a == origin)]
    if other:
        tx.execute(
            sa.update(articles)
            .where(articles.c.id.in_(other))
            .values(cluster_id=name, is_origin=articles.c.id == origin)
        )


def _ties_of(tx: Tx, ids: frozenset[int] | set[int]) -> dict[tuple[int, int], Tie]:
    """All ties with an end among the articles."""
    either = sa.or_(copy_ties.c.one_id.in_(ids), copy_ties.c.other_id.in_(ids))
    return {(row.one_id, row.other_id): Tie(*row) for row in tx.execute(sa.select(copy_ties).where(either))}


def _printed() -> sa.Select[Any]:
    return sa.select(
        articles.c.id, articles.c.url, articles.c.cluster_id, articles.c.is_origin, articles.c.is_marked,
        DATED.label("at"), _sources.c.kind,
    ).join(_sources, _sources.c.id == articles.c.source_id)  # fmt: skip


def _member(row: sa.Row[Any]) -> Printed:
    return Printed(row.id, row.at, row.kind == _AGENCY, row.is_marked, row.url)
