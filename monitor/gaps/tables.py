"""The gap table of each week as it was when it was reported."""

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, UtcDateTime, metadata

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
