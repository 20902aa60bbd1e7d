"""The path of one address through database and ledger, and what people said we missed. In the caller's Tx.

Kept apart from the audit: nobody drew these stories at random, so they are a floor of what we miss, no rate.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.effective import judged
from monitor.articles.store import find_at
from monitor.articles.tables import articles
from monitor.articles.types import ArticleState
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, FamilyId, PageUrl, SourceId
from monitor.core.ledger import Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.core.runs import current_version
from monitor.core.text import squeeze
from monitor.core.urls import normalise
from monitor.crawl.decide_page import double_of
from monitor.crawl.tables import checks
from monitor.crawl.types import Source
from monitor.gaps.answers import WHO_LIMIT
from monitor.gaps.missed import Lost, LostAt, Polled, Stored, not_listed, of_stored, source_of
from monitor.gaps.tables import missed
from monitor.linking.effective import linked
from monitor.linking.tables import linkings

PRINT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Missed:
    """One story that somebody said we missed, with what we found at that time."""

    id: int
    url: str
    print_only: str
    family: str
    source_id: str
    stage: LostAt
    reason: str
    who: str
    at: datetime


def checked_page(text: str) -> PageUrl:
    """The one spelling of a page's address. Errors: UsageError when it is none."""
    url = normalise(text.strip())
    if url is None:
        raise UsageError(
            f"{text.strip()[:200]!r} is no address of a page: it begins with http:// or https://"
        )
    return url


def checked_print(text: str) -> str:
    """Paper, date and page as one clean line. Errors: UsageError when it is empty or too long."""
    line = squeeze(text)
    if not line or len(line) > PRINT_LIMIT:
        raise UsageError(f"give paper, date and page, at most {PRINT_LIMIT} letters")
    return line


def walk(
    tx: Tx, url: PageUrl, sources: Sequence[Source], *, min_p: float, wanted: FamilyId | None = None
) -> Lost:
    """The stage that lost the page of an address, and why; of a double what became of the story it tells."""
    article = find_at(tx, url)
    if article is not None:
        return of_stored(_stored(tx, _row_of(tx, article), min_p), wanted)
    source = source_of(url, sources)
    return not_listed(source, None if source is None else _polled(tx, source.id))


def add_missed(
    tx: Tx,
    lost: Lost,
    *,
    who: str,
    at: datetime,
    url: str = "",
    print_only: str = "",
    family: str = "",
) -> None:
    """Keep what somebody said, once for each story and family: a second one updates what we found.

    Errors: UsageError when the name of who says so is missing or too long.
    """
    if not who.strip() or len(who) > WHO_LIMIT:
        raise UsageError(f"a missed story needs the name of who tells of it, at most {WHO_LIMIT} letters")
    same = sa.and_(missed.c.url == url, missed.c.print_only == print_only, missed.c.family_id == family)
    found = {
        "source_id": lost.source_id or "",
        "article_id": lost.article_id,
        "stage": lost.stage.value,
        "reason": lost.reason,
    }
    if tx.execute(sa.update(missed).where(same).values(**found)).rowcount:
        return
    said = {"url": url, "print_only": print_only, "family_id": family, "who": who, "at": at}
    tx.execute(sa.insert(missed).values(**said, **found))


def list_missed(tx: Tx) -> tuple[Missed, ...]:
    """What people said, newest first."""
    rows = tx.execute(sa.select(missed).order_by(missed.c.id.desc()))
    return tuple(
        Missed(
            id=row.id,
            url=row.url,
            print_only=row.print_only,
            family=row.family_id,
            source_id=row.source_id,
            stage=LostAt(row.stage),
            reason=row.reason,
            who=row.who,
            at=row.at,
        )
        for row in rows
    )


def floor(tx: Tx) -> Counter[LostAt]:
    """How many stories people named that each stage lost; what counts or is on its way is not in it."""
    stories = {(one.url, one.print_only): one.stage for one in list_missed(tx)}
    return Counter(stage for stage in stories.values() if Lost(stage, "").is_loss)


