"""Which record of an archive gave an article its text, and what its page gives when it is read once more"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0029'
down_revision = '0028'


def upgrade() -> None:
    op.create_table(
        'archived_pages',
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('archive_id', sa.Integer(), nullable=False),
        sa.Column('record_offset', sa.BigInteger(), nullable=False),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ['article_id'], ['articles.id'], name=op.f('fk_archived_pages_article_id_articles')
        ),
        sa.ForeignKeyConstraint(
            ['archive_id'], ['archives.id'], name=op.f('fk_archived_pages_archive_id_archives')
        ),
        sa.PrimaryKeyConstraint('article_id', name=op.f('pk_archived_pages')),
        sa.UniqueConstraint('archive_id', 'record_offset', name=op.f('uq_archived_pages_archive_id_record_offset')),
    )
    op.create_table(
        'rereads',
        sa.Column('archive_id', sa.Integer(), nullable=False),
        sa.Column('reader', sa.String(length=16), nullable=False),
        sa.Column('done_offset', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', db.UtcDateTime(timezone=True)),
        sa.ForeignKeyConstraint(['archive_id'], ['archives.id'], name=op.f('fk_rereads_archive_id_archives')),
        sa.PrimaryKeyConstraint('archive_id', name=op.f('pk_rereads')),
    )
    op.create_table(
        'rereadings',
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('archive_id', sa.Integer(), nullable=False),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.Column('found', db.CanonicalJson()),
        sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_rereadings_article_id_articles')),
        sa.ForeignKeyConstraint(['archive_id'], ['archives.id'], name=op.f('fk_rereadings_archive_id_archives')),
        sa.PrimaryKeyConstraint('article_id', name=op.f('pk_rereadings')),
    )
    op.create_index('ix_rereadings_archive_id', 'rereadings', ['archive_id'])


def downgrade() -> None:
    op.drop_index('ix_rereadings_archive_id', table_name='rereadings')
    op.drop_table('rereadings')
    op.drop_table('rereads')
    op.drop_table('archived_pages')
