"""`monitor sources check`: what feeds give, by address or all of them at once."""

import json
from collections import Counter
from typing import Annotated, Any

import typer

from monitor.cli.context import Context, of
from monitor.core.errors import UsageError
from monitor.crawl.probe import Probe
from monitor.crawl.sorting import Sort
from monitor.wiring.outlets import Sorted, check_addresses, check_all


def check(
    context: typer.Context,
    urls: Annotated[list[str] | None, typer.Argument(help="Addresses of feeds; nothing is stored.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every source of the config: works, needs rule, unreachable, dead.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="With --all: switch off what is dead or needs a rule.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Ask feeds once and say what they give; exit 1 when an address gave no feed."""
    if bool(urls) == everything:
        raise UsageError("name the addresses to check, or --all for every source of the config")
    if apply and not everything:
        raise UsageError("--apply needs --all; a single source is switched on or off in config/sources")
    ours = of(context)
    if everything:
        _check_all(ours, apply=apply, as_json=as_json)
        return
    n_bad = 0
    with ours.progress() as progress:
        for probe in check_addresses(ours.app, urls or [], progress):
            n_bad += not probe.is_feed
            typer.echo(json.dumps(probe_doc(probe), ensure_ascii=False) if as_json else _line(probe))
    if n_bad:
        raise typer.Exit(1)


def probe_doc(probe: Probe) -> dict[str, Any]:
    """One answer as JSON values. Items without a link stand behind the others, with `url` null."""
    entries = [
        {"id": e.guid or e.url, "url": e.url, "title": e.title, "published": _iso(e.published_at)}
        for e in probe.entries
    ]
    entries += [
        {"id": r.guid, "url": None, "title": r.title, "published": _iso(r.published_at), "reason": r.reason}
        for r in probe.rejected
    ]
    return {
        "url": probe.spec.url,
        "kind": probe.kind or None,
        "entries": entries,
        "warnings": list(probe.warnings),
        "reason": probe.reason.value,
        "detail": probe.detail,
        "status": probe.status,
    }


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None


def _line(probe: Probe) -> str:
    what = probe.kind or "-"
    newest = f"newest {probe.newest_at:%Y-%m-%d %H:%M} UTC" if probe.newest_at else "no dates"
    given = f"{len(probe.entries)} entries, {newest}" if probe.entries else probe.detail
    return "\t".join((probe.reason.value, what, probe.spec.url, given, "; ".join(probe.warnings)))


def _check_all(ours: Context, *, apply: bool, as_json: bool) -> None:
    with ours.progress() as progress:
        found = check_all(ours.app, progress, apply=apply)
    if as_json:
        for one in found:
            typer.echo(json.dumps(_sorted_doc(one), ensure_ascii=False))
        return
    for one in found:
        if one.verdict.sort is not Sort.WORKS and one.verdict.feeds:
            words = (one.verdict.sort.value, one.source.id, one.verdict.reason.value, one.verdict.detail)
            typer.echo("\t".join(words))
    tally = Counter(one.verdict.sort for one in found)
    n_no_address = sum(not one.verdict.feeds for one in found)
    typer.echo(", ".join(f"{sort.value.replace('_', ' ')} {tally[sort]}" for sort in Sort))
    if n_no_address:
        typer.echo(
            f"{n_no_address} of those that need a rule have no feed address: `monitor sources discover`"
        )
    _say_changes(found, apply=apply)


def _say_changes(found: list[Sorted], *, apply: bool) -> None:
    off = [one.source.id for one in found if one.was_polled and not one.is_polled]
    back = [one.source.id for one in found if one.is_polled and not one.was_polled]
    if apply:
        typer.echo(f"switched off {len(off)}: {', '.join(off) or '-'}")
        typer.echo(f"switched on again {len(back)}: {', '.join(back) or '-'}")
        return
    n_would = sum(one.is_polled and bool(one.verdict.why_not) for one in found)
    if n_would:
        typer.echo(f"--apply would switch off {n_would} of the sources that are polled now")


def _sorted_doc(one: Sorted) -> dict[str, Any]:
    return {
        "source": one.source.id,
        "sort": one.verdict.sort.value,
        "reason": one.verdict.reason.value,
        "detail": one.verdict.detail,
        "polled": one.is_polled,
        "was_polled": one.was_polled,
        "feeds": [
            {
                "url": probe.spec.url,
                "kind": probe.kind or None,
                "entries": len(probe.entries),
                "newest": _iso(probe.newest_at),
                "reason": probe.reason.value,
                "detail": probe.detail,
            }
            for probe in one.verdict.feeds
        ],
    }
