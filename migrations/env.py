"""Alembic environment: the caller passes an open connection in `attributes`."""

from alembic import context

from monitor.articles import audit_tables as articles_audit_tables  # noqa: F401
from monitor.articles import judging_tables as articles_judging_tables  # noqa: F401
from monitor.articles import search_tables as articles_search_tables  # noqa: F401
from monitor.articles import tables as articles_tables  # noqa: F401
from monitor.core import (  # noqa: F401 - fills the metadata
    accounts,
    api_tokens,
    audit_log,
    lease,
    ledger_store,
    runs,
    views,
)
from monitor.core.db import metadata
from monitor.crawl import tables as crawl_tables  # noqa: F401
from monitor.gaps import tables as gaps_tables  # noqa: F401
from monitor.linking import tables as linking_tables  # noqa: F401
from monitor.register import tables as register_tables  # noqa: F401
from monitor.reports import tables as reports_tables  # noqa: F401

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    user_module_prefix="db.",
)
with context.begin_transaction():
    context.run_migrations()
