"""The words of articles as the search knows them, and the index of each database over them

The index is no table of ours: SQLite's is a virtual table that three triggers keep in step with `search_texts`,
PostgreSQL's is a column that the database computes. So whatever writes `search_texts` (a stage, a move from
another database, a restore) need not know of it. Existing articles are read by the next run of articles.index.
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'

_NEW = "INSERT INTO search_index(rowid, lemmas) VALUES (new.position, new.lemmas);"
_OLD = "INSERT INTO search_index(search_index, rowid, lemmas) VALUES ('delete', old.position, old.lemmas);"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.create_table(
        'search_texts',
        # SQLite knows a row by its number only where the column is called INTEGER; that has 64 bits all the same
        sa.Column('position', sa.Integer() if is_sqlite else sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('lemmas', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_search_texts_article_id_articles')),
        sa.PrimaryKeyConstraint('position', name=op.f('pk_search_texts')),
        sa.UniqueConstraint('article_id', name=op.f('uq_search_texts_article_id')),
    )
    if is_sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5(lemmas, content='search_texts', content_rowid='position', "
            "tokenize='unicode61 remove_diacritics 0')"
        )
        op.execute(f'CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN {_NEW} END')
        op.execute(f'CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN {_OLD} END')
        op.execute(f'CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts BEGIN {_OLD} {_NEW} END')
        return
    op.execute(
        "ALTER TABLE search_texts ADD COLUMN words tsvector NOT NULL "
        "GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, lemmas)) STORED"
    )
    op.execute('CREATE INDEX ix_search_texts_words ON search_texts USING gin (words)')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE search_index')
    op.drop_table('search_texts')
