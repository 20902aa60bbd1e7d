"""`monitor reextract`: pages of archives read once more by today's extractor; shown before it counts."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.bulk import reextract as bulk
from monitor.cli.cluster import Address, Ca, Cert, Key, cluster_of
from monitor.cli.context import at_most_one, of
from monitor.core.errors import UsageError
from monitor.crawl.reread import Difference
from monitor.wiring import rereading
from monitor.wiring.rereading import Reviewed

_SHOWN = 15  # corrected articles in the terminal; --json has all
_NAMED = 3  # archives


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("reextract")(reextract)


def reextract(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="WARC files that `backfill warc` has read, or folders of them."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and keep nothing.")] = False,
    promote: Annotated[bool, typer.Option("--promote", help="Have the new texts count.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Forget what was read again.")] = False,
    corrected: Annotated[
        bool, typer.Option("--corrected", help="With --promote: also articles that a person has corrected.")
    ] = False,
    cluster: Address = "",
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read pages out of archives again by today's extractor and rules, and show what changes.

    Only articles whose text came from these very records; nothing counts before --promote. Safe to stop and
    to repeat.
    """
    ours = of(context)
    _check(paths, dry_run=dry_run, promote=promote, drop=drop, corrected=corrected)
    if drop:
        n = rereading.drop(ours.app)
        ours.say(
            {"dropped": n},
            f"dropped: archives read again: {n}",
            as_json=as_json,
        )
        return
    with ours.progress() as progress:
        if paths:
            where = cluster_of(cluster, tls_ca, tls_cert, tls_key)
            found = bulk.reextract(ours.app, paths, cluster=where, progress=progress)
        else:
            found = rereading.look(ours.app)
        if not found.archives:
            raise UsageError("name the archives that are to be read again")
        if not as_json:
            _tell(found)
        counts = rereading.promote(ours.app, corrected=corrected, progress=progress) if promote else None
    if dry_run:
        rereading.drop(ours.app)
    if as_json:
        ours.print_json(_json(found) | {"promoted": None if counts is None else dict(counts)})
    elif counts is not None:
        ours.print_counts(counts)
        typer.echo("the new texts count; the jobs articles.tag and linking.link judge and link them")
    elif not dry_run:
        typer.echo("nothing of it counts yet: --promote to have it count, --drop to forget it")


def _check(paths: list[Path] | None, *, dry_run: bool, promote: bool, drop: bool, corrected: bool) -> None:
    at_most_one(dry_run=dry_run, promote=promote, drop=drop)
    if corrected and not promote:
        raise UsageError("--corrected goes with --promote")
    if drop and paths:
        raise UsageError("--drop forgets all that was read again: it takes no files")


def _json(found: Reviewed) -> dict[str, Any]:
    archives = [{"name": one.name, "ended": one.ended_at is not None} for one in found.archives]
    return {"archives": archives, "difference": asdict(found.difference)}


def _tell(found: Reviewed) -> None:
    told = found.difference
    typer.echo(f"articles read again in {_some([one.name for one in found.archives], _NAMED)}: {told.pages}")
    if unfinished := [one.name for one in found.archives if one.ended_at is None]:
        typer.echo(f"not read to its end yet, name the file to go on: {_some(unfinished, _NAMED)}")
    for words, n in _rows(told):
        if n:
            typer.echo(f"  {words:<52}{n:>8}")
    if told.corrected:
        some = _some([str(number) for number in told.corrected], _SHOWN)
        typer.echo(f"corrected by a person, who spoke of the older text: {some}")
        typer.echo("  they keep it, unless --promote is given with --corrected")
    for sample in told.samples:
        typer.echo(f"article {sample.article}  {sample.url}")
        for mark, lines in (("-", sample.gone), ("+", sample.new)):
            for line in lines:
                typer.echo(f"  {mark} {line}")


def _some(words: Sequence[str], n: int) -> str:
    more = f" and {len(words) - n} more" if len(words) > n else ""
    return ", ".join(words[:n]) + more


def _rows(told: Difference) -> list[tuple[str, int]]:
    return [
        ("the same", told.same),
        ("would change", told.changes),
        ("  longer text", told.longer),
        ("  shorter text", told.shorter),
        ("  other words in as many characters", told.reworded),
        ("  another title", told.retitled),
        ("  another date", told.redated),
        ("  corrected by a person", len(told.corrected)),
        *((f"no text now ({reason}): theirs stays", n) for reason, n in told.unread.items()),
        ("another text since they were compared: it stays", told.overtaken),
    ]
