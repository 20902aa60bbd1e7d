"""`monitor sources import` and `export`: lists of feeds as other programs keep them."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.cli.files import reading, writing
from monitor.core.errors import OutsideError
from monitor.crawl.opml import known_feeds, read_opml, toml_rows, write_opml
from monitor.wiring.naming import newsroom_name


def import_sources(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file.")],
    out: Annotated[Path | None, typer.Option("--out", help="A new TOML file; else to the output.")] = None,
) -> None:
    """Turn an OPML file into rows for config/sources to be reviewed; bad rows are named (exit 1)."""
    ours = of(context)
    with reading(file) as lines:
        read = read_opml(lines.read(), str(file))
    known = known_feeds(read.feeds, ours.app.sources)
    for feed in read.feeds:
        if feed.line in known:
            typer.echo(f"{file}:{feed.line}: {feed.url} is a feed of {known[feed.line]} already", err=True)
    for problem in read.problems:
        typer.echo(str(problem), err=True)
    new = [feed for feed in read.feeds if feed.line not in known]
    if new:
        _give(toml_rows(new), out)
    told = f"{len(new)} new, {len(known)} known, {len(read.problems)} refused"
    typer.echo(f"{told}; fill in what is empty, look at each, then move the rows to config/sources", err=True)
    if read.problems:
        raise typer.Exit(1)


def export_sources(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", help="The OPML file to write, - for the output; an old one is replaced.")
    ],
) -> None:
    """Write all feeds of the config as OPML; an import of the file gives the same sources back."""
    ours = of(context)
    sources = ours.app.sources
    title = newsroom_name(ours.app, ours.app.settings.reports.languages[0])
    with writing(out) as file:
        file.write(write_opml(sources, title))
    told = f"{sum(len(s.feeds) for s in sources)} feeds of {sum(bool(s.feeds) for s in sources)} sources"
    typer.echo(told, err=str(out) == "-")


def _give(rows: str, out: Path | None) -> None:
    if out is None:
        typer.echo(rows)
        return
    try:
        with out.open("x", encoding="utf-8") as file:  # a list that people edited is not written over
            file.write(rows)
    except OSError as error:
        raise OutsideError(f"{out}: cannot be written: {error.strerror}") from error
