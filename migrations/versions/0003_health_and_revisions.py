"""Rhythm, pauses and mistrust of feeds; revisions of articles"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.add_column('feeds', sa.Column('rhythm_s', sa.Float(), nullable=True))
    op.add_column('feeds', sa.Column('floor_s', sa.Float(), server_default='0', nullable=False))
    op.add_column('feeds', sa.Column('asked_whole_at', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('feeds', sa.Column('not_modified_at', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('feeds', sa.Column('distrusted_at', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('feeds', sa.Column('distrusted_until', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('feeds', sa.Column('distrust_why', sa.String(length=300), server_default='', nullable=False))
    op.add_column('articles', sa.Column('listed_title', sa.Text(), server_default='', nullable=False))
    op.add_column('articles', sa.Column('listed_update_at', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('articles', sa.Column('n_revisions', sa.Integer(), server_default='0', nullable=False))
    op.create_table('revisions',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('replaced_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_revisions_article_id_articles')),
    sa.PrimaryKeyConstraint('article_id', 'number', name=op.f('pk_revisions'))
    )


def downgrade() -> None:
    op.drop_table('revisions')
    op.drop_column('articles', 'n_revisions')
    op.drop_column('articles', 'listed_update_at')
    op.drop_column('articles', 'listed_title')
    op.drop_column('feeds', 'distrust_why')
    op.drop_column('feeds', 'distrusted_until')
    op.drop_column('feeds', 'distrusted_at')
    op.drop_column('feeds', 'not_modified_at')
    op.drop_column('feeds', 'asked_whole_at')
    op.drop_column('feeds', 'floor_s')
    op.drop_column('feeds', 'rhythm_s')
