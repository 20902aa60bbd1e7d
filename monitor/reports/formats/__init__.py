"""The formats of a report: each a module with SUFFIX, MEDIA_TYPE and render. A new one is one line here."""

from typing import Protocol

from monitor.reports.formats import csv, html, json, rss, text, xlsx
from monitor.reports.types import Report


class Format(Protocol):
    """A report format, by shape."""

    SUFFIX: str
    MEDIA_TYPE: str

    def render(self, report: Report) -> bytes:
        """The whole report in this format; the same facts give the same bytes."""
        ...


FORMATS: dict[str, Format] = {
    "html": html,
    "text": text,
    "xlsx": xlsx,
    "csv": csv,
    "json": json,
    "rss": rss,
}
