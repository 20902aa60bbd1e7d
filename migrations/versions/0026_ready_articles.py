"""An index of the articles that have a text: what the search does not know is found without reading them"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'

_READY = sa.text("state = 'ready'")


def upgrade() -> None:
    op.create_index('ix_articles_ready', 'articles', ['id'], sqlite_where=_READY, postgresql_where=_READY)


def downgrade() -> None:
    op.drop_index('ix_articles_ready', 'articles')
