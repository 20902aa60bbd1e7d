"""The gap table of each week as it was when it was reported, and what readers said of its rows."""

import sqlalchemy as sa

from monitor.core.db import MADE_OF_OTHERS, CanonicalJson, UtcDateTime, metadata

gap_weeks = sa.Table(
    "gap_weeks",
    metadata,
    sa.Column("week", sa.String(8), primary_key=True),
    sa.Column("window_weeks", sa.Integer, primary_key=True),
    sa.Column("computed_at", UtcDateTime, nullable=False),
    sa.Column("register_version", sa.String(80), nullable=False),
    sa.Column("tag_version_id", sa.Integer, nullable=False),
    sa.Column("link_version_id", sa.Integer, nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),  # watch, topic counts, model figures
)

gap_rows = sa.Table(
    "gap_rows",
    metadata,
    sa.Column("week", sa.String(8), primary_key=True),
    sa.Column("window_weeks", sa.Integer, primary_key=True),
    sa.Column("family_id", sa.String(16), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),  # the whole GapRow
)

kept_weeks = sa.Table(  # what was counted of the press in a week that is over, see monitor/gaps/stretch.py
    "kept_weeks",
    metadata,
    sa.Column("start_at", UtcDateTime, primary_key=True),
    sa.Column("stop_at", UtcDateTime, nullable=False),
    sa.Column("tag_version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),
    info=MADE_OF_OTHERS,
)

count_marks = sa.Table(  # days (UTC) of which something counted has changed: set by triggers, migration 0019
    "count_marks",
    metadata,
    sa.Column("day", sa.Date, nullable=False),
    sa.Index("ix_count_marks_day", "day"),
    info=MADE_OF_OTHERS,
)

showings = sa.Table(  # rows that a mail which was really sent has put before the editors of a region
    "showings",
    metadata,
    sa.Column("week", sa.String(8), primary_key=True),
    sa.Column("region", sa.String(120), primary_key=True),
    sa.Column("family_id", sa.String(16), primary_key=True),
    sa.Column("facts", sa.String(32), nullable=False),  # fingerprint of what was told of it
    sa.Column("shown_on", sa.Date, nullable=False),
)

answers = sa.Table(  # append-only: the last one on a family in a region counts
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),  # AnswerKind
    sa.Column("family_id", sa.String(16), nullable=False, server_default=""),  # empty: of no row
    sa.Column("region", sa.String(120), nullable=False, server_default=""),  # of the report answered to
    sa.Column("week", sa.String(8), nullable=False, server_default=""),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.String(300), nullable=False, server_default=""),
    sa.Column("rests_until", sa.Date),  # the row is not shown before that day; null: it does not rest
    sa.Index("ix_answers_family_id", "family_id"),
)

missed = sa.Table(  # what people say we missed: apart from the audit, since nobody drew it at random
    "missed",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, server_default=""),  # normalised; empty: in print only
    sa.Column("print_only", sa.String(200), nullable=False, server_default=""),  # paper, date, page
    sa.Column("family_id", sa.String(16), nullable=False, server_default=""),  # it should count for
    sa.Column("source_id", sa.String(120), nullable=False, server_default=""),
    sa.Column("article_id", sa.Integer),
    sa.Column("stage", sa.String(12), nullable=False),  # LostAt
    sa.Column("reason", sa.String(32), nullable=False, server_default=""),
    sa.Column("detail", sa.String(300), nullable=False, server_default=""),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_missed_url", "url"),
)
