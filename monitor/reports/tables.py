"""Subscribers, reports with their facts, the outbox, notices of a few lines, and links that were used."""

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
    sa.Column("confirmed_at", UtcDateTime),  # null: asked for, not confirmed by the address itself
    sa.Column("paused_until", sa.Date),  # no report before that day
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
    sa.Column("changed_at", UtcDateTime),  # when `state` was set last; null for rows older than the column
    sa.UniqueConstraint("report_id", "subscriber_id"),
    sa.Index("ix_outbox_state_next_try_at", "state", "next_try_at"),
)

notices = sa.Table(  # mails of a few lines that are no reports: confirm a subscription, trouble
    "notices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),  # what it is about: never queued twice
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # emptied once it was sent: it may hold signed links
    sa.Column("message_id", sa.String(300), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),  # store.OutboxState
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", UtcDateTime),
    sa.Column("last_error", sa.String(300), nullable=False, server_default=""),
    sa.Column("queued_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Index("ix_notices_state_next_try_at", "state", "next_try_at"),
)

used_tokens = sa.Table(  # links that were used; forgotten once they have expired
    "used_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256 of the token
    sa.Column("used_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_used_tokens_expires_at", "expires_at"),
)
