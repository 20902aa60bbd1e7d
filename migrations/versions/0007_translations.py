"""Pairs of articles that tell one story in two languages"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('translation_ties',
    sa.Column('one_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['one_id'], ['articles.id'], name=op.f('fk_translation_ties_one_id_articles')),
    sa.ForeignKeyConstraint(['other_id'], ['articles.id'], name=op.f('fk_translation_ties_other_id_articles')),
    sa.PrimaryKeyConstraint('one_id', 'other_id', name=op.f('pk_translation_ties'))
    )
    op.create_index('ix_translation_ties_other_id', 'translation_ties', ['other_id'], unique=False)


def downgrade() -> None:
    op.drop_table('translation_ties')
