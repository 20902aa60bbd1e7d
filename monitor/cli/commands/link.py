"""`monitor link`: links what is due; a changed register is shown by what it would change before it counts."""

from dataclasses import asdict, replace
from functools import partial
from typing import Annotated, Any

import typer

from monitor.bulk import linking as bulk
from monitor.bulk.placed import Cluster
from monitor.cli.cluster import Address, Ca, Cert, Key, cluster_of
from monitor.cli.context import Context, at_most_one, of
from monitor.core.counts import Counts
from monitor.core.ids import FamilyId
from monitor.jobs import find_job, run_job
from monitor.wiring import relinking
from monitor.wiring.following import follow_register
from monitor.wiring.relinking import Review, Standing

_SHOWN = 15  # families in the terminal; --json has all


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("link")(link)


def link(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and keep nothing.")] = False,
    promote: Annotated[bool, typer.Option("--promote", help="Have the new register count.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Forget the links of the new register.")] = False,
    cluster: Address = "",
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Link tagged articles that are due.

    Where the register in config/ was changed, make the links that it would give beside the current ones and
    show what changes; nothing of it counts before --promote, and rows that did not change keep their links.
    """
    ours = of(context)
    at_most_one(dry_run=dry_run, promote=promote, drop=drop)
    if drop:
        dropped = relinking.drop(ours.app).fingerprint
        ours.say({"dropped": dropped}, f"dropped: {dropped}", as_json=as_json)
        return
    where, counts = cluster_of(cluster, tls_ca, tls_cert, tls_key), None
    if not dry_run and not promote:
        counts = _link_due(ours, where)
        if not as_json:
            ours.print_counts(counts)
    standing = relinking.settle(ours.app) if ours.home.exists else Standing.FIRST
    if standing is not Standing.TO_REVIEW:
        if standing is Standing.ADOPTED:
            follow_register(ours.app)
        _say_settled(ours, counts, standing, as_json=as_json)
        return
    with ours.progress() as progress:
        found = bulk.review(ours.app, cluster=where, progress=progress)
    _review(ours, counts, found, dry_run=dry_run, promote=promote, as_json=as_json)


def _link_due(ours: Context, cluster: Cluster) -> Counts:
    job = replace(find_job("linking.link"), run=partial(bulk.link, cluster=cluster))
    with ours.progress() as progress:
        return run_job(ours.app, job, progress)


def _say_settled(ours: Context, counts: Counts | None, standing: Standing, *, as_json: bool) -> None:
    if as_json:
        ours.print_json({"counts": dict(counts or {}), "register": standing.value, "review": None})
    elif counts is None:
        typer.echo("the register in config/ counts already: nothing to review")


def _review(
    ours: Context, counts: Counts | None, found: Review, *, dry_run: bool, promote: bool, as_json: bool
) -> None:
    titles = _titles(ours)
    if promote:
        relinking.promote(ours.app, found.version)
        follow_register(ours.app)
    if dry_run:
        relinking.drop(ours.app)
    if as_json:
        state = {"register": Standing.TO_REVIEW.value, "promoted": promote}
        ours.print_json({"counts": dict(counts or {}), **state, "review": _json(found)})
        return
    _tell(found, titles)
    if promote:
        typer.echo(f"{found.version.fingerprint} counts from now on")
    elif not dry_run:
        typer.echo("nothing of it counts yet: --promote to have it count, --drop to forget its links")


def _titles(ours: Context) -> dict[FamilyId, str]:
    """A title for each family, before and after."""
    registers = (relinking.configured(ours.app).register, ours.app.register)
    return {
        family.id: register.agreements[family.members[0]].title_ru
        for register in registers
        for family in register.families.values()
    }


def _json(found: Review) -> dict[str, Any]:
    before, after = found.families
    return {
        "version": found.version.fingerprint,
        "current": found.base.fingerprint,
        "counts": dict(found.counts),
        "waiting": found.waiting,
        "agreements": asdict(found.edits),
        "families": {
            "before": len(before),
            "after": len(after),
            "unchanged": found.unchanged,
            "new": sorted(after - before),
            "gone": sorted(before - after),
        },
        "links": asdict(found.moves),
        "originals": {family: asdict(change) for family, change in found.difference.families.items()},
        "weeks": [asdict(week) for week in found.difference.weeks],
    }


def _tell(found: Review, titles: dict[FamilyId, str]) -> None:
    before, after = found.families
    edits = found.edits
    typer.echo(
        f"the register in config/ was changed: {found.version.fingerprint} beside {found.base.fingerprint}"
    )
    typer.echo(
        f"agreements: {len(edits.added)} added, {len(edits.changed)} changed, {len(edits.removed)} removed"
    )
    typer.echo(
        f"families: {len(before)} -> {len(after)}, {found.unchanged} unchanged keep their links, "
        f"{len(after - before)} new, {len(before - after)} gone"
    )
    typer.echo(f"cooperation articles whose links change: {found.moves.articles}")
    moved = {family: 0 for family in (*found.moves.gained, *found.moves.lost)}
    for family in sorted(moved, key=lambda f: (-_n_moved(found, f), f))[:_SHOWN]:
        gained, lost = found.moves.gained.get(family, 0), found.moves.lost.get(family, 0)
        typer.echo(f"  {family}  +{gained} -{lost}  {titles.get(family, '')}")
    typer.echo(f"families whose originals of 52 weeks change: {len(found.difference.families)}")
    for family, change in list(found.difference.families.items())[:_SHOWN]:
        typer.echo(f"  {family}  {change.before} -> {change.after}  {titles.get(family, '')}")
    typer.echo("weeks: originals of families, where they change")
    for week in found.difference.weeks:
        if week.family_originals.before != week.family_originals.after:
            typer.echo(f"  {week.week}  {week.family_originals.before} -> {week.family_originals.after}")


def _n_moved(found: Review, family: FamilyId) -> int:
    return found.moves.gained.get(family, 0) + found.moves.lost.get(family, 0)
