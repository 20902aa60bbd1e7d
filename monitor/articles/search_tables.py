"""The words of articles as the search knows them; the databases' indexes are in migration 0021."""

import sqlalchemy as sa

from monitor.core.db import MADE_OF_OTHERS, metadata

search_texts = sa.Table(
    "search_texts",
    metadata,
    # day of the article and its number: the newest first is the order of the key, and no two are the same
    sa.Column(
        "position",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False, unique=True),
    sa.Column("lemmas", sa.Text, nullable=False),  # as search_words.document has them
    info=MADE_OF_OTHERS,  # by the job articles.index
)

INDEX = "search_index"  # of SQLite; its parts begin with this name
INDEX_COLUMN = "words"  # of PostgreSQL, computed by the database
