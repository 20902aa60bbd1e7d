"""`monitor job`: any row of the JOBS table, now."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.jobs import JOBS, find_job, next_run, run_job


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Jobs of the service: list, run.")
    group.command("list")(list_jobs)
    group.command("run")(run)
    app.add_typer(group, name="job")


def list_jobs(context: typer.Context) -> None:
    """Names of all jobs, their crontab in the newsroom's zone and when it asks for them next."""
    app = of(context).app
    for job in JOBS:
        due = next_run(job, after=app.clock(), zone=app.zone)
        typer.echo(f"{job.name:<16}{job.cron:<14}next {due:%a %Y-%m-%d %H:%M %Z}")


def run(context: typer.Context, name: Annotated[str, typer.Argument(help="A name of `job list`.")]) -> None:
    """Run one job now; it does what is due. Exit 3 when some of it crashed."""
    ours = of(context)
    job = find_job(name)
    with ours.progress() as progress:
        counts = run_job(ours.app, job, progress)
    ours.print_counts(counts)
    if counts["crashed"]:
        raise typer.Exit(3)
