"""On PostgreSQL the index of clusters names its articles too: a gap table asks for those of all linked stories"""

from alembic import op

revision = '0030'
down_revision = '0029'

_NAME, _COLUMNS = 'ix_articles_cluster_id', ['cluster_id', 'published_at', 'first_seen_at']


def upgrade() -> None:
    if op.get_context().dialect.name == 'postgresql':  # an index of SQLite names its rows anyway
        op.drop_index(_NAME, table_name='articles')
        op.create_index(_NAME, 'articles', _COLUMNS, postgresql_include=['id'])


def downgrade() -> None:
    if op.get_context().dialect.name == 'postgresql':
        op.drop_index(_NAME, table_name='articles')
        op.create_index(_NAME, 'articles', _COLUMNS)
