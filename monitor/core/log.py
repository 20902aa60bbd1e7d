"""Structured logs on the error stream: an event in snake_case and its fields, logfmt."""

import logging
import sys

import structlog


class PatientLogger(structlog.PrintLogger):
    """Writes lines to a stream, and goes on where that takes none: a log on a full disk must stop no service.

    The first line that is taken again is followed by how many were lost.
    """

    _lost = 0  # of the whole process: every call makes a logger of its own

    def msg(self, message: str) -> None:
        """Write one line. Never raises for a stream that is full or gone."""
        try:
            super().msg(message)
            if lost := PatientLogger._lost:
                super().msg(f"level=warning event=log_lines_lost n={lost}")
                PatientLogger._lost = 0
        except (OSError, ValueError):  # ValueError: the stream was closed
            PatientLogger._lost += 1

    log = debug = info = warning = error = critical = exception = msg


def configure(*, verbose: bool, events: bool = False) -> None:
    """Warnings and errors always, with `events` also what a service does, everything when `verbose`."""
    level = logging.DEBUG if verbose else logging.INFO if events else logging.WARNING
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: PatientLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
    # trafilatura and its helpers report pages without text as errors; our ledger does that
    for noisy in ("trafilatura", "htmldate", "charset_normalizer"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
