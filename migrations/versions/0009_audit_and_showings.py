"""Audit samples with their answers, and which rows were shown to whom"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.create_table('audit_draws',
    sa.Column('week', sa.String(length=8), nullable=False),
    sa.Column('drawn_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('tag_version_id', sa.Integer(), nullable=False),
    sa.Column('link_version_id', sa.Integer(), nullable=False),
    sa.Column('doc', db.CanonicalJson(), nullable=False),
    sa.ForeignKeyConstraint(['link_version_id'], ['versions.id'], name=op.f('fk_audit_draws_link_version_id_versions')),
    sa.ForeignKeyConstraint(['tag_version_id'], ['versions.id'], name=op.f('fk_audit_draws_tag_version_id_versions')),
    sa.PrimaryKeyConstraint('week', name=op.f('pk_audit_draws'))
    )
    op.create_table('audit_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('week', sa.String(length=8), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('stratum', sa.String(length=8), nullable=False),
    sa.Column('weight', sa.Float(), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=False),
    sa.Column('label', sa.Boolean(), nullable=True),
    sa.Column('families', db.CanonicalJson(), nullable=False),
    sa.Column('offered', db.CanonicalJson(), nullable=False),
    sa.Column('topics', db.CanonicalJson(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_audit_items_article_id_articles')),
    sa.ForeignKeyConstraint(['week'], ['audit_draws.week'], name=op.f('fk_audit_items_week_audit_draws')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_items')),
    sa.UniqueConstraint('week', 'article_id', name=op.f('uq_audit_items_week_article_id'))
    )
    op.create_table('audit_answers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('who', sa.String(length=120), nullable=False),
    sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('cooperation', sa.Boolean(), nullable=False),
    sa.Column('agreements', db.CanonicalJson(), nullable=False),
    sa.Column('topics', db.CanonicalJson(), nullable=True),
    sa.Column('note', sa.String(length=300), server_default='', nullable=False),
    sa.Column('corrects', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['audit_items.id'], name=op.f('fk_audit_answers_item_id_audit_items')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_answers'))
    )
    op.create_index('ix_audit_answers_item_id', 'audit_answers', ['item_id'], unique=False)
    op.create_table('showings',
    sa.Column('week', sa.String(length=8), nullable=False),
    sa.Column('region', sa.String(length=120), nullable=False),
    sa.Column('family_id', sa.String(length=16), nullable=False),
    sa.Column('facts', sa.String(length=32), nullable=False),
    sa.Column('shown_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('week', 'region', 'family_id', name=op.f('pk_showings'))
    )


def downgrade() -> None:
    op.drop_table('showings')
    op.drop_table('audit_answers')
    op.drop_table('audit_items')
    op.drop_table('audit_draws')
