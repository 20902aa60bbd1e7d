"""Copies: a look-up by week, the pairs themselves, and who names a source"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'

_ALL = (1 << 60) - 1  # every part of a text


def upgrade() -> None:
    op.add_column('articles', sa.Column('is_marked', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('sketches',
    sa.Column('week', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_sketches_article_id_articles')),
    sa.PrimaryKeyConstraint('week', 'key', 'article_id', name=op.f('pk_sketches')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_sketches_article_id', 'sketches', ['article_id'], unique=False)
    op.create_table('copy_ties',
    sa.Column('one_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('one_share', sa.Float(), nullable=False),
    sa.Column('other_share', sa.Float(), nullable=False),
    sa.Column('one_part', sa.BigInteger(), nullable=False),
    sa.Column('other_part', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['one_id'], ['articles.id'], name=op.f('fk_copy_ties_one_id_articles')),
    sa.ForeignKeyConstraint(['other_id'], ['articles.id'], name=op.f('fk_copy_ties_other_id_articles')),
    sa.PrimaryKeyConstraint('one_id', 'other_id', name=op.f('pk_copy_ties'))
    )
    op.create_index('ix_copy_ties_other_id', 'copy_ties', ['other_id'], unique=False)
    # clusters found before stay together: each copy is tied to its origin
    op.execute(sa.text(
        'insert into copy_ties (one_id, other_id, one_share, other_share, one_part, other_part) '
        'select case when a.id < o.id then a.id else o.id end, case when a.id < o.id then o.id else a.id end, '
        f'1.0, 1.0, {_ALL}, {_ALL} from articles a join articles o on o.cluster_id = a.cluster_id '
        'where o.is_origin and not a.is_origin'
    ))
    op.drop_table('signature_bands')


def downgrade() -> None:
    op.create_table('signature_bands',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('band', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_signature_bands_article_id_articles')),
    sa.PrimaryKeyConstraint('article_id', 'band', name=op.f('pk_signature_bands'))
    )
    op.create_index('ix_signature_bands_key_band', 'signature_bands', ['key', 'band'], unique=False)
    op.drop_table('copy_ties')
    op.drop_table('sketches')
    op.drop_column('articles', 'is_marked')
