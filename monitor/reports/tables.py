"""Subscribers, reports with their facts, and the outbox."""

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, UtcDateTime, metadata

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("region", sa.String(120), nullable=False),
    sa.Column("lang", sa.String(2), nullable=False),
    sa.Column("topics", CanonicalJson, nullable=False),  # empty list: all
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("email", "region", "lang"),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True),  # 2026-W47-by-mogilev-region-ru
    sa.Column("week", sa.String(8), nullable=False),
    sa.Column("region", sa.String(120), nullable=False),
    sa.Column("lang", sa.String(2), nullable=False),
    sa.Column("facts", CanonicalJson, nullable=False),
    sa.Column("facts_hash", sa.String(64), nullable=False),
    sa.Column("built_at", UtcDateTime, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.String(80), sa.ForeignKey("reports.id"), nullable=False),
    sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscribers.id"), nullable=False),
    sa.Column("message_id", sa.String(200), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),  # outbox.State
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", UtcDateTime),
    sa.Column("last_error", sa.String(300), nullable=False, server_default=""),
    sa.Column("sent_at", UtcDateTime),
    sa.UniqueConstraint("report_id", "subscriber_id"),
    sa.Index("ix_outbox_state_next_try_at", "state", "next_try_at"),
)
