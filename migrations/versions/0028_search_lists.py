"""Where the articles of a topic, and those of cooperation, stand in the order of the search: on PostgreSQL

A question narrowed to a topic reads its list from the newest on and stops at the twentieth find. Without it all
articles of the topic are looked up first, a tenth of a second of a million. The lists are a part of the index,
filled by triggers, whoever writes. They may name too many (what was taken back, runs that do not count): the
search asks the judgements themselves of what it finds. They must not name too few. So nothing is taken out of
them but with its run, and while articles are put into the index nobody judges any: neither would see the other's
rows. SQLite reads its index in order anyway and looks judgements up on the way; it has no lists.
"""

from alembic import op

revision = '0028'
down_revision = '0027'

_LISTS = 'search_index_lists'  # the beginning of the name tells that it is no table of ours, as on SQLite
# table -> what is listed of its rows `added`; no topic stands for cooperation
_JUDGED = {
    'tags': 'SELECT version_id, topic, position FROM added JOIN search_texts USING (article_id) WHERE published',
    'taggings': "SELECT version_id, '', position FROM added JOIN search_texts USING (article_id) WHERE label",
}
_INDEXED = (
    'SELECT version_id, topic, position FROM added JOIN tags USING (article_id) WHERE published UNION ALL '
    "SELECT version_id, '', position FROM added JOIN taggings USING (article_id) WHERE label"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        return
    op.execute(
        f'CREATE TABLE {_LISTS} (version_id integer NOT NULL, topic varchar(32) NOT NULL, position bigint NOT NULL, '
        f'CONSTRAINT pk_{_LISTS} PRIMARY KEY (version_id, topic, position))'
    )
    for table, query in _JUDGED.items():
        _fill_after(table, 'ROW EXCLUSIVE', query)
    _fill_after('search_texts', 'SHARE ROW EXCLUSIVE', _INDEXED)
    op.execute(f'INSERT INTO {_LISTS} {_INDEXED.replace("FROM added", "FROM search_texts AS added")}')
    op.execute(f'ANALYZE {_LISTS}')  # until then it would be taken for short and walked for each rare word
    op.execute(
        f'CREATE FUNCTION {_LISTS}_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f'DELETE FROM {_LISTS} WHERE version_id = OLD.id; RETURN NULL; END $$'
    )
    op.execute(
        f'CREATE TRIGGER {_LISTS}_forget AFTER DELETE ON versions FOR EACH ROW EXECUTE FUNCTION {_LISTS}_forget()'
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        return
    for table in (*_JUDGED, 'search_texts'):
        for event in ('insert', 'update'):
            op.execute(f'DROP TRIGGER {_LISTS}_{event} ON {table}')
        op.execute(f'DROP FUNCTION {_LISTS}_{table}()')
    op.execute(f'DROP TRIGGER {_LISTS}_forget ON versions')
    op.execute(f'DROP FUNCTION {_LISTS}_forget()')
    op.execute(f'DROP TABLE {_LISTS}')


def _fill_after(table: str, lock: str, query: str) -> None:
    # a statement of its own for the lock: the next one sees what was committed while this one waited
    op.execute(
        f'CREATE FUNCTION {_LISTS}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f'LOCK TABLE {_LISTS} IN {lock} MODE; INSERT INTO {_LISTS} {query} ON CONFLICT DO NOTHING; '
        'RETURN NULL; END $$'
    )
    for event in ('insert', 'update'):
        op.execute(
            f'CREATE TRIGGER {_LISTS}_{event} AFTER {event.upper()} ON {table} REFERENCING NEW TABLE AS added '
            f'FOR EACH STATEMENT EXECUTE FUNCTION {_LISTS}_{table}()'
        )
