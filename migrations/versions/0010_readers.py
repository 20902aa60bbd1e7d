"""What readers answer and say we missed; confirmed and paused subscriptions, notices, used links"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.create_table('answers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('family_id', sa.String(length=16), server_default='', nullable=False),
    sa.Column('region', sa.String(length=120), server_default='', nullable=False),
    sa.Column('week', sa.String(length=8), server_default='', nullable=False),
    sa.Column('who', sa.String(length=120), nullable=False),
    sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=300), server_default='', nullable=False),
    sa.Column('rests_until', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers'))
    )
    op.create_index('ix_answers_family_id', 'answers', ['family_id'], unique=False)
    op.create_table('missed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), server_default='', nullable=False),
    sa.Column('print_only', sa.String(length=200), server_default='', nullable=False),
    sa.Column('family_id', sa.String(length=16), server_default='', nullable=False),
    sa.Column('source_id', sa.String(length=120), server_default='', nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=True),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=32), server_default='', nullable=False),
    sa.Column('detail', sa.String(length=300), server_default='', nullable=False),
    sa.Column('who', sa.String(length=120), nullable=False),
    sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_missed'))
    )
    op.create_index('ix_missed_url', 'missed', ['url'], unique=False)
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('message_id', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_try_at', db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=300), server_default='', nullable=False),
    sa.Column('queued_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('sent_at', db.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('key', name=op.f('uq_notices_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_notices_message_id'))
    )
    op.create_index('ix_notices_state_next_try_at', 'notices', ['state', 'next_try_at'], unique=False)
    op.create_table('used_tokens',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('used_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_used_tokens'))
    )
    op.create_index('ix_used_tokens_expires_at', 'used_tokens', ['expires_at'], unique=False)
    op.add_column('subscribers', sa.Column('confirmed_at', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('subscribers', sa.Column('paused_until', sa.Date(), nullable=True))
    # who was subscribed before there was a confirmation stays subscribed: an operator entered them by hand
    op.execute('UPDATE subscribers SET confirmed_at = added_at')


def downgrade() -> None:
    # not as a batch: that makes the table anew on SQLite, which refuses to drop one that letters point to
    op.drop_column('subscribers', 'paused_until')
    op.drop_column('subscribers', 'confirmed_at')
    op.drop_table('used_tokens')
    op.drop_table('notices')
    op.drop_table('missed')
    op.drop_table('answers')
