"""`monitor report`: build, preview and send the weekly report."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.ids import Week
from monitor.jobs import find_job, run_job
from monitor.reports.stage import write_preview


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="The weekly report: build, preview, send.")
    group.command("build")(build)
    group.command("preview")(preview)
    group.command("send")(send)
    app.add_typer(group, name="report")


WeekOption = Annotated[str, typer.Option(help="ISO week, e.g. 2026-W47; without it the last whole one.")]


def build(context: typer.Context, week: WeekOption = "") -> None:
    """Count the week's gaps, make the reports that subscribers wait for and put them into the outbox."""
    ours = of(context)
    wanted = Week(week) if week else None
    ours.print_counts(ours.app.build_gaps(wanted))
    ours.print_counts(ours.app.build_reports(wanted))


def preview(
    context: typer.Context,
    region: Annotated[str, typer.Option(help="Region, in any spelling.")],
    week: WeekOption = "",
    lang: Annotated[str, typer.Option(help="Language; without it the first of reports.languages.")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("report-preview"),
) -> None:
    """Write every format of a report into a folder: the same bytes that a mail would hold."""
    ours = of(context)
    place = ours.place(region)
    wanted = Week(week) if week else ours.app.last_week()
    ours.app.build_gaps(wanted)
    spoken = lang or ours.app.settings.reports.languages[0]
    for path in write_preview(ours.app.report(wanted, place, spoken), out):
        typer.echo(str(path))


def send(context: typer.Context) -> None:
    """Send what waits in the outbox and is due."""
    ours = of(context)
    counts = run_job(ours.app, find_job("reports.send"))
    ours.print_counts(counts)
    if counts["not_sent"] or counts["unknown"] or counts["crashed"]:
        raise typer.Exit(3)
