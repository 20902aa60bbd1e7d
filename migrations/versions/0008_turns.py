"""The place of a page among the new ones of its poll"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    op.add_column('articles', sa.Column('turn', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('articles', 'turn')
