"""Who runs the service"""

import sqlalchemy as sa
from alembic import op

import monitor.core.db as db

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table(
        'leases',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('holder', sa.String(length=200), nullable=False),
        sa.Column('token', sa.String(length=40), nullable=False),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('pid', sa.Integer(), nullable=False),
        sa.Column('beat', sa.Integer(), nullable=False),
        sa.Column('taken_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_leases')),
    )


def downgrade() -> None:
    op.drop_table('leases')
