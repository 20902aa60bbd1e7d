"""Sources, the state of their feeds, every poll that was made and what checks said of sources."""

import sqlalchemy as sa

from monitor.core.db import MADE_OF_OTHERS, CanonicalJson, UtcDateTime, metadata

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.String(120), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("region", sa.String(120), nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("why_not", sa.Text, nullable=False, server_default=""),
    sa.Column("known_since", UtcDateTime, nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source_id", sa.String(120), sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.String(64)),
    sa.Column("next_check_at", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_check_at", UtcDateTime),
    sa.Column("last_ok_at", UtcDateTime),
    sa.Column("last_new_at", UtcDateTime),
    sa.Column("rhythm_s", sa.Float),  # usual gap between its items when it was last read; null: no dates
    sa.Column("floor_s", sa.Float, nullable=False, server_default="0"),  # the server's wish for a pause
    sa.Column("asked_whole_at", UtcDateTime),  # last body that came without a condition
    sa.Column("not_modified_at", UtcDateTime),  # last 304
    sa.Column("distrusted_at", UtcDateTime),  # its validators are not used since
    sa.Column("distrusted_until", UtcDateTime),
    sa.Column("distrust_why", sa.String(300), nullable=False, server_default=""),
    sa.UniqueConstraint("source_id", "url"),
    sa.Index("ix_feeds_next_check_at", "next_check_at"),
)

checks = sa.Table(
    "checks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source_id", sa.String(120), sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("feed_url", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("ending", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(300), nullable=False, server_default=""),
    sa.Column("status", sa.Integer),
    sa.Column("n_entries", sa.Integer, nullable=False),
    sa.Column("n_new", sa.Integer, nullable=False),
    sa.Column("overflow", sa.Boolean, nullable=False),
    sa.Column("warnings", CanonicalJson, nullable=False),
    sa.UniqueConstraint("source_id", "feed_url", "at"),
    sa.Index("ix_checks_at", "at"),
)
_ODD = "ending <> 'done' OR overflow"
ODD = sa.text("(checks.ending <> 'done' OR checks.overflow)")  # written out: a bound value is not the index's
sa.Index(
    "ix_checks_odd",
    checks.c.at,
    checks.c.source_id,
    checks.c.feed_url,
    sqlite_where=sa.text(_ODD),
    postgresql_where=sa.text(_ODD),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("source_id", sa.String(120), sa.ForeignKey("sources.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),  # of the last check
    sa.Column("sort", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(300), nullable=False),
    sa.Column("feeds", CanonicalJson, nullable=False),
    sa.Column("switched_off", sa.Text, nullable=False, server_default=""),  # why; empty: not by a check
    sa.Column("decision_key", sa.String(64), nullable=False, server_default=""),
)

archives = sa.Table(  # files of archived pages that were read
    "archives",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("begun_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("done_offset", sa.BigInteger, nullable=False),  # of the last record that was dealt with
    sa.Column("counts", CanonicalJson, nullable=False),  # records by what became of them; what was asked for
    sa.Column("days", CanonicalJson, nullable=False),  # records of any site by day of UTC
)

archived_pages = sa.Table(  # which record of an archive gave an article its text
    "archived_pages",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("archive_id", sa.Integer, sa.ForeignKey("archives.id"), nullable=False),
    sa.Column("record_offset", sa.BigInteger, nullable=False),
    sa.Column(
        "content_hash", sa.String(64), nullable=False
    ),  # of that text: the article may have another now
    sa.UniqueConstraint("archive_id", "record_offset"),
)

rereads = sa.Table(  # archives that are being read once more, beside what counts
    "rereads",
    metadata,
    sa.Column("archive_id", sa.Integer, sa.ForeignKey("archives.id"), primary_key=True),
    sa.Column("reader", sa.String(16), nullable=False),  # fingerprint of what reads pages
    sa.Column("done_offset", sa.BigInteger, nullable=False),  # of the last record that was read
    sa.Column("ended_at", UtcDateTime),
    info=MADE_OF_OTHERS,
)

rereadings = sa.Table(  # what their pages gave, until it counts or is dropped
    "rereadings",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("archive_id", sa.Integer, sa.ForeignKey("archives.id"), nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),  # of the text that it was compared with
    sa.Column("found", CanonicalJson),  # Extracted; null: the same again
    sa.Index("ix_rereadings_archive_id", "archive_id"),
    info=MADE_OF_OTHERS,
)
