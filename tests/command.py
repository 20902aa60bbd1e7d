"""Calls the command line as a user does, in this process: words in, exit code and both streams out."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import structlog

from monitor.cli.main import main
from monitor.core.audit_log import list_actions
from monitor.core.db import Db


@dataclass(frozen=True, slots=True)
class Said:
    """What one call answered."""

    code: int
    out: str
    err: str


def monitor(*words: str | Path, home: Path | None = None, stdin: bytes = b"") -> Said:
    """Run `monitor --home HOME WORDS`.

    An exception that the command line does not map comes out as it is; a traceback in its log is one too.
    """
    given = [*(() if home is None else ("--home", str(home))), *map(str, words)]
    out, err = _stream(), _stream()
    with _stdin(stdin), redirect_stdout(out), redirect_stderr(err), _logs_as_before():
        try:
            main(given)
        except SystemExit as ended:
            code = ended.code
        else:
            code = "main() returned"
    if not isinstance(code, int | None):
        raise AssertionError(f"not an exit code: {code!r}")
    said = Said(code or 0, _text(out), _text(err))
    if "Traceback" in said.err + said.out:
        raise AssertionError(said.err + said.out)
    return said


def logged(home: Path) -> list[str]:
    """Who did what to what, the oldest first, as the log of a home's database has it."""
    db = Db(f"sqlite:///{home / 'monitor.sqlite'}")
    with db.reading() as tx:
        rows = list_actions(tx, limit=100)
    db.close()
    return [f"{row.who}: {row.action} {row.subject}" for row in reversed(rows)]


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    held = stream.buffer
    assert isinstance(held, io.BytesIO)
    return held.getvalue().decode()


@contextmanager
def _stdin(content: bytes) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(content), "utf-8")
    try:
        yield
    finally:
        sys.stdin = before


@contextmanager
def _logs_as_before() -> Iterator[None]:
    """The command line sends logs to its error stream, which is gone after the call."""
    handlers = list(logging.root.handlers)
    level = logging.root.level
    try:
        yield
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        structlog.reset_defaults()
