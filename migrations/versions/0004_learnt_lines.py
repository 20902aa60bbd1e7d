"""Lines that sources print on page after page"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('learnt_lines',
    sa.Column('source_id', sa.String(length=120), nullable=False),
    sa.Column('key', sa.String(length=16), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('learnt_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_learnt_lines_source_id_sources')),
    sa.PrimaryKeyConstraint('source_id', 'key', name=op.f('pk_learnt_lines'))
    )


def downgrade() -> None:
    op.drop_table('learnt_lines')
