"""The weekly audit: which texts were drawn, with which weight, and what the reviewers said of them."""

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, UtcDateTime, metadata

audit_draws = sa.Table(  # one a week: a sample is drawn once and given out again as often as asked
    "audit_draws",
    metadata,
    sa.Column("week", sa.String(8), primary_key=True),
    sa.Column("drawn_at", UtcDateTime, nullable=False),
    sa.Column("tag_version_id", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("link_version_id", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),  # {stratum: [size, drawn]}
)

audit_items = sa.Table(  # what the run said of each when it was drawn: later corrections must not flatter it
    "audit_items",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("week", sa.String(8), sa.ForeignKey("audit_draws.week"), nullable=False),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("stratum", sa.String(8), nullable=False),  # found | named | rest
    sa.Column("weight", sa.Float, nullable=False),  # clusters of its stratum that it stands for
    sa.Column("lang", sa.String(8), nullable=False),
    sa.Column("label", sa.Boolean),
    sa.Column("families", CanonicalJson, nullable=False),  # linked
    sa.Column("offered", CanonicalJson, nullable=False),  # agreements put before the reviewer
    sa.Column("topics", CanonicalJson, nullable=False),  # published
    sa.UniqueConstraint("week", "article_id"),
)

audit_answers = sa.Table(  # append-only; the last one on an item holds
    "audit_answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.Integer, sa.ForeignKey("audit_items.id"), nullable=False),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("cooperation", sa.Boolean, nullable=False),
    sa.Column("agreements", CanonicalJson, nullable=False),  # ids that the text reports on
    sa.Column("topics", CanonicalJson),  # null: the reviewer has not said
    sa.Column("note", sa.String(300), nullable=False, server_default=""),
    sa.Column("corrects", sa.Boolean, nullable=False),  # whether it was written down as a correction too
    sa.Column("undone_at", UtcDateTime),  # taken back by who said it, or overruled by a third look
    sa.Index("ix_audit_answers_item_id", "item_id"),
)

looks = sa.Table(  # what reviewers said of the items of their queues; only undone_at and what counts change
    "looks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("queue", sa.String(12), nullable=False),  # Queue
    sa.Column("subject", sa.Integer, nullable=False),  # audit item, else article
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("is_final", sa.Boolean, nullable=False),  # the third look at an item that two see differently
    sa.Column("shown", CanonicalJson, nullable=False),  # proposed agreements and topics, names found
    sa.Column("verdict", sa.String(16), nullable=False),  # Verdict
    sa.Column("cooperation", sa.Boolean),  # null: skipped
    sa.Column("agreements", CanonicalJson),  # null: not said, as below
    sa.Column("topics", CanonicalJson),
    sa.Column("is_in_force", sa.Boolean, nullable=False),  # one look of an item at most
    sa.Column("corrections", CanonicalJson, nullable=False),  # ids of those that it made while in force
    sa.Column("audit_answer_id", sa.Integer, sa.ForeignKey("audit_answers.id")),  # the same, of an audit item
    sa.Column("undone_at", UtcDateTime),
    sa.Index("ix_looks_queue_subject", "queue", "subject"),
    sa.Index("ix_looks_who", "who"),
)
