"""What the vectors say of pairs that may tell one story in two languages"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'


def upgrade() -> None:
    op.add_column('translation_ties', sa.Column('likeness', sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column('translation_ties', 'likeness')
