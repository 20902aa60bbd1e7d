"""What `sources check --all` said of each source"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('verdicts',
    sa.Column('source_id', sa.String(length=120), nullable=False),
    sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('sort', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('detail', sa.String(length=300), nullable=False),
    sa.Column('feeds', db.CanonicalJson(), nullable=False),
    sa.Column('switched_off', sa.Text(), server_default='', nullable=False),
    sa.Column('decision_key', sa.String(length=64), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_verdicts_source_id_sources')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_verdicts'))
    )


def downgrade() -> None:
    op.drop_table('verdicts')
