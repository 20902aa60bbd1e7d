"""`monitor job`: any row of the JOBS table, now."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.jobs import JOBS, find_job, run_job


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Jobs of the service: list, run.")
    group.command("list")(list_jobs)
    group.command("run")(run)
    app.add_typer(group, name="job")


def list_jobs() -> None:
    """Names of all jobs with their crontab in the newsroom's zone."""
    for job in JOBS:
        typer.echo(f"{job.name:<16}{job.cron}")


def run(context: typer.Context, name: Annotated[str, typer.Argument(help="A name of `job list`.")]) -> None:
    """Run one job now; it does what is due."""
    ours = of(context)
    job = find_job(name)
    with ours.progress() as progress:
        ours.print_counts(run_job(ours.app, job, progress))
