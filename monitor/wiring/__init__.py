"""The only place where parts are put together: settings in, one App out; nothing is built before use.

Every module that makes a table is imported here: moving, backing up and restoring ask the metadata which
tables there are, whatever else a command has imported.
"""

import monitor.articles.audit_tables
import monitor.articles.judging_tables
import monitor.articles.search_tables
import monitor.articles.tables
import monitor.core.accounts
import monitor.core.api_tokens
import monitor.core.audit_log
import monitor.core.lease
import monitor.core.ledger_store
import monitor.core.runs
import monitor.core.views
import monitor.crawl.tables
import monitor.gaps.tables
import monitor.linking.store
import monitor.linking.tables
import monitor.register.tables
import monitor.reports.tables  # noqa: F401 - these fill the metadata
from monitor.wiring.app import App, Loaded

__all__ = ["App", "Loaded"]
