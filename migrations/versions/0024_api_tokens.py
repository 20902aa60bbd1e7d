"""Tokens of programs that read the interface for machines"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0024'
down_revision = '0023'


def upgrade() -> None:
    op.create_table(
        'api_tokens',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('key_hash', sa.String(length=64), nullable=False),
        sa.Column('scopes', sa.String(length=200), nullable=False),
        sa.Column('created_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('ends_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
        sa.UniqueConstraint('key_hash', name=op.f('uq_api_tokens_key_hash')),
        sa.UniqueConstraint('name', name=op.f('uq_api_tokens_name')),
    )


def downgrade() -> None:
    op.drop_table('api_tokens')
