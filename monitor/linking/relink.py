"""A version of links beside the current one: begun, made to count or forgotten; `link` makes its links."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.effective import judged
from monitor.articles.tables import articles
from monitor.core import runs
from monitor.core.db import Tx, UtcDateTime
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, FamilyId
from monitor.core.ledger import Ending, Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.core.runs import Version, versions
from monitor.linking.effective import linked
from monitor.linking.store import count_due_for_linking
from monitor.linking.tables import linkings, links


@dataclass(frozen=True, slots=True)
class Moves:
    """Cooperation articles whose links differ; by family: how many gain and how many lose a link to it."""

    articles: int
    gained: dict[FamilyId, int]
    lost: dict[FamilyId, int]


def begin(tx: Tx, fingerprint: str, doc: dict[str, str], *, at: datetime) -> tuple[Version, Version]:
    """(current version, the one beside it), made where there is none; a second call goes on with the first.

    Errors: UsageError when nothing is linked yet, or the version is the current one.
    """
    base = runs.current_version(tx, "link")
    if base is None:
        raise UsageError("nothing is linked yet: the first register counts at once, run `monitor link`")
    if base.fingerprint == fingerprint:
        raise UsageError("the current links are of this register already")
    version = runs.find_version(tx, "link", fingerprint)
    return base, version or runs.add_version(tx, "link", fingerprint, doc, at=at)


def waiting(tx: Tx, version: Version) -> int:
    """How many tagged articles a version has not come to."""
    tag = runs.current_version(tx, "tag")
    return 0 if tag is None else count_due_for_linking(tx, tag.id, version.id)


def promote(tx: Tx, version: Version, *, at: datetime) -> None:
    """Have a version count from now on in place of the current one. Errors: UsageError when it is partial."""
    left = waiting(tx, version)
    if left:
        raise UsageError(f"{left} articles wait for it: `monitor link` carries on")
    runs.make_current(tx, version)
    _write_ledger(tx, version, at=at)


def rename(tx: Tx, version: Version, fingerprint: str, doc: dict[str, str]) -> None:
    """Have a version go by another register that gives the same links; they stay as they are."""
    drop_named(tx, fingerprint)
    own = versions.c.id == version.id
    tx.execute(sa.update(versions).where(own).values(fingerprint=fingerprint, doc=doc))
    of_it = (ledger.c.stage == Stage.LINK.value, ledger.c.version == version.fingerprint)
    tx.execute(sa.update(ledger).where(*of_it).values(version=fingerprint))


def drop_named(tx: Tx, fingerprint: str) -> None:
    """Forget a version beside the current one where there is one."""
    found = runs.find_version(tx, "link", fingerprint)
    if found is not None:
        drop(tx, found)


def drop(tx: Tx, version: Version) -> None:
    """Forget a version with all its links. Errors: UsageError when it is the current one."""
    runs.move_ground(tx)
    if runs.current_version(tx, "link") == version:
        raise UsageError(f"{version.fingerprint} is the current version of links: promote another one first")
    of_it = (ledger.c.stage == Stage.LINK.value, ledger.c.version == version.fingerprint)
    tx.execute(sa.delete(ledger).where(*of_it))
    for table in (links, linkings):
        tx.execute(sa.delete(table).where(table.c.version_id == version.id))
    tx.execute(sa.delete(versions).where(versions.c.id == version.id))


def moves(tx: Tx, base: tuple[Version, float], new: tuple[Version, float]) -> Moves:
    """What changes from one version to another, each with the probability from which its links count."""
    before, after = (_counting(tx, version, min_p) for version, min_p in (base, new))
    gained, lost = _by_family(after - before), _by_family(before - after)
    return Moves(len({article for article, _ in before ^ after}), gained, lost)


def _counting(tx: Tx, version: Version, min_p: float) -> set[tuple[ArticleId, FamilyId]]:
    tag = runs.current_version(tx, "tag")
    if tag is None:
        return set()
    found, judgement = linked(version.id), judged(tag.id)
    query = (
        sa.select(found.c.article_id, found.c.family_id)
        .join(judgement, judgement.c.article_id == found.c.article_id)
        .where(found.c.p >= min_p, judgement.c.label.is_(True))
    )
    return {(ArticleId(row.article_id), FamilyId(row.family_id)) for row in tx.execute(query)}


def _by_family(pairs: set[tuple[ArticleId, FamilyId]]) -> dict[FamilyId, int]:
    return dict(sorted(Counter(family for _, family in pairs).items()))


def _write_ledger(tx: Tx, version: Version, *, at: datetime) -> None:
    """The endings of the version, where the ledger has none of it yet."""
    tag = runs.current_version(tx, "tag")
    if tag is None:
        return
    judgement = judged(tag.id)
    item = sa.cast(linkings.c.article_id, sa.Text)
    known = sa.exists().where(
        ledger.c.stage == Stage.LINK.value, ledger.c.item == item, ledger.c.version == version.fingerprint
    )
    below, none = judgement.c.label.is_(False), linkings.c.n_links == 0
    ending = sa.case((sa.or_(below, none), Ending.SKIPPED.value), else_=Ending.DONE.value)
    reason = sa.case(
        (below, Reason.BELOW_GATE.value), (linkings.c.reason == "", Reason.OK.value), else_=linkings.c.reason
    )
    query = (
        sa.select(
            sa.literal(Stage.LINK.value), item, articles.c.source_id, ending, reason,
            sa.literal(version.fingerprint), sa.literal(at, UtcDateTime()),
        )
        .join(articles, articles.c.id == linkings.c.article_id)
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(linkings.c.version_id == version.id, ~known)
    )  # fmt: skip
    columns = ["stage", "item", "source_id", "ending", "reason", "version", "at"]
    tx.execute(sa.insert(ledger).from_select(columns, query))
