"""Indexes from which the gap table reads a year of articles without their texts"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'

DATED = sa.text('coalesce(published_at, first_seen_at)')


def upgrade() -> None:
    op.create_index(
        'ix_articles_dated',
        'articles',
        [DATED, 'source_id', 'state', 'cluster_id', 'is_origin', 'published_at', 'first_seen_at'],
        unique=False,
    )
    op.drop_index('ix_articles_cluster_id', table_name='articles')
    op.create_index(
        'ix_articles_cluster_id', 'articles', ['cluster_id', 'published_at', 'first_seen_at'], unique=False
    )
    op.create_index('ix_ledger_stage_at', 'ledger', ['stage', 'at', 'source_id', 'reason', 'version'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_ledger_stage_at', table_name='ledger')
    op.drop_index('ix_articles_cluster_id', table_name='articles')
    op.create_index('ix_articles_cluster_id', 'articles', ['cluster_id'], unique=False)
    op.drop_index('ix_articles_dated', table_name='articles')