def _row_of(tx: Tx, article: ArticleId) -> sa.Row[tuple[object, ...]]:
    """The article, or where its page was found to be another one's, that one."""
    line = sa.select(ledger.c.detail).where(
        ledger.c.stage == Stage.EXTRACT.value,
        ledger.c.item == str(article),
        ledger.c.reason == Reason.DUPLICATE_URL.value,
    )
    other = double_of(tx.execute(line.order_by(ledger.c.at.desc()).limit(1)).scalar_one_or_none() or "")
    rows = {row.id: row for row in tx.execute(sa.select(articles).where(articles.c.id.in_([article, other])))}
    own = rows[article]
    return own if own.state == ArticleState.READY.value else rows.get(other, own)


def _stored(tx: Tx, row: sa.Row[tuple[object, ...]], min_p: float) -> Stored:
    page_stage, page_reason = _page_ending(tx, row)
    tag, link = current_version(tx, "tag"), current_version(tx, "link")
    label = None if tag is None else _label(tx, row.id, tag.id)
    linking = None if link is None else _linking(tx, row.id, link.id)
    families = () if link is None else _families(tx, row.id, link.id, min_p)
    return Stored(
        id=row.id,
        source_id=SourceId(row.source_id),
        title=row.title,
        published_at=row.published_at,
        state=ArticleState(row.state),
        is_origin=row.is_origin,
        page_reason=page_reason,
        page_stage=page_stage,
        is_judged=label is not None,
        label=None if label is None else label[0],
        is_linked=linking is not None,
        link_reason=linking or "",
        families=families,
    )


def _page_ending(tx: Tx, row: sa.Row[tuple[object, ...]]) -> tuple[str, str]:
    its_page = sa.and_(ledger.c.stage == Stage.FETCH.value, ledger.c.item.in_([row.url, row.listed_url]))
    its_text = sa.and_(ledger.c.stage == Stage.EXTRACT.value, ledger.c.item == str(row.id))
    query = (
        sa.select(ledger.c.stage, ledger.c.reason)
        .where(sa.or_(its_page, its_text))
        .order_by(ledger.c.at.desc(), ledger.c.stage)  # extract before fetch: it comes later
        .limit(1)
    )
    found = tx.execute(query).one_or_none()
    return ("", "") if found is None else (found.stage, found.reason)


def _label(tx: Tx, article: int, version: int) -> tuple[bool | None] | None:
    own = judged(version, [article])
    row = tx.execute(sa.select(own.c.label)).one_or_none()
    return None if row is None else (row.label,)


def _linking(tx: Tx, article: int, version: int) -> str | None:
    query = sa.select(linkings.c.reason).where(
        linkings.c.article_id == article, linkings.c.version_id == version
    )
    return tx.execute(query).scalar_one_or_none()


def _families(tx: Tx, article: int, version: int, min_p: float) -> tuple[FamilyId, ...]:
    own = linked(version)
    query = sa.select(own.c.family_id).where(own.c.article_id == article, own.c.p >= min_p)
    return tuple(FamilyId(family) for family in tx.execute(query.order_by(own.c.family_id)).scalars())


def _polled(tx: Tx, source: SourceId) -> Polled:
    own = checks.c.source_id == source
    first = tx.execute(sa.select(sa.func.min(checks.c.at)).where(own)).scalar_one_or_none()
    last = sa.select(checks.c.reason).where(own).order_by(checks.c.at.desc(), checks.c.id.desc()).limit(1)
    overflow = sa.select(checks.c.id).where(own, checks.c.overflow.is_(True)).limit(1)
    return Polled(
        since=first,
        reason=tx.execute(last).scalar_one_or_none() or "",
        has_overflowed=tx.execute(overflow).first() is not None,
    )
