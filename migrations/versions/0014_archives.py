"""Archives of pages that were read"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    op.create_table(
        'archives',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('begun_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('ended_at', db.UtcDateTime(timezone=True)),
        sa.Column('done_offset', sa.BigInteger(), nullable=False),
        sa.Column('counts', db.CanonicalJson(), nullable=False),
        sa.Column('days', db.CanonicalJson(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_archives')),
        sa.UniqueConstraint('sha256', name=op.f('uq_archives_sha256')),
    )


def downgrade() -> None:
    op.drop_table('archives')
