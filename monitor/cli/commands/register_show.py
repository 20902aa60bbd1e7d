"""`monitor register show`: everything that is known of one agreement, and what the press made of it."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from monitor.cli.context import Context, of
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, FamilyId
from monitor.gaps.latest import find_latest_row
from monitor.gaps.readings import STATE_WEEKS
from monitor.gaps.stage import is_outdated
from monitor.gaps.types import GapRow
from monitor.linking.candidates import findability
from monitor.linking.store import find_coverage
from monitor.linking.wording import load_link_words
from monitor.register.aggregates import AGGREGATE, completeness
from monitor.register.due import due_state, due_window, kind_of, level_of
from monitor.register.history import deadlines, told
from monitor.register.load import load_register
from monitor.register.store import changes
from monitor.register.types import Agreement, Family, Register

_TABLES = ("coverage", "changes", "gap")


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command("show")(show)


def show(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="Its id, e.g. AGR-0123.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print all of one agreement: its life and dates, its family, whether coverage is due, what was found."""
    ours = of(context)
    register = load_register(ours.home.config)
    found = register.agreements.get(AgreementId(agreement))
    if found is None:
        raise UsageError(f"{agreement} is not in the register")
    facts = {**_row(found), **_judged(ours, found, register), **_found(ours, found)}
    if as_json:
        ours.print_json(facts)
        return
    for name, value in facts.items():
        if name not in _TABLES:
            _tell(name, value)
    _tell_gap(facts["gap"])
    _tell_changes(ours, facts["changes"])
    if facts["coverage"] is not None:
        _tell_coverage(ours, facts["coverage"])


def _row(found: Agreement) -> dict[str, Any]:
    """What the row says."""
    return {
        "id": found.id,
        "title": found.title,
        "title_ru": found.title_ru,
        "kind": found.kind,
        "status": found.status.value,
        "signed": _date(found.signed),
        "valid_until": _date(found.valid_until),
        "parties": [f"{p.place} ({p.side.value}): {p.name}" for p in found.parties],
        "topics": list(found.topics),
        "history": [
            {"step": e.step.value, "on": _date(e.on), "until": _date(e.until), "note": e.note}
            for e in told(found)
        ],
        "history_from": "row" if found.history else "status and dates",
        "targets": [asdict(target) for target in found.targets],
        "milestones": [{"what": m.what, "by": _date(m.by), "done": _date(m.done)} for m in found.milestones],
        "part_of": found.part_of,
        "event": found.event,
        "interest": list(found.interest),
        "monitored": found.monitored,
        "why_not": found.monitor_note,
        "seed": found.seed,
        "lines": [list(span) for span in found.lines],
        "notes": found.notes,
    }


def _judged(ours: Context, found: Agreement, register: Register) -> dict[str, Any]:
    """What follows from the row today."""
    today = ours.app.today()
    due, why = due_state(found, today)
    first, last = due_window(found)
    family = None if (own := register.family_of.get(found.id)) is None else register.families[own]
    alone = Family(FamilyId(found.id), (found.id,), frozenset(p.place for p in found.parties))
    words = load_link_words(ours.home.config)
    return {
        "due": due,
        "due_reason": why,
        "due_from": _date(first),
        "due_to": _date(last),
        "level": level_of(found, register),
        "norm_kind": kind_of(found, register),
        "deadlines": [
            {"by": _date(d.by), "kind": d.kind, "what": d.what, "open": d.is_open(today)}
            for d in deadlines(found)
        ],
        "findability": findability(alone, register, words.generic),
        "family": None if family is None else family.id,
        "siblings": [] if family is None else [m for m in family.members if m != found.id],
        "family_why": "" if family is None else family.why,
        "aggregate": _aggregate(found, register),
    }


def _aggregate(found: Agreement, register: Register) -> dict[str, Any] | None:
    if found.kind != AGGREGATE:
        return None
    held = completeness(found, register)
    return {
        "promised": held.promised,
        "known": len(held.known),
        "share": held.share,
        "rows": list(held.known),
    }


