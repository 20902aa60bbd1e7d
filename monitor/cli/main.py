"""The command line: parse, call one function, render, return the code. Names are final (scripts use them)."""

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli.context import Context, Terminated
from monitor.core.errors import MonitorError, OutsideError

# One file a command (group), called as the command is
COMMANDS = (
    "demo", "init", "migrate", "sources", "register", "crawl", "extract", "tag", "link", "train", "evaluate",
    "quantify", "reclassify", "correct", "audit", "gaps", "missed", "report", "subscribers", "doctor", "job",
    "run", "backup", "restore", "prune", "serve", "user", "backfill", "reextract", "move", "benchmark",
)  # fmt: skip

# What a disk or a machine refuses whatever the program does: its words are enough.
_OF_THE_MACHINE = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EMFILE,
    errno.EIO,
)


def _show_version(wanted: bool) -> None:
    if wanted:  # before the command is looked for: there need not be one
        typer.echo(__version__)
        raise typer.Exit


def build(words: Collection[str] = ()) -> typer.Typer:
    """The application with all commands, or with those alone that stand among the words of a call.

    Each command imports what it works with: all of them take a second more than one of the lighter ones.
    """
    app = typer.Typer(
        name="monitor",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        help="Measures what the press does not report about the cooperation agreements of Belarus's regions.",
    )
    app.callback()(_root)
    named = [name for name in COMMANDS if name in words and "--help" not in words]  # it may list them all
    for name in named or COMMANDS:
        import_module(f"monitor.cli.commands.{name}").add_to(app)
    return app


def _root(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="MONITOR_HOME", help="Folder of config, database and models.")
    ] = Path("var"),
    verbose: Annotated[bool, typer.Option(help="Log every event to the error stream.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and stop.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    del version  # answered before by its callback
    ours = Context(home, verbose=verbose)
    context.obj = ours
    context.call_on_close(ours.close)


def main(words: list[str] | None = None) -> None:
    """Entry point; `words` are those of the command line where not given. Always raises SystemExit.

    Exit codes: 0 done, 1 a finding or bad rows, 2 usage, 3 outside world.
    """
    given = sys.argv[1:] if words is None else words
    _write_what_can_be_written()
    try:
        with _tidy_at_sigterm():
            build(given)(given, prog_name="monitor")
    except MonitorError as error:
        typer.echo(f"monitor: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:  # while the command was imported: later typer ends with the same
        sys.exit(128 + signal.SIGINT)
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(0)  # the reader of our output went away, as with `| head`: typer says 1, a finding
        raise
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"monitor: {where}{error.strerror}", err=True)
        sys.exit(OutsideError.exit_code)


@contextmanager
def _tidy_at_sigterm() -> Iterator[None]:
    """Have SIGTERM end the process by way of all that clears up, as Ctrl-C does, and by that signal still."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except Terminated:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    raise Terminated(128 + signal.SIGTERM)


def _write_what_can_be_written() -> None:
    """Letters that the output's encoding lacks are written as their numbers; they had ended the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
