"""`monitor tag`: ad hoc on a file without a database, or what is due in the database."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from monitor.cli.context import Context, of
from monitor.core.errors import OutsideError, UsageError
from monitor.jobs import find_job, run_job


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("tag")(tag)


def tag(
    context: typer.Context,
    source: Annotated[
        Path | None, typer.Option("--in", help="JSON lines: id, title, text, ... (- for stdin).")
    ] = None,
    target: Annotated[Path | None, typer.Option("--out", help="Answers, one a line (- for stdout).")] = None,
) -> None:
    """Tag and link the items of a file, stateless; without --in, tag what is due in the database."""
    ours = of(context)
    if source is None:
        if target is not None:
            raise UsageError("--out needs --in; without both, what is due in the database is tagged")
        with ours.progress() as progress:
            counts = run_job(ours.app, find_job("articles.tag"), progress)
        ours.print_counts(counts)
        return
    if target is None:
        raise UsageError("--in needs --out (use --out - for the standard output)")
    bad = _tag_file(ours, source, target)
    if bad:
        typer.echo(
            f"monitor: {bad} of the lines could not be read; each has its reason in the output", err=True
        )
        raise typer.Exit(1)


def _tag_file(ours: Context, source: Path, target: Path) -> int:
    """Number of unreadable lines. The output appears whole or not at all."""
    bad = 0
    with _reading(source) as lines, _writing(target) as out:
        for answer in ours.app.tagger.answers(lines):
            bad += answer["id"] is None
            out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    return bad


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as lines:
            yield lines
    except OSError as error:
        raise OutsideError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def _writing(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = path.with_name(path.name + ".partial")
    try:
        if path.is_dir():  # else it would be noticed when all work is done
            raise IsADirectoryError(EISDIR, "Is a directory")
        with partial.open("wb") as out:
            yield out
        partial.replace(path)
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
