"""An index of the polls that went wrong or overflowed: the others, by far the most, tell of no outage"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'

_ODD = sa.text("ending <> 'done' OR overflow")


def upgrade() -> None:
    op.create_index(
        'ix_checks_odd', 'checks', ['at', 'source_id', 'feed_url'], sqlite_where=_ODD, postgresql_where=_ODD
    )


def downgrade() -> None:
    op.drop_index('ix_checks_odd', 'checks')
