"""What narrows a search to articles of a topic, to those of cooperation, or to the rest.

The judgements themselves are asked of each article that a search comes by, so an answer is never older than
they are. On PostgreSQL lists (migration 0028) tell where to look; on SQLite no list is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from monitor.articles.corrections import LABEL, TOPIC, ever_said
from monitor.articles.effective import is_cooperation, is_of_topic, tagged

Within = Callable[[sa.ColumnElement[int]], list[sa.ColumnElement[bool]]]  # bounds of a position

# filled by the database; not in the metadata, as all of an index is not
_lists = sa.table(
    "search_index_lists",
    sa.column("version_id", sa.Integer),
    sa.column("topic", sa.String),
    sa.column("position", sa.BigInteger),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a run of tags, and people after it, say of articles."""

    version: int  # the run
    topic: str = ""  # none: that it is cooperation
    is_wanted: bool = True  # or the articles of which it is not said, among them those that nobody has judged

    def holds(self, article: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Whether it is so of an article of the query around it."""
        if self.topic:
            found = is_of_topic(self.version, self.topic, article)
        else:
            found = is_cooperation(self.version, article)
        return found if self.is_wanted else ~found


def of_sqlite(mark: Mark, article: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a mark holds: of a topic by its list, for few of many articles are of one topic."""
    if not (mark.topic and mark.is_wanted):
        return mark.holds(article)
    found = tagged(mark.version)
    return article.in_(sa.select(found.c.article_id).where(found.c.topic == mark.topic, found.c.published))


def ways_of_postgres(
    marks: tuple[Mark, ...], key: sa.ColumnElement[int], article: sa.ColumnElement[int], within: Within
) -> list[sa.ColumnElement[bool]]:
    """Ways to what `marks` hold of, one by one quick: what all of them find together is all there is.

    A run's articles are on its list, in the order of the search; those that only a person has named are few.
    """
    wanted = sorted((one for one in marks if one.is_wanted), key=lambda one: not one.topic)
    if not wanted:
        return [sa.true()]
    mark = wanted[0]  # a topic where there is one: the shorter list
    listed = sa.select(_lists.c.position).where(
        _lists.c.version_id == mark.version, _lists.c.topic == mark.topic, *within(_lists.c.position)
    )
    yes, _no = TOPIC if mark.topic else LABEL
    return [key.in_(listed), article.in_(ever_said(yes, mark.topic))]