def _found(ours: Context, found: Agreement) -> dict[str, Any]:
    """What the database knows of it, under the register that counts."""
    nothing: dict[str, Any] = {"is_counting": True, "gap": None, "changes": [], "coverage": None}
    if not ours.home.exists:
        return nothing
    counting = ours.app.register
    family = counting.family_of.get(found.id)
    until = ours.app.last_week()
    with ours.app.ready_db.begin() as tx:
        edits = [asdict(change) for change in changes(tx, found.id)]
        if family is None:
            return nothing | {"changes": edits}
        row = find_latest_row(tx, family, STATE_WEEKS, until=until)
        coverage = [asdict(c) for c in find_coverage(tx, family)]
    gap = None
    if row is not None:
        old = is_outdated(ours.app.ready_db, row[0], STATE_WEEKS)
        gap = {"week": row[0], "is_outdated": old, **_gap(row[1])}
    same = counting.agreements.get(found.id) == found
    return {"is_counting": same, "gap": gap, "changes": edits, "coverage": coverage}


def _gap(row: GapRow) -> dict[str, Any]:
    posterior = row.posterior
    return {
        "state": row.state.value,
        "why": row.why_state,
        "flags": list(row.flags),
        "originals": row.counts.originals,
        "articles": row.counts.articles,
        "norm": row.norm,
        "probable": [posterior.lo, posterior.hi],
        "p_below_norm": posterior.p_below_norm,
        "last_on": row.counts.last_on,
    }


def _date(value: object) -> str | None:
    return None if value is None else str(value)


# --- the terminal ---


def _tell(name: str, value: Any) -> None:
    label = f"{name.replace('_', ' '):<14}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for n, item in enumerate(value):
            typer.echo(f"{label if n == 0 else '':<14}{_line(item)}")
    elif isinstance(value, dict):
        typer.echo(f"{label}{_completeness(value)}")
    else:
        shown = "; ".join(map(str, value)) if isinstance(value, list) else value
        typer.echo(f"{label}{'-' if shown in (None, '') else shown}")


def _line(item: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in item.items() if value not in (None, ""))


def _completeness(held: dict[str, Any]) -> str:
    if held["promised"] is None:
        return f"a number that the source does not give, of which {held['known']} are known to us"
    return f"{held['promised']} documents, of which {held['known']} are known to us ({held['share']:.0%})"


def _tell_gap(gap: dict[str, Any] | None) -> None:
    if gap is None:
        typer.echo("gap table     not in a stored one")
        return
    flags = f"; {', '.join(gap['flags'])}" if gap["flags"] else ""
    low, high = gap["probable"]
    typer.echo(
        f"gap table     {gap['week']}: {gap['state']} ({gap['why']}{flags}); {gap['originals']} originals "
        f"found, probably {low} to {high}, norm {gap['norm']}"
    )
    if gap["is_outdated"]:
        typer.echo(
            "              older than a correction, an audit, or the tags, links or register that count now"
        )


def _tell_changes(ours: Context, found: list[dict[str, Any]]) -> None:
    for change in found:
        names = ", ".join(change["fields"])
        on = ours.day(change["at"])
        typer.echo(f"changed       {on}  {change['version']}  {change['change']}: {names}")


def _tell_coverage(ours: Context, coverage: list[dict[str, Any]]) -> None:
    typer.echo(f"\n{len(coverage)} articles found, copies included")
    for one in coverage:
        kind = "original" if one["is_original"] else "copy"
        which = one["member"] or "the family"
        how = f"{kind}, {which}, {one['stage']}, p {one['p']:.2f}"
        typer.echo(f"\n{ours.day(one['published_at'])}  {one['outlet']} ({how})")
        typer.echo(f"  {one['title']}\n  {one['url']}")
        for quote in one["quotes"]:
            typer.echo(f"  > {quote}")
