"""`monitor audit`: a weekly sample of texts out as a sheet, and the reviewers' answers back in."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.cli.files import reading, writing
from monitor.core.ids import Week
from monitor.review.sheet import MAX_BYTES
from monitor.wiring import auditing


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Have people check a sample of what the program judged.")
    group.command("draw")(draw)
    group.command("import")(take_in)
    app.add_typer(group, name="audit")


def draw(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="CSV to fill in; - for the output.")],
    week: Annotated[str, typer.Option(help="ISO week, e.g. 2026-W47; without it the last whole one.")] = "",
) -> None:
    """Draw the texts of a week to be checked; the same week always gives the same texts."""
    ours = of(context)
    wanted = Week(week) if week else ours.app.last_week()
    drawn, sheet = auditing.draw(ours.app, wanted)
    with writing(out) as file:
        file.write(sheet)
    told = ", ".join(f"{n} of {size} {name}" for name, (size, n) in drawn.sizes.items())
    typer.echo(f"{drawn.week}: {told}; fill in {out} and give it to `monitor audit import`", err=True)


def take_in(
    context: typer.Context,
    sheet: Annotated[Path, typer.Argument(help="The sheet with answers.")],
    who: Annotated[str, typer.Option(help="Who has answered.")],
) -> None:
    """Take in the answers of a sheet: all of it or, with every bad row, nothing."""
    ours = of(context)
    with reading(sheet) as file:
        data = file.read(MAX_BYTES + 1)
    counts, n_open = auditing.take_in(ours.app, data, str(sheet), who=who)
    words = [f"{counts[name]} {name}" for name in ("answered", "changed", "unchanged", "corrections")]
    typer.echo(f"{', '.join(words)}, {n_open} still open")
