"""Register and gazetteer as loaded, so that reports can be checked against what was known then."""

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, UtcDateTime, metadata

register_versions = sa.Table(
    "register_versions",
    metadata,
    sa.Column("version", sa.String(80), primary_key=True),
    sa.Column("loaded_at", UtcDateTime, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("id", sa.String(120), primary_key=True),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("country", sa.String(2)),
    sa.Column("parent", sa.String(120)),
    sa.Column("doc", CanonicalJson, nullable=False),
)

agreements = sa.Table(
    "agreements",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("family_id", sa.String(16)),  # null: not monitored
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("signed", sa.String(10)),
    sa.Column("valid_until", sa.String(10)),
    sa.Column("monitored", sa.Boolean, nullable=False),
    sa.Column("title_ru", sa.Text, nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),
    sa.Index("ix_agreements_family_id", "family_id"),
)

register_changes = sa.Table(
    "register_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("agreement_id", sa.String(16), nullable=False),
    sa.Column("change", sa.String(8), nullable=False),  # added | changed | removed
    sa.Column("fields", CanonicalJson, nullable=False),  # {field: [before, after]}
    sa.Index("ix_register_changes_agreement_id", "agreement_id"),
)
