"""What was learnt of a source's frame: kept in the database, applied to each page as it is stored."""

from datetime import datetime

import sqlalchemy as sa

from monitor.articles.repeats import LOOKED_BACK, line_key, repeated_lines, without_lines
from monitor.articles.tables import articles, learnt_lines
from monitor.articles.types import ArticleState, Extracted
from monitor.core.db import Tx
from monitor.core.ids import SourceId
from monitor.core.text import shorten

_SHOWN = 300  # characters of a line that are kept for an operator's eyes
# Built once: they are asked for each page.
_KEYS = sa.select(learnt_lines.c.key).where(learnt_lines.c.source_id == sa.bindparam("source"))
_RECENT = (
    sa.select(articles.c.text)
    .where(articles.c.source_id == sa.bindparam("source"), articles.c.state == ArticleState.READY.value)
    .order_by(articles.c.published_at.desc(), articles.c.id.desc())  # an index has them in this order
    .limit(LOOKED_BACK)
)


def drop_learnt(tx: Tx, extracted: Extracted, *, source_id: SourceId, at: datetime) -> Extracted:
    """The page without its source's frame, learning from it in the caller's transaction.

    A line is learnt at the fourth story that has it; the three before keep it.
    """
    if extracted.reason is not None:
        return extracted
    keys = _known(tx, source_id)
    for line in sorted(repeated_lines(extracted.text, _recent_texts(tx, source_id))):
        if (key := line_key(line)) not in keys:
            keys.add(key)
            values = {"source_id": source_id, "key": key, "line": shorten(line, _SHOWN), "learnt_at": at}
            tx.execute(sa.insert(learnt_lines).values(**values))
    return without_lines(extracted, keys)


def leave_out_learnt(tx: Tx, extracted: Extracted, *, source_id: SourceId) -> Extracted:
    """The page without its source's frame as far as it is known now; nothing is learnt from it."""
    if extracted.reason is not None:
        return extracted
    return without_lines(extracted, _known(tx, source_id))


def _known(tx: Tx, source_id: SourceId) -> set[str]:
    return set(tx.execute(_KEYS, {"source": source_id}).scalars())


def _recent_texts(tx: Tx, source_id: SourceId) -> list[str]:
    return list(tx.execute(_RECENT, {"source": source_id}).scalars())
