"""Indexes of what waits for reviewers"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'

_UNDECIDED = sa.text("reason IN ('gate_undecided', 'topic_undecided')")
_NEARLY = sa.text("reason = 'sibling_only'")


def upgrade() -> None:
    op.create_index(
        'ix_taggings_undecided', 'taggings', ['version_id', 'article_id'],
        sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED,
    )
    op.create_index(
        'ix_linkings_nearly', 'linkings', ['version_id', 'article_id'],
        sqlite_where=_NEARLY, postgresql_where=_NEARLY,
    )


def downgrade() -> None:
    op.drop_index('ix_linkings_nearly', 'linkings')
    op.drop_index('ix_taggings_undecided', 'taggings')
