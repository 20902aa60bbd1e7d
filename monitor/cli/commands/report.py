"""`monitor report`: build, preview and send the weekly report."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.errors import UsageError
from monitor.core.ids import Week
from monitor.jobs import find_job, run_job
from monitor.reports.stage import write_preview
from monitor.reports.store import OutboxRow
from monitor.wiring import mailing


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="The weekly report: build, look, send, check.")
    group.command("build")(build)
    group.command("preview")(preview)
    group.command("send")(send)
    group.command("held")(held)
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


Ids = Annotated[list[int] | None, typer.Option(help="Numbers of held mails; may be given several times.")]


def held(
    context: typer.Context,
    resend: Ids = None,
    arrived: Ids = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List the mails that may have arrived; send some again or take them for arrived."""
    ours = of(context)
    before = mailing.held(ours.app)
    _refuse_unknown([*(resend or []), *(arrived or [])], before)
    if resend:
        typer.echo(f"to be sent again: {mailing.resend_held(ours.app, resend)}")
    if arrived:
        typer.echo(f"taken for arrived: {mailing.believe_held(ours.app, arrived)}")
    rows = mailing.held(ours.app)
    if as_json:
        ours.print_json([_held_json(row) for row in rows])
        return
    for row in rows:
        typer.echo(f"{row.id}  {row.changed_at or ''}  {row.email}  {row.report_id}  {row.last_error}")
    typer.echo(f"held: {len(rows)}")


def _refuse_unknown(wanted: list[int], known: tuple[OutboxRow, ...]) -> None:
    missing = set(wanted) - {row.id for row in known}
    if missing:
        raise UsageError(
            f"not held: {', '.join(map(str, sorted(missing)))}; `monitor report held` lists them"
        )
    if len(wanted) != len(set(wanted)):
        raise UsageError("a mail is either to be sent again or taken for arrived, and named once")


def _held_json(row: OutboxRow) -> dict[str, object]:
    return {
        "id": row.id,
        "email": row.email,
        "report": row.report_id,
        "message_id": row.message_id,
        "since": row.changed_at,
        "why": row.last_error,
    }
