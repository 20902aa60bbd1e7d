"""What changed in the register from version to version"""

import sqlalchemy as sa
from alembic import op

from monitor.core.db import CanonicalJson, UtcDateTime

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    op.create_table(
        'register_changes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('version', sa.String(length=80), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('agreement_id', sa.String(length=16), nullable=False),
        sa.Column('change', sa.String(length=8), nullable=False),
        sa.Column('fields', CanonicalJson(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_register_changes')),
    )
    op.create_index('ix_register_changes_agreement_id', 'register_changes', ['agreement_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_register_changes_agreement_id', table_name='register_changes')
    op.drop_table('register_changes')
