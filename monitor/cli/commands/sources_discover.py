"""`monitor sources discover`: look for the feeds of a site and propose rows for config/sources."""

import json
from typing import Annotated

import typer

from monitor.cli.commands.sources_check import probe_doc
from monitor.cli.context import of
from monitor.crawl.discover import Discovery, Tried
from monitor.wiring.outlets import discover as look


def discover(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The site's home page.")],
    as_json: Annotated[bool, typer.Option("--json", help="Every address that was tried, as JSON.")] = False,
) -> None:
    """Find a site's feeds and print TOML to paste; changes nothing. Exit 1 when there is none."""
    ours = of(context)
    found = look(ours.app, url)
    if as_json:
        doc = {
            "url": url,
            "reason": found.home.reason.value if found.home else "ok",
            "detail": found.home.detail if found.home else "",
            "tried": [{"how": one.candidate.how, **probe_doc(one.probe)} for one in found.tried],
            "toml": "\n".join(map(_toml, found.feeds)),
        }
        ours.print_json(doc)
    else:
        _show(url, found)
    if not found.feeds:
        raise typer.Exit(1)


def _show(url: str, found: Discovery) -> None:
    if found.home:
        typer.echo(f"# {url}: {found.home.reason.value} {found.home.detail}")
    for one in found.tried:
        if not one.probe.entries:
            words = (one.candidate.url, one.candidate.how, one.probe.reason.value, one.probe.detail)
            typer.echo(f"# tried {' | '.join(words)}")
    if not found.feeds:
        typer.echo('# no feed found: a list page needs `kind = "html_list"` and rules')
    for one in found.feeds:
        typer.echo(_toml(one))


def _toml(one: Tried) -> str:
    probe = one.probe
    newest = f", newest {probe.newest_at:%Y-%m-%d}" if probe.newest_at else ""
    return "\n".join(
        (
            f"[[source.feed]]  # {probe.kind} by {one.candidate.how}: {len(probe.entries)} entries{newest}",
            f"url = {json.dumps(probe.spec.url, ensure_ascii=False)}",
            f'kind = "{probe.spec.kind}"',
            'evidence = "probed"',
            "",
        )
    )
