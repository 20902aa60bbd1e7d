"""`monitor sources`: the outlets we watch, and those we do not with the reason."""

from dataclasses import asdict
from typing import Annotated

import typer

from monitor.cli.commands.sources_add import add
from monitor.cli.commands.sources_check import check
from monitor.cli.commands.sources_discover import discover
from monitor.cli.commands.sources_opml import export_sources, import_sources
from monitor.cli.context import of
from monitor.crawl.health import Trouble
from monitor.wiring.outlets import standing_troubles


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Outlets: list, add, check, discover, import, export.")
    group.command("list")(list_sources)
    group.command("add")(add)
    group.command("check")(check)
    group.command("discover")(discover)
    group.command("import")(import_sources)
    group.command("export")(export_sources)
    app.add_typer(group, name="sources")


def list_sources(
    context: typer.Context,
    region: Annotated[str, typer.Option(help="Only outlets at home here, in any spelling.")] = "",
    enabled: Annotated[
        bool | None, typer.Option(help="Only those that are polled, or only the others.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list with every field.")] = False,
) -> None:
    """List the sources of the config: what is wrong with those that are polled, why the others are not."""
    ours = of(context)
    place = ours.place(region) if region else None
    rows = [
        s
        for s in (ours.app.standing_sources() if ours.home.exists else ours.app.sources)
        if (place is None or place in (s.region, s.district)) and (enabled is None or s.enabled is enabled)
    ]
    found: dict[str, list[Trouble]] = {}
    for trouble in standing_troubles(ours.app) if ours.home.exists else ():
        found.setdefault(trouble.source_id, []).append(trouble)
    if as_json:
        ours.print_json([{**asdict(s), "troubles": list(map(asdict, found.get(s.id, [])))} for s in rows])
        return
    for s in rows:
        what = ", ".join(f.url for f in s.feeds) if s.enabled else f"not polled: {s.why_not}"
        told = [f"{t.what} since {ours.day(t.since)} ({t.detail})" for t in found.get(s.id, [])]
        ill = "; ".join(told) if s.enabled else ""
        typer.echo("\t".join((s.id, s.kind, s.region, what, ill)).rstrip("\t"))
    typer.echo(f"{len(rows)} sources, {sum(s.enabled for s in rows)} polled")
