"""`monitor reclassify`: a new model's run beside the current one, its difference, and its promotion."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer

from monitor.bulk import judging as bulk
from monitor.bulk.placed import Cluster
from monitor.cli.cluster import Address, Ca, Cert, Key, cluster_of
from monitor.cli.context import DAY, Context, at_most_one, of
from monitor.gaps.compare import Difference
from monitor.wiring import judging
from monitor.wiring.judging import Reviewed

_SHOWN = 15  # families in the terminal; --json has all


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("reclassify")(reclassify)


def reclassify(
    context: typer.Context,
    model: Annotated[
        str, typer.Option(help="Kind of model or a run's name; else the one trained last.")
    ] = "",
    since: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], help="Judge anew only what was published from this day on."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and keep nothing.")] = False,
    embed: Annotated[
        bool, typer.Option("--embed", help="Also make the vectors that articles wait for.")
    ] = False,
    promote: Annotated[bool, typer.Option("--promote", help="Have the new run count from now on.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Forget the run beside the current one.")] = False,
    cluster: Address = "",
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Judge the archive with another model and show what changes; nothing counts before --promote."""
    ours = of(context)
    at_most_one(dry_run=dry_run, promote=promote, drop=drop)
    if drop:
        dropped = judging.drop(ours.app, model)
        ours.say({"dropped": dropped.fingerprint}, f"dropped: {dropped.fingerprint}", as_json=as_json)
        return
    where = cluster_of(cluster, tls_ca, tls_cert, tls_key)
    reviewed = _carry_on(ours, model, since.date() if since else None, embed=embed, cluster=where)
    fingerprint = reviewed.candidate.version.fingerprint
    if not as_json:
        _tell(ours, reviewed)
    if dry_run:
        judging.drop(ours.app, fingerprint)
    if promote:
        judging.promote(ours.app, reviewed.candidate.version)
    if as_json:
        ours.print_json(_json(reviewed) | {"promoted": promote})
    elif promote:
        typer.echo(f"{fingerprint} counts from now on; changed articles will be linked anew")
    elif not dry_run:
        typer.echo("nothing of it counts yet: --promote to have it count, --drop to forget it")


def _carry_on(ours: Context, model: str, since: date | None, *, embed: bool, cluster: Cluster) -> Reviewed:
    given, candidate = judging.begin(ours.app, model, since)
    with ours.progress() as progress:
        return bulk.reclassify(ours.app, given, candidate, embed=embed, cluster=cluster, progress=progress)


def _json(reviewed: Reviewed) -> dict[str, Any]:
    candidate = reviewed.candidate
    return {
        "run": candidate.version.fingerprint,
        "current": candidate.base.fingerprint,
        "since": candidate.since,
        "counts": dict(candidate.counts),
        "partial": candidate.is_partial,
        "waiting": candidate.waiting,
        "embed_seconds": round(reviewed.embed_s, 1),
        "corrections": {
            "carried_over": len(reviewed.plan.carried),
            "for_a_person": len(reviewed.plan.waiting),
        },
        "difference": None if reviewed.difference is None else asdict(reviewed.difference),
    }


def _tell(ours: Context, reviewed: Reviewed) -> None:
    candidate = reviewed.candidate
    judged = candidate.counts["judged"] + candidate.counts["taken_over"]
    typer.echo(
        f"{candidate.version.fingerprint} beside {candidate.base.fingerprint}: {judged} articles judged"
    )
    if candidate.is_partial:
        typer.echo(
            f"partial: {candidate.waiting} articles wait, about {reviewed.embed_s / 60:.1f} minutes "
            "of one core (--embed)"
        )
    if reviewed.plan.carried or reviewed.plan.waiting:
        typer.echo(
            f"corrections of changed topics: {len(reviewed.plan.carried)} will be carried over, "
            f"{len(reviewed.plan.waiting)} wait for a person (`monitor correct --pending`)"
        )
    if reviewed.difference is None:
        typer.echo("nothing is linked yet: no difference can be told")
    else:
        _tell_difference(ours, reviewed.difference)


def _tell_difference(ours: Context, found: Difference) -> None:
    typer.echo(f"articles whose judgement or published topics change: {found.changed}")
    for what, n in found.judgements.items():
        typer.echo(f"  {what}: {n}")
    typer.echo("articles by published topic: before, after (gained, lost)")
    for topic, moved in found.topics.items():
        if moved.gained or moved.lost:
            typer.echo(f"  {topic:<22}{moved.before:>7}{moved.after:>7}  (+{moved.gained}, -{moved.lost})")
    typer.echo(f"families whose originals of 52 weeks change: {len(found.families)}")
    biggest = sorted(found.families.items(), key=lambda item: -abs(item[1].after - item[1].before))
    names = ours.app.register
    for family, change in biggest[:_SHOWN]:
        title = (
            names.agreements[names.families[family].members[0]].title_ru if family in names.families else ""
        )
        typer.echo(f"  {family}  {change.before} -> {change.after}  {title}")
    typer.echo("weeks: cooperation originals, originals of families")
    for week in found.weeks:
        one, all_families = week.originals, week.family_originals
        typer.echo(
            f"  {week.week}  {one.before} -> {one.after}  {all_families.before} -> {all_families.after}"
        )
