"""When a mail of the outbox last changed its state: what the operator's digest has not told yet"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    op.add_column('outbox', sa.Column('changed_at', db.UtcDateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table('outbox') as batch:
        batch.drop_column('changed_at')
