"""Counts of the press kept by week, and marks on the days of which anything has changed since

The marks are set by the database itself, whoever writes: a count that is kept and no longer true would be a
wrong number that nobody sees. Days are those of UTC. SQLite has one writer at a time and marks a day once; on
PostgreSQL marks are added to, since a mark that is just being taken away must not swallow a new one.
"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0019'
down_revision = '0018'

# table -> columns of which a change counts, the id of the article, a condition on the row
_OF_ARTICLE = {
    'taggings': (('article_id', 'version_id', 'label'), 'is_current'),
    'tags': (('article_id', 'version_id', 'topic', 'published'), 'is_current'),
    'corrections': (('article_id', 'kind', 'value', 'undoes'), None),
    'translation_ties': (('one_id', 'other_id'), None),
    'ledger': (('stage', 'item', 'version', 'reason'), 'is_of_page'),
}
_COUNTED = ('source_id', 'state', 'published_at', 'first_seen_at', 'cluster_id', 'is_origin')


def upgrade() -> None:
    op.create_table(
        'kept_weeks',
        sa.Column('start_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('stop_at', db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('tag_version_id', sa.Integer(), nullable=False),
        sa.Column('format', sa.Integer(), nullable=False),
        sa.Column('doc', db.CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(['tag_version_id'], ['versions.id'], name=op.f('fk_kept_weeks_tag_version_id_versions')),
        sa.PrimaryKeyConstraint('start_at', 'tag_version_id', name=op.f('pk_kept_weeks')),
    )
    op.create_table('count_marks', sa.Column('day', sa.Date(), nullable=False))
    op.create_index('ix_count_marks_day', 'count_marks', ['day'])
    for statement in _sqlite() if op.get_bind().dialect.name == 'sqlite' else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for table in ('articles', 'versions', *_OF_ARTICLE):
        for event in ('insert', 'update', 'delete'):
            on = '' if is_sqlite else f' ON {table}'
            op.execute(f'DROP TRIGGER IF EXISTS marks_{table}_{event}{on}')
            if not is_sqlite:
                op.execute(f'DROP FUNCTION IF EXISTS marks_{table}_{event}()')
    if not is_sqlite:
        op.execute('DROP FUNCTION mark_articles(integer[], integer[])')
    op.drop_index('ix_count_marks_day', table_name='count_marks')
    op.drop_table('count_marks')
    op.drop_table('kept_weeks')


def _when(columns: tuple[str, ...], apart: str) -> str:
    return ' OR '.join(f'OLD.{column} {apart} NEW.{column}' for column in columns)


# --- SQLite ---


def _sqlite() -> list[str]:
    made = [
        _trigger('articles', 'insert', 'INSERT', '1', _mark_articles('NEW.id', 'NEW.cluster_id')),
        _trigger('articles', 'delete', 'DELETE', '1', _mark_day('OLD') + _mark_articles('OLD.id', 'OLD.cluster_id')),
        _trigger(
            'articles',
            'update',
            f'UPDATE OF {", ".join(_COUNTED)}',
            _when(_COUNTED, 'IS NOT'),
            _mark_day('OLD')
            + _mark_articles('OLD.id', 'OLD.cluster_id')
            + _mark_articles('NEW.id', 'NEW.cluster_id'),
        ),
        _trigger(
            'versions',
            'update',
            'UPDATE OF is_current',
            'OLD.is_current IS NOT NEW.is_current',
            'DELETE FROM kept_weeks;',
        ),
    ]
    for table, (columns, condition) in _OF_ARTICLE.items():
        new, old = (''.join(_mark_articles(i, 'NULL') for i in _ids(table, row)) for row in ('NEW', 'OLD'))
        if_new, if_old = (_condition(condition, row) for row in ('NEW', 'OLD'))
        made += [
            _trigger(table, 'insert', 'INSERT', if_new, new),
            _trigger(table, 'delete', 'DELETE', if_old, old),
            _trigger(
                table,
                'update',
                f'UPDATE OF {", ".join(columns)}',
                f'({_when(columns, "IS NOT")}) AND ({if_new} OR {if_old})',
                old + new,
            ),
        ]
    return made


def _trigger(table: str, name: str, event: str, when: str, body: str) -> str:
    return f'CREATE TRIGGER marks_{table}_{name} AFTER {event} ON {table} WHEN {when} BEGIN {body} END'


def _ids(table: str, row: str) -> tuple[str, ...]:
    if table == 'translation_ties':
        return (f'{row}.one_id', f'{row}.other_id')
    if table == 'ledger':
        listed = f'(SELECT id FROM articles WHERE listed_url = {row}.item)'
        return (f"CASE {row}.stage WHEN 'fetch' THEN {listed} ELSE CAST({row}.item AS INTEGER) END",)
    return (f'{row}.article_id',)


def _condition(name: str | None, row: str) -> str:
    if name == 'is_current':
        return f'EXISTS (SELECT 1 FROM versions WHERE id = {row}.version_id AND is_current)'
    if name == 'is_of_page':
        return f"({row}.version = '' AND {row}.stage IN ('fetch', 'extract'))"
    return '1'


def _mark_articles(article: str, cluster: str) -> str:
    found = (
        'SELECT DISTINCT substr(coalesce(published_at, first_seen_at), 1, 10) AS day FROM articles '
        f'WHERE id = {article}'
    )
    if cluster != 'NULL':
        found += f' OR id = {cluster} OR cluster_id = {cluster}'
    return (
        f'INSERT INTO count_marks (day) SELECT day FROM ({found}) AS found '
        'WHERE NOT EXISTS (SELECT 1 FROM count_marks WHERE count_marks.day = found.day);'
    )


def _mark_day(row: str) -> str:
    return (
        'INSERT INTO count_marks (day) SELECT day FROM '
        f'(SELECT substr(coalesce({row}.published_at, {row}.first_seen_at), 1, 10) AS day) AS found '
        'WHERE NOT EXISTS (SELECT 1 FROM count_marks WHERE count_marks.day = found.day);'
    )


# --- PostgreSQL ---

_DAY = "(coalesce({row}published_at, {row}first_seen_at) AT TIME ZONE 'UTC')::date"


def _postgresql() -> list[str]:
    """Inserts come by thousands and are marked once a statement; changes of single rows row by row."""
    made = [
        f"""CREATE FUNCTION mark_articles(ids integer[], clusters integer[]) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO count_marks (day) SELECT DISTINCT {_DAY.format(row='')} FROM articles
        WHERE id = ANY (ids || clusters) OR cluster_id = ANY (clusters); END $$"""
    ]
    old_day = f'INSERT INTO count_marks (day) VALUES ({_DAY.format(row="OLD.")});'
    old, new = (f'PERFORM mark_articles(ARRAY[{r}.id], ARRAY[{r}.cluster_id]);' for r in ('OLD', 'NEW'))
    made += _by_statement('articles', 'PERFORM mark_articles(ARRAY(SELECT id FROM added), '
                          'ARRAY(SELECT DISTINCT cluster_id FROM added WHERE cluster_id IS NOT NULL));')  # fmt: skip
    made += _by_row('articles', 'delete', 'DELETE', 'true', old_day + old)
    made += _by_row('articles', 'update', f'UPDATE OF {", ".join(_COUNTED)}', _apart(_COUNTED), old_day + old + new)
    made += _by_row(
        'versions', 'update', 'UPDATE OF is_current', _apart(('is_current',)), 'DELETE FROM kept_weeks;'
    )
    for table, (columns, condition) in _OF_ARTICLE.items():
        update = f'UPDATE OF {", ".join(columns)}'
        made += _by_statement(table, f'PERFORM mark_articles(ARRAY({_added(table, condition)}), ARRAY[]::integer[]);')
        made += _by_row(table, 'delete', 'DELETE', 'true', _changed(table, condition, 'OLD'))
        both = _changed(table, condition, 'OLD') + _changed(table, condition, 'NEW')
        made += _by_row(table, 'update', update, _apart(columns), both)
    return made


def _apart(columns: tuple[str, ...]) -> str:
    return _when(columns, 'IS DISTINCT FROM')


def _by_statement(table: str, body: str) -> list[str]:
    name = f'marks_{table}_insert'
    return [
        _function(name, body),
        f'CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added '
        f'FOR EACH STATEMENT EXECUTE FUNCTION {name}()',
    ]


def _by_row(table: str, name: str, event: str, when: str, body: str) -> list[str]:
    name = f'marks_{table}_{name}'
    return [
        _function(name, body),
        f'CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()',
    ]


def _function(name: str, body: str) -> str:
    return f'CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$'


def _added(table: str, condition: str | None) -> str:
    where = f' WHERE {_condition(condition, "added")}' if condition else ''
    return ' UNION '.join(f'SELECT {one} FROM added{where}' for one in _pg_ids(table, 'added'))


def _changed(table: str, condition: str | None, row: str) -> str:
    ids = ', '.join(_pg_ids(table, row))
    mark = f'PERFORM mark_articles(ARRAY[{ids}], ARRAY[]::integer[]);'
    return f'IF {_condition(condition, row)} THEN {mark} END IF;' if condition else mark


def _pg_ids(table: str, row: str) -> tuple[str, ...]:
    if table == 'ledger':  # an item that is no number is no article; SQLite casts it to 0
        listed = f'(SELECT id FROM articles WHERE listed_url = {row}.item)'
        number = f"CASE WHEN {row}.item ~ '^[0-9]{{1,9}}$' THEN CAST({row}.item AS INTEGER) END"
        return (f"CASE {row}.stage WHEN 'fetch' THEN {listed} ELSE {number} END",)
    return _ids(table, row)
