"""Articles, their near-duplicate clusters, vectors, taggings and tags."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, UtcDateTime, metadata
from monitor.core.ids import PageUrl

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source_id", sa.String(120), sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("url", sa.Text, nullable=False, unique=True),  # normalised; the page's canonical once fetched
    sa.Column("listed_url", sa.Text, nullable=False, unique=True),  # normalised, as the feed gave it
    sa.Column("guid", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.String(12), nullable=False),  # ArticleState
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),  # the feed's, plain text
    sa.Column("feed_text", sa.Text, nullable=False, server_default=""),  # of a full-text feed, plain text
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("author", sa.Text, nullable=False, server_default=""),
    sa.Column("lang", sa.String(8), nullable=False, server_default=""),
    sa.Column("published_at", UtcDateTime),
    sa.Column("published_from", sa.String(16), nullable=False, server_default=""),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("quality", sa.Float, nullable=False, server_default="0"),
    sa.Column("content_hash", sa.String(64)),
    sa.Column("cluster_id", sa.Integer),  # the smallest id in the cluster
    sa.Column("is_origin", sa.Boolean, nullable=False),
    sa.Column("is_marked", sa.Boolean, nullable=False, server_default=sa.false()),  # credits another outlet
    sa.Column("fetch_attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_fetch_at", UtcDateTime),  # null: nothing to fetch
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),  # place among its poll's new pages
    sa.Column("listed_title", sa.Text, nullable=False, server_default=""),  # as feeds had it, the last first
    sa.Column("listed_update_at", UtcDateTime),  # the feed's word on when it was changed
    sa.Column("n_revisions", sa.Integer, nullable=False, server_default="0"),  # times it was asked for again
    sa.Index("ix_articles_source_id_published_at", "source_id", "published_at"),
    sa.Index(
        "ix_articles_cluster_id",
        "cluster_id",
        "published_at",
        "first_seen_at",
        postgresql_include=["id"],  # of SQLite it names them anyway
    ),
    sa.Index("ix_articles_next_fetch_at", "next_fetch_at"),
    sa.Index("ix_articles_content_hash", "content_hash"),
)


def dated(table: sa.FromClause) -> sa.ColumnElement[datetime]:
    """When an article came out: as it says itself, else when we saw it. `table`: articles or an alias."""
    return sa.func.coalesce(table.c.published_at, table.c.first_seen_at, type_=UtcDateTime())


def stands_at(spelt: Collection[str] | sa.BindParameter[tuple[PageUrl, ...]]) -> sa.ColumnElement[bool]:
    """The condition that an article has an address in one of these spellings, as listed or as its own."""
    return sa.or_(articles.c.url.in_(spelt), articles.c.listed_url.in_(spelt))


DATED = dated(articles)  # said in other words, a query would not be seen to be the index's

sa.Index(  # a year's articles by the day they count on, without a look at their texts
    "ix_articles_dated",
    DATED,
    articles.c.source_id,
    articles.c.state,
    articles.c.cluster_id,
    articles.c.is_origin,
    articles.c.published_at,
    articles.c.first_seen_at,
)
# written out: a bound value would not be seen to be the index's
READY: sa.ColumnElement[bool] = articles.c.state == sa.literal_column("'ready'")
sa.Index("ix_articles_ready", articles.c.id, sqlite_where=READY, postgresql_where=READY)

revisions = sa.Table(  # older texts of articles that were changed after we had read them
    "revisions",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # of the later reading that gave another text
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("replaced_at", UtcDateTime, nullable=False),
)

sketches = sa.Table(  # the look-up of copies: articles that share keys share runs of words
    "sketches",
    metadata,
    sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),  # of publication, since 1970
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Index("ix_sketches_article_id", "article_id"),
    sqlite_with_rowid=False,
)

copy_ties = sa.Table(  # pairs of which one is a copy of the other, one_id < other_id
    "copy_ties",
    metadata,
    sa.Column("one_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("other_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("one_share", sa.Float, nullable=False),  # of the words of the one that stand in the other
    sa.Column("other_share", sa.Float, nullable=False),
    sa.Column("one_part", sa.BigInteger, nullable=False),  # where they stand, a bit for each 60th of the text
    sa.Column("other_part", sa.BigInteger, nullable=False),
    sa.Index("ix_copy_ties_other_id", "other_id"),
)

learnt_lines = sa.Table(  # the frame of a source's pages, left out of its texts
    "learnt_lines",
    metadata,
    sa.Column("source_id", sa.String(120), sa.ForeignKey("sources.id"), primary_key=True),
    sa.Column("key", sa.String(16), primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("learnt_at", UtcDateTime, nullable=False),
)

translation_ties = sa.Table(  # pairs that tell one story in two languages, one_id < other_id; not copies
    "translation_ties",
    metadata,
    sa.Column("one_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("other_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("share", sa.Float, nullable=False),  # of names and numbers that both tell in the same order
    sa.Column("likeness", sa.Float),  # of their vectors; null: not both known, or not asked for
    sa.Index("ix_translation_ties_other_id", "other_id"),
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("content_hash", sa.String(64), primary_key=True),
    sa.Column("embedder", sa.String(60), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # float16, little-endian
)

taggings = sa.Table(
    "taggings",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("gate_p", sa.Float, nullable=False),
    sa.Column("label", sa.Boolean),  # null: a person must decide
    sa.Column("names", CanonicalJson, nullable=False),  # the gate's name counts
    sa.Column("reason", sa.String(32), nullable=False, server_default=""),
    sa.Index("ix_taggings_version_id_label", "version_id", "label"),
)

_UNDECIDED = sa.text("reason IN ('gate_undecided', 'topic_undecided')")
sa.Index(  # what waits for a person, newest last: a few of a hundred articles
    "ix_taggings_undecided",
    taggings.c.version_id,
    taggings.c.article_id,
    sqlite_where=_UNDECIDED,
    postgresql_where=_UNDECIDED,
)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("topic", sa.String(32), primary_key=True),
    sa.Column("p", sa.Float, nullable=False),
    sa.Column("published", sa.Boolean, nullable=False),
    sa.Index("ix_tags_version_id_topic", "version_id", "topic"),
)
