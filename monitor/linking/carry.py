"""Takes over what a version of links says of articles that another register cannot change: the database
copies its rows, nobody reads the texts for parties. In the caller's Tx."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import loads
from typing import Any

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.db import Tx, numbers
from monitor.core.ids import ArticleId, FamilyId, PlaceId
from monitor.core.ledger import Reason
from monitor.crawl.tables import sources
from monitor.linking.found import FoundNames
from monitor.linking.reach import Reach
from monitor.linking.store import ENCODED, Due
from monitor.linking.tables import found_names, linkings, links

_NONE = "[]"  # as JSON
_Row = tuple[int, str, bytes, bytes]  # number of links, mentions as JSON, key and bytes of what was found
_Text = tuple[ArticleId, str, str, str, PlaceId]  # article, title, text, language, the outlet's region


@dataclass(frozen=True, slots=True)
class Carrier:
    """Which rows can be taken over: those of version `base` into version `version`.

    An article is taken over whole where the changed families (`reach`) cannot come to it, its row speaks of
    none, and the names that are kept of its text are those of the row and would be found today. What was
    below the gate and still is has an empty row.
    """

    base: int
    version: int
    unchanged: frozenset[FamilyId]
    reach: Reach
    names: FoundNames

    def carry(self, tx: Tx, due: Sequence[Due]) -> dict[ArticleId, int]:
        """Copy the rows of those of the due articles that can be; how many links each of them has."""
        if not due:
            return {}
        rows = {row[0]: row for row in tx.execute(self._rows(due[0].article, due[-1].article))}
        empty: dict[ArticleId, int] = {}
        named: dict[ArticleId, _Row] = {}
        for one in due:
            row = rows.get(one.article)
            if row is None:
                continue
            _, n_links, reason, mentions, related, key, packed = row
            if reason == Reason.BELOW_GATE.value:
                if not (one.is_worth or n_links) and mentions == related == _NONE:
                    empty[one.article] = 0
            elif one.is_worth and packed is not None and _is_of(related, self.unchanged):
                named[one.article] = n_links, mentions, bytes(key), packed
        kept = {**empty, **self._untouched(tx, named)}
        self._copy(tx, kept)
        return kept

    def _rows(self, first: int, last: int) -> sa.Select[Any]:
        """The rows of a stretch of articles with what was found in their texts; JSON as text."""
        made = linkings.alias("made")
        mine = (made.c.version_id == self.version, made.c.article_id == ENCODED.c.article_id)
        return (
            sa.select(
                ENCODED.c.article_id, ENCODED.c.n_links, ENCODED.c.reason, ENCODED.c.mentions,
                ENCODED.c.related, found_names.c.key, found_names.c.packed,
            )
            .select_from(ENCODED.outerjoin(found_names, found_names.c.article_id == ENCODED.c.article_id))
            .where(ENCODED.c.version_id == self.base, ENCODED.c.article_id.between(first, last))
            .where(~sa.exists().where(*mine))  # another process may have come to it
        )  # fmt: skip

    def _untouched(self, tx: Tx, rows: Mapping[ArticleId, _Row]) -> dict[ArticleId, int]:
        linked = self._linked_to_others(tx, [i for i, row in rows.items() if row[0]])
        found: dict[ArticleId, int] = {}
        for article, title, text, lang, region in self._texts(tx, [i for i in rows if i not in linked]):
            n_links, mentions, key, packed = rows[article]
            read = self.names.read(packed)
            if read is None or self.reach.touches(read.places, read.others, region, (title, text)):
                continue
            if key == self.names.key(title, text, lang, region) and read.named == mentions:
                found[article] = n_links
        return found

    def _linked_to_others(self, tx: Tx, ids: Sequence[ArticleId]) -> set[int]:
        """Those of the articles that are linked to a family which is not unchanged."""
        of_base = sa.select(links.c.article_id, links.c.family_id).where(
            links.c.version_id == self.base, links.c.article_id.in_(numbers(tx, ids))
        )
        rows = tx.execute(of_base) if ids else ()
        return {row.article_id for row in rows if row.family_id not in self.unchanged}

    def _texts(self, tx: Tx, ids: Sequence[ArticleId]) -> Iterable[_Text]:
        query = (
            sa.select(articles.c.id, articles.c.title, articles.c.text, articles.c.lang, sources.c.region)
            .join(sources, sources.c.id == articles.c.source_id)
            .where(articles.c.id.in_(numbers(tx, ids)))
        )
        return [(i, title, text, lang, PlaceId(region)) for i, title, text, lang, region in tx.execute(query)]

    def _copy(self, tx: Tx, kept: Mapping[ArticleId, int]) -> None:
        if not kept:
            return
        _copy(tx, linkings, kept, self.base, self.version)
        # an older row of this version may have been forgotten and its links left
        mine = (links.c.version_id == self.version, links.c.article_id.in_(numbers(tx, kept)))
        tx.execute(sa.delete(links).where(*mine))
        linked = [i for i, n_links in kept.items() if n_links]
        if linked:
            _copy(tx, links, linked, self.base, self.version)


def _copy(tx: Tx, table: sa.Table, ids: Iterable[int], base: int, version: int) -> None:
    """Rows of articles under one version under another too."""
    own = [c for c in table.columns if c.name not in ("id", "version_id")]
    order = table.c.get("id", table.c.article_id)
    rows = (
        sa.select(*own, sa.literal(version))
        .where(table.c.version_id == base, table.c.article_id.in_(numbers(tx, ids)))
        .order_by(order)
    )
    tx.execute(sa.insert(table).from_select([*(c.name for c in own), "version_id"], rows))


def _is_of(related: str | None, families: Collection[FamilyId]) -> bool:
    """Whether the families of a row's JSON are among those; False where an older program kept none."""
    if related is None:
        return False
    return related == _NONE or all(family in families for family in loads(related))
