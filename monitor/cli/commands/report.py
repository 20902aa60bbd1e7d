"""`monitor report`: build, preview and send the weekly report."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import Context, of
from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId, Week
from monitor.jobs import find_job, run_job
from monitor.reports.formats import FORMATS
from monitor.reports.stage import WINDOW_WEEKS, write_preview
from monitor.reports.store import OutboxRow
from monitor.reports.subscribers import Subscriber, list_subscribers
from monitor.wiring import mailing, reporting
from monitor.wiring.gaptables import build_gaps, gap_table, kept_week, stored_report


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="The weekly report: build, look, send, check.")
    group.command("build")(build)
    group.command("preview")(preview)
    group.command("send")(send)
    group.command("verify")(verify)
    group.command("correct")(correct)
    group.command("held")(held)
    app.add_typer(group, name="report")


LangOption = Annotated[str, typer.Option(help="Language; without it the first of reports.languages.")]
WeekOption = Annotated[str, typer.Option(help="ISO week, e.g. 2026-W47; without it the last whole one.")]


def build(context: typer.Context, week: WeekOption = "") -> None:
    """Count the week's gaps, make the reports that subscribers wait for and put them into the outbox; of a
    week that is over.
    """
    ours = of(context)
    wanted = kept_week(ours.app, week)
    ours.print_counts(build_gaps(ours.app, wanted))
    counts = reporting.build_reports(ours.app, wanted)
    ours.print_counts(counts)
    if counts["crashed"]:
        with ours.app.ready_db.reading() as tx:
            for one in reporting.unmade(tx):
                typer.echo(f"not made: {one.region} in {one.lang!r} of {one.week}: {one.error}", err=True)
        raise typer.Exit(3)


def preview(
    context: typer.Context,
    region: Annotated[str, typer.Option(help="Region, in any spelling.")],
    week: WeekOption = "",
    lang: LangOption = "",
    format: Annotated[list[str] | None, typer.Option(help="Only this one; several times for more.")] = None,
    email: Annotated[str, typer.Option(help="A reader of the region, whose own mail it shall be.")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("report-preview"),
) -> None:
    """Write every format of a report into a folder: the same bytes that a mail would hold if the week were
    counted now. Nothing is kept of it.
    """
    ours = of(context)
    place = ours.reported(region)
    wanted = Week(week) if week else ours.app.last_week()
    spoken = lang or ours.app.settings.reports.languages[0]
    unknown = set(format or ()) - set(FORMATS)
    if unknown:
        raise UsageError(f"no format is called {', '.join(sorted(unknown))}; there are {', '.join(FORMATS)}")
    reader = _reader(ours, email, place, spoken) if email else None
    topics = tuple(sorted(reader.topics)) if reader else ()
    table = gap_table(ours.app, wanted, WINDOW_WEEKS)
    report = stored_report(ours.app, wanted, place, spoken, topics, table=table)
    written = write_preview(
        report,
        out,
        sender=ours.app.settings.mail.sender,
        reader=reader,
        linking=mailing.linking(ours.app),
        formats=tuple(format or FORMATS),
    )
    for path in written:
        typer.echo(str(path))


def _reader(ours: Context, email: str, region: PlaceId, lang: str) -> Subscriber:
    with ours.app.ready_db.reading() as tx:
        found = [s for s in list_subscribers(tx, region=region, lang=lang) if s.email == email]
    if not found:
        raise UsageError(f"{email} does not get the report of {region} in {lang!r}")
    return found[0]


def verify(
    context: typer.Context,
    report_id: Annotated[str, typer.Argument(help="Id, e.g. 2026-W47-by-mogilev-region-ru.")],
    fail: Annotated[bool, typer.Option("--fail", help="Exit 1 when something differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Recount a kept report from the database and list what has changed since."""
    ours = of(context)
    found = reporting.verify(ours.app, report_id)
    if as_json:
        ours.print_json(asdict(found))
    else:
        if not found.is_whole:
            typer.echo("the kept facts are not those that were hashed: they were changed in the database")
        for one in found.differences:
            typer.echo(f"{one.where}  {one.what}: said {one.said or '-'}, now {one.now or '-'}")
        typer.echo(f"{report_id}: {found.rows} rows recounted, {len(found.differences)} differences")
    if fail and (found.differences or not found.is_whole):
        raise typer.Exit(1)


def correct(
    context: typer.Context,
    week: Annotated[str, typer.Option(help="ISO week of the report, e.g. 2026-W47.")],
    region: Annotated[str, typer.Option(help="Region, in any spelling.")],
    lang: LangOption = "",
    topic: Annotated[
        list[str] | None,
        typer.Option(
            help="Only the report of readers who chose this topic; repeatable: exactly these. Without it the "
            "region's report and every choice of topics that was sent."
        ),
    ] = None,
    why: Annotated[str, typer.Option(help="What was wrong, in the words that readers will see.")] = "",
) -> None:
    """Count a reported week anew and queue a correction that says what changed, for its readers."""
    ours = of(context)
    spoken, place = lang or ours.app.settings.reports.languages[0], ours.place(region)
    chosen = None if topic is None else tuple(ours.topics(topic))
    found, counts = reporting.correct(ours.app, Week(week), place, spoken, why, chosen)
    if not found:
        typer.echo("the report said what a recount says: there is nothing to correct")
        return
    for report in found:
        amended = report.correction.amended if report.correction else ()
        typer.echo(f"{report.id}: {len(amended)} agreements corrected")
    ours.print_counts(counts)


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
        typer.echo(f"to be sent again: {mailing.resend_held(ours.app, resend)}", err=as_json)
    if arrived:
        typer.echo(f"taken for arrived: {mailing.believe_held(ours.app, arrived)}", err=as_json)
    rows = mailing.held(ours.app)
    if as_json:
        ours.print_json([_held_json(row) for row in rows])
        return
    for row in rows:
        since = ours.moment(row.changed_at) if row.changed_at else ""
        typer.echo(f"{row.id}  {since}  {row.email}  {row.report_id}  {row.last_error}")
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
