"""What was found in each text, kept so that links can be made again without looking"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'


def upgrade() -> None:
    op.create_table(
        'found_names',
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.LargeBinary(), nullable=False),
        sa.Column('packed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_found_names_article_id_articles')),
        sa.PrimaryKeyConstraint('article_id', name=op.f('pk_found_names')),
    )


def downgrade() -> None:
    op.drop_table('found_names')
