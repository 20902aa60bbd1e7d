"""`monitor extract`: text and facts of stored pages, without a database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.cli.files import reading, writing
from monitor.wiring.stored import extract_stored


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("extract")(extract)


def extract(
    context: typer.Context,
    source: Annotated[
        Path,
        typer.Option("--in", help="JSON lines: id, url, path (relative to this file; - for stdin: to here)."),
    ],
    target: Annotated[Path, typer.Option("--out", help="Answers, one a line (- for stdout).")],
) -> None:
    """Take title, text, date and language out of stored pages; exit 1 when a line could not be read."""
    ours = of(context)
    folder = Path() if str(source) == "-" else source.parent
    bad = 0
    with reading(source) as lines, writing(target) as out:
        for answer in extract_stored(ours.app, lines, folder):
            bad += answer["id"] is None
            out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    if bad:
        typer.echo(
            f"monitor: {bad} of the lines could not be read; each has its reason in the output", err=True
        )
        raise typer.Exit(1)
