"""The only place where parts are put together: settings in, one App out; nothing is built before use."""

import monitor.core.accounts
import monitor.core.api_tokens
import monitor.core.audit_log
import monitor.core.lease
import monitor.core.views  # noqa: F401 - fills the metadata
from monitor.wiring.app import App, Loaded

__all__ = ["App", "Loaded"]
