"""`monitor backfill warc`: history out of archives of web pages."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.bulk.history import backfill_warc
from monitor.cli.cluster import Address, Ca, Cert, Key, cluster_of
from monitor.cli.context import of
from monitor.core.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    group = typer.Typer(no_args_is_help=True, help="Fill in the past.")
    group.callback()(_group)
    group.command("warc")(warc)
    app.add_typer(group, name="backfill")


def _group() -> None:
    """Fill in the past."""


def warc(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(exists=True, help="WARC files or folders of them.")],
    cluster: Address = "",
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
    since: Annotated[str, typer.Option(help="Only pages archived on this day or later (UTC).")] = "",
    until: Annotated[str, typer.Option(help="Only pages archived before this day (UTC).")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Counts as JSON.")] = False,
) -> None:
    """Read pages of our sources out of archives such as CC-NEWS; safe to stop and to repeat.

    The articles are tagged and linked by the next run of the jobs `articles.tag` and `linking.link`.
    """
    ours = of(context)
    with ours.progress() as progress:
        counts = backfill_warc(
            ours.app,
            paths,
            cluster=cluster_of(cluster, tls_ca, tls_cert, tls_key),
            since=_day(since),
            until=_day(until),
            progress=progress,
        )
    if as_json:
        ours.print_json(dict(counts))
    else:
        ours.print_counts(counts)


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day such as 2026-11-30") from error
