"""Who did what in the newsroom's pages; addresses of people who sign in, and links to set a password anew"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    op.create_table(
        'audit_log',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('who', sa.String(length=120), nullable=False),
        sa.Column('role', sa.String(length=12), server_default='', nullable=False),
        sa.Column('action', sa.String(length=24), nullable=False),
        sa.Column('subject', sa.String(length=300), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log')),
    )
    op.create_index('ix_audit_log_at', 'audit_log', ['at'])
    op.create_table(
        'password_resets',
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('ends_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_password_resets_user_id_users')),
        sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_password_resets')),
    )
    op.create_index('ix_password_resets_user_id', 'password_resets', ['user_id'])
    op.add_column('users', sa.Column('email', sa.String(length=254), server_default='', nullable=False))


def downgrade() -> None:
    # not as a batch: SQLite refuses to make a table anew that sessions point to
    op.drop_column('users', 'email')
    op.drop_table('password_resets')
    op.drop_table('audit_log')
