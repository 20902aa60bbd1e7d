"""The interface for machines: what the pages show, as JSON under /api/v1, for tokens that may read it."""
