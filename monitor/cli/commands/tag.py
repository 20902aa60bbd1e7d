"""`monitor tag`: ad hoc on a file without a database, or what is due in the database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import Context, of
from monitor.cli.files import reading, writing
from monitor.core.errors import UsageError
from monitor.jobs import find_job, run_job
from monitor.wiring.stored import tagger


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
    bad, odd = _tag_file(ours, source, target)
    if odd:
        typer.echo(f"monitor: in {odd} of the lines something was left out: `ignored` says what", err=True)
    if bad:
        typer.echo(
            f"monitor: {bad} of the lines could not be read; each has its reason in the output", err=True
        )
        raise typer.Exit(1)


def _tag_file(ours: Context, source: Path, target: Path) -> tuple[int, int]:
    """Numbers of unreadable lines, of lines with a field left out. The output appears whole or not at all."""
    bad = odd = 0
    with reading(source) as lines, writing(target) as out:
        for answer in tagger(ours.app).answers(lines):
            bad += answer["id"] is None
            odd += "ignored" in answer
            out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    return bad, odd
