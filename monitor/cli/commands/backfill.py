"""`monitor backfill warc`: history out of archives of web pages."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.bulk.history import backfill_warc
from monitor.cli.cluster import Address, Ca, Cert, Key, cluster_of
from monitor.cli.context import DAY, of
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
    since: Annotated[
        datetime | None, typer.Option(formats=[DAY], help="Only pages archived on this day or later (UTC).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=[DAY], help="Only pages archived before this day (UTC).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Counts as JSON.")] = False,
) -> None:
    """Read pages of our sources out of archives such as CC-NEWS; safe to stop and to repeat.

    The articles are tagged and linked by the next run of the jobs `articles.tag` and `linking.link`.
    """
    ours = of(context)
    if since and until and until <= since:
        raise UsageError("--until must be a day after --since: pages of that day are left out")
    with ours.progress() as progress:
        counts = backfill_warc(
            ours.app,
            paths,
            cluster=cluster_of(cluster, tls_ca, tls_cert, tls_key),
            since=since and since.replace(tzinfo=UTC),
            until=until and until.replace(tzinfo=UTC),
            progress=progress,
        )
    if as_json:
        ours.print_json(dict(counts))
    else:
        ours.print_counts(counts)
