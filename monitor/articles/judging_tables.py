"""What people say of articles, what a new model needs of them, and how far it has come."""

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, UtcDateTime, metadata

corrections = sa.Table(  # append-only: what somebody said is never changed, only said anew or undone
    "corrections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),  # CorrectionKind
    sa.Column("value", sa.String(32), nullable=False, server_default=""),  # topic or agreement id
    sa.Column("undoes", sa.Integer, sa.ForeignKey("corrections.id")),  # of kind undo only
    sa.Column("carries", sa.Integer, sa.ForeignKey("corrections.id")),  # said of a topic that has changed
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.String(300), nullable=False, server_default=""),
    sa.Index("ix_corrections_article_id", "article_id"),
    sa.Index("ix_corrections_kind_value", "kind", "value"),
)

features = sa.Table(  # letters, words and passages of a text as a classifier counts them, whatever the model
    "features",
    metadata,
    sa.Column("content_hash", sa.String(64), primary_key=True),
    sa.Column("format", sa.Integer, nullable=False),  # of the rows; others are made anew
    sa.Column("ngrams", sa.LargeBinary, nullable=False),
    sa.Column("stems", sa.LargeBinary),  # null: no model has looked at the words yet
    sa.Column("passages", sa.LargeBinary, nullable=False),
)

reclassifications = sa.Table(  # runs of a new model beside the current one
    "reclassifications",
    metadata,
    sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("base_id", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("since", UtcDateTime),  # judged anew from then on, taken over from the base before
    sa.Column("last_article_id", sa.Integer, nullable=False),  # the resume key
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("promoted_at", UtcDateTime),
    sa.Column("doc", CanonicalJson, nullable=False),  # counts so far
)
