"""Links from articles to families of agreements, with the words that prove them."""

import sqlalchemy as sa

from monitor.core.db import MADE_OF_OTHERS, CanonicalJson, metadata

linkings = sa.Table(
    "linkings",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("n_links", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(32), nullable=False, server_default=""),
    sa.Column("mentions", CanonicalJson, nullable=False),  # [[place, field, start, end, how], ...]
    sa.Column("related", CanonicalJson),  # families that were nearly linked; null: made by an older program
    sa.Index("ix_linkings_version_id", "version_id"),
)

_NEARLY = sa.text("reason = 'sibling_only'")
sa.Index(  # what was nearly linked, newest last
    "ix_linkings_nearly",
    linkings.c.version_id,
    linkings.c.article_id,
    sqlite_where=_NEARLY,
    postgresql_where=_NEARLY,
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("family_id", sa.String(16), nullable=False),
    sa.Column("member", sa.String(16)),  # agreement id, null: only the family is known
    sa.Column("p", sa.Float, nullable=False),
    sa.Column("depth", sa.String(8), nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("evidence", CanonicalJson, nullable=False),  # [{place, field, start, end, text}, ...]
    sa.UniqueConstraint("article_id", "version_id", "family_id"),
    sa.Index("ix_links_version_id_family_id", "version_id", "family_id"),
)

found_names = sa.Table(  # what was found in a text, so that nobody looks again: monitor.linking.found
    "found_names",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False),  # of the text and of what it was looked through with
    sa.Column("packed", sa.LargeBinary, nullable=False),
    info=MADE_OF_OTHERS,
)
