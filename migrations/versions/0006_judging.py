"""Corrections, stored features of texts, and runs of a new model beside the current one"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_table('corrections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=32), server_default='', nullable=False),
    sa.Column('undoes', sa.Integer(), nullable=True),
    sa.Column('carries', sa.Integer(), nullable=True),
    sa.Column('who', sa.String(length=120), nullable=False),
    sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=300), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_corrections_article_id_articles')),
    sa.ForeignKeyConstraint(['carries'], ['corrections.id'], name=op.f('fk_corrections_carries_corrections')),
    sa.ForeignKeyConstraint(['undoes'], ['corrections.id'], name=op.f('fk_corrections_undoes_corrections')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections'))
    )
    op.create_index('ix_corrections_article_id', 'corrections', ['article_id'], unique=False)
    op.create_index('ix_corrections_kind_value', 'corrections', ['kind', 'value'], unique=False)
    op.create_table('features',
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('format', sa.Integer(), nullable=False),
    sa.Column('ngrams', sa.LargeBinary(), nullable=False),
    sa.Column('stems', sa.LargeBinary(), nullable=True),
    sa.Column('passages', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('content_hash', name=op.f('pk_features'))
    )
    op.create_table('reclassifications',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('since', db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('last_article_id', sa.Integer(), nullable=False),
    sa.Column('started_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('promoted_at', db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('doc', db.CanonicalJson(), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['versions.id'], name=op.f('fk_reclassifications_base_id_versions')),
    sa.ForeignKeyConstraint(['version_id'], ['versions.id'], name=op.f('fk_reclassifications_version_id_versions')),
    sa.PrimaryKeyConstraint('version_id', name=op.f('pk_reclassifications'))
    )


def downgrade() -> None:
    op.drop_table('reclassifications')
    op.drop_table('features')
    op.drop_table('corrections')
