"""`monitor gaps`: the table in the terminal, or the model alone on a folder of facts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from monitor.cli.context import Context, of
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, PlaceId, Week
from monitor.gaps.facts import facts_json
from monitor.gaps.said import AuditNote
from monitor.gaps.stage import store_table
from monitor.gaps.store import table_json
from monitor.gaps.types import GapRow, GapTable, State
from monitor.wiring.gaptables import count_table, kept_week

_DECIDING = "52w"
_WINDOWS = {"4w": 4, "13w": 13, "52w": 52}
_SOME = 5  # agreements named of an outlet; --json has all
_ORDER = (State.UNCOVERED, State.THIN, State.UNDECIDED, State.COVERED, State.UNMEASURED, State.NOT_DUE)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("gaps")(gaps)


def gaps(
    context: typer.Context,
    window: Annotated[str, typer.Option(help="4w, 13w or 52w (52w decides what is a gap).")] = _DECIDING,
    region: Annotated[str, typer.Option(help="Only families of this region, in any spelling.")] = "",
    week: Annotated[str, typer.Option(help="ISO week, e.g. 2026-W47; without it the last whole one.")] = "",
    state: Annotated[str, typer.Option(help="Only rows of this state.")] = "",
    facts: Annotated[
        Path | None, typer.Option(help="Folder of CSV facts: the model alone, no database.")
    ] = None,
    outlets: Annotated[
        bool, typer.Option("--outlets", help="What each outlet never wrote on of its own region, instead.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Store the table, of an older week too, for reports and the year.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show which agreements go uncovered, how sure that is, and why."""
    ours = of(context)
    if facts is not None and (region or week or state or outlets or keep or window != _DECIDING):
        raise UsageError(
            "--facts asks the model alone: no --window, --region, --week, --state, --outlets, --keep"
        )
    if outlets and state:
        raise UsageError("--outlets shows outlets, which have no state")
    if facts is not None:
        ours.print_json(facts_json(facts))
        return
    if window not in _WINDOWS:
        raise UsageError(f"--window {window!r} is not one of {', '.join(_WINDOWS)}")
    if state and state not in _ORDER:
        raise UsageError(f"--state {state!r} is not one of {', '.join(_ORDER)}")
    place = ours.place(region) if region else None
    wanted = kept_week(ours.app, week) if keep else Week(week) if week else ours.app.last_week()
    counted = count_table(ours.app, wanted, _WINDOWS[window])
    table = counted.table
    if keep:
        store_table(db=ours.app.ready_db, counted=counted)
    if outlets:
        _tell_outlets(ours, table, place, as_json=as_json)
        return
    rows = [row for row in table.rows if _is_wanted(row, table, place, state)]
    if as_json:
        ours.print_json(table_json(replace(table, rows=tuple(rows))))
        return
    _show(ours, table, rows)


def _tell_outlets(ours: Context, table: GapTable, place: PlaceId | None, *, as_json: bool) -> None:
    """Outlets of a region or all, those that were watched best first; what could not be seen says nothing."""
    wanted = [o for o in table.outlets if place is None or o.region == place]
    if as_json:
        ours.print_json([asdict(outlet) for outlet in wanted])
        return
    names = {source.id: source.name for source in ours.app.sources}
    shown = Table("outlet", "weeks seen", "own originals", "wrote on", "never on", "agreements", box=None)
    for one in sorted(wanted, key=lambda o: (not o.is_telling, -len(o.untouched), o.source)):
        never = str(len(one.untouched)) if one.is_telling else "not watched well enough to tell"
        some = " ".join(one.untouched[:_SOME]) + (" ..." if len(one.untouched) > _SOME else "")
        seen = f"{one.observed_weeks:.1f}/{one.weeks:.1f}"
        told = some if one.is_telling else ""
        shown.add_row(names[one.source], seen, str(one.originals), str(len(one.touched)), never, told)
    ours.out.print(shown)
    ours.out.print(f"{table.week}, {table.from_on} to {table.to_on}: {len(wanted)} outlets")


def _is_wanted(row: GapRow, table: GapTable, place: PlaceId | None, state: str) -> bool:
    return (place is None or place in table.regions[row.family]) and (not state or row.state == state)


def _show(ours: Context, table: GapTable, rows: list[GapRow]) -> None:
    titles = {row.members[0]: ours.app.register.agreements[row.members[0]].title_ru for row in rows}
    ours.out.print(rows_table(rows, titles))
    tally: dict[str, Any] = {s.value: sum(r.state is s for r in rows) for s in _ORDER}
    counted = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in tally.items() if n)
    ours.out.print(f"{table.week}, {table.from_on} to {table.to_on}: {len(rows)} families: {counted}")
    ours.out.print(recall_line(table.audit))


def recall_line(held: AuditNote) -> str:
    """How it is known what part of the stories is found."""
    if held.assumed:
        return "recall is assumed: no audit tells yet what is missed (`monitor audit draw`)"
    return f"recall by an audit of {held.texts} texts, the last of them of {held.last_week}"


def rows_table(rows: Sequence[GapRow], titles: Mapping[AgreementId, str]) -> Table:
    """The rows as the terminal shows them, gaps first; `titles` of their first members.

    `95%`: the interval of what exists in the press we watch, found or not.
    """
    shown = Table("state", "P(gap)", "found", "95%", "norm", "weeks seen", "agreement", box=None)
    for row in sorted(rows, key=lambda r: (_ORDER.index(r.state), -r.score, r.family)):
        shown.add_row(
            row.state.value,
            f"{row.posterior.p_below_norm:.2f}",
            str(row.counts.originals),
            f"{row.posterior.lo}-{row.posterior.hi}",
            str(row.norm),
            f"{row.exposure:.1f}/{row.reasons.weeks:.1f}",
            f"{row.family} {titles[row.members[0]]}",
        )
    return shown
