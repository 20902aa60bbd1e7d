"""Media-coverage monitor: measures what the press does not report about cooperation agreements."""

__version__ = "0.1.0"
