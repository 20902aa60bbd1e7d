"""`monitor register export / import / history`: the register out to people, back in, and its changes."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import Context, of
from monitor.cli.files import writing
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId
from monitor.register.exchange import FORMATS, Edits, write
from monitor.register.load import load_register
from monitor.register.store import changes
from monitor.wiring import registering
from monitor.wiring.following import follow_register
from monitor.wiring.relinking import Standing

_LONGEST = 160  # characters of a value in the terminal; --json has all
_THEN = {
    Standing.FIRST: "it counts from the first `monitor link`",
    Standing.SAME: "it is the register that counts",
    Standing.ADOPTED: "it counts from now on: no link depends on what changed",
    Standing.TO_REVIEW: "what counts stays as it is: `monitor link` shows what changes in the links, "
    "`monitor link --promote` takes it",
}


def add_to(group: typer.Typer) -> None:
    """Register the commands."""
    group.command("export")(export)
    group.command("import")(import_)
    group.command("history")(history)


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="File to write, - for the output.")],
    form: Annotated[
        str, typer.Option("--format", help=f"{', '.join(FORMATS)}; else by the file's ending.")
    ] = "",
) -> None:
    """Write the agreements of config/ into a file that can be edited and imported again."""
    ours = of(context)
    chosen = form or out.suffix.removeprefix(".")
    if chosen not in FORMATS:
        raise UsageError(f"no format is called {chosen!r}; there are {', '.join(FORMATS)}")
    rows = registering.rows_of(ours.app)
    with writing(out) as stream:
        write(rows, chosen, stream)
    typer.echo(f"{len(rows)} agreements", err=str(out) == "-")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .jsonl, .xlsx or .csv file with all agreements.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the difference and write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Replace the agreements of config/ by those of a file, once all its rows are found good.

    Every bad row is listed with file, row and reason, and nothing is changed (exit 1). What the file lacks
    is removed.
    """
    ours = of(context)
    found = registering.preview(ours.app, file) if dry_run else registering.take_in(ours.app, file)
    is_counted = found.standing is Standing.ADOPTED and follow_register(ours.app)
    if as_json:
        standing = None if found.standing is None else found.standing.value
        ours.print_json(
            {"version": found.register.version, "imported": not dry_run, "standing": standing}
            | asdict(found.edits)
        )
        return
    tell(found.edits)
    if found.standing is None:
        typer.echo("nothing was written")
    else:
        typer.echo(f"register {found.register.version} written; {_THEN[found.standing]}")
    if is_counted:
        typer.echo("the table of gaps was counted anew")


def tell(edits: Edits) -> None:
    """Print what an edit changes, field by field."""
    typer.echo(f"{len(edits.added)} added, {len(edits.changed)} changed, {len(edits.removed)} removed")
    for name, ids in (("added", edits.added), ("removed", edits.removed)):
        for agreement in ids:
            typer.echo(f"{agreement}  {name}")
    for agreement, fields in edits.changed.items():
        for name, (before, after) in fields.items():
            typer.echo(f"{agreement}  {name}: {_shown(before)} -> {_shown(after)}")
    if edits.is_reordered:
        typer.echo("rows come in another order")


def history(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="Its id; without it, of all agreements.")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What versions of the register have changed since this home was made."""
    ours = of(context)
    with ours.app.ready_db.begin() as tx:
        found = changes(tx, AgreementId(agreement) if agreement else None)
    if agreement and not found and agreement not in load_register(ours.home.config).agreements:
        raise UsageError(f"{agreement} is not in the register")  # one that was removed has its history
    if as_json:
        ours.print_json([asdict(change) for change in found])
        return
    _tell_changes(ours, [asdict(change) for change in found])


def _tell_changes(ours: Context, found: list[dict[str, Any]]) -> None:
    if not found:
        typer.echo("no version of the register has changed anything")
    for one in found:
        day = one["at"].astimezone(ours.app.zone)
        typer.echo(f"{day:%Y-%m-%d %H:%M}  {one['version']}  {one['agreement']}  {one['change']}")
        if one["change"] == "changed":
            for name, (before, after) in one["fields"].items():
                typer.echo(f"  {name}: {_shown(before)} -> {_shown(after)}")


def _shown(value: object) -> str:
    text = "-" if value in (None, "") else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
