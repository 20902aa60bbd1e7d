"""`monitor register`: the list of agreements that should be covered."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import of
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, FamilyId
from monitor.linking.store import find_coverage
from monitor.register.due import due_state, kind_of, level_of
from monitor.register.load import load_register
from monitor.register.types import Register


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="The register of agreements: check, show.")
    group.command("check")(check)
    group.command("show")(show)
    app.add_typer(group, name="register")


def check(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Argument(help="Config folder to check; without it, that of the home folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read register, gazetteer and topics strictly; bad rows are listed with file, line, reason (exit 1)."""
    ours = of(context)
    summary = _summary(load_register(config or ours.home.config), ours.app.today())
    if as_json:
        ours.print_json(summary)
        return
    for name, value in summary.items():
        typer.echo(f"{name.replace('_', ' '):<12}{value}")


def _summary(register: Register, today: date) -> dict[str, Any]:
    monitored = [a for a in register.agreements.values() if a.monitored]
    due = sum(due_state(a, today)[0] for a in monitored)
    return {
        "version": register.version,
        "agreements": len(register.agreements),
        "monitored": len(monitored),
        "due": due,
        "not_due": len(monitored) - due,
        "families": len(register.families),
        "places": len(register.places),
        "topics": len(register.topics),
    }


def show(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="Its id, e.g. AGR-0123.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print one agreement with its parties, its family, whether coverage is due, and what was found."""
    ours = of(context)
    facts = _facts(ours.app.register, AgreementId(agreement), ours.app.today())
    if facts["family"] and ours.home.exists:
        with ours.app.ready_db.begin() as tx:
            facts["coverage"] = [asdict(c) for c in find_coverage(tx, FamilyId(facts["family"]))]
    if as_json:
        ours.print_json(facts)
        return
    coverage = facts.pop("coverage", None)
    for name, value in facts.items():
        shown = "; ".join(map(str, value)) if isinstance(value, list) else value
        typer.echo(f"{name.replace('_', ' '):<14}{'-' if shown in (None, '') else shown}")
    if coverage is not None:
        _tell(coverage)


def _tell(coverage: list[dict[str, Any]]) -> None:
    typer.echo(f"\n{len(coverage)} articles found, copies included")
    for one in coverage:
        kind = "original" if one["is_original"] else "copy"
        which = one["member"] or "the family"
        how = f"{kind}, {which}, {one['stage']}, p {one['p']:.2f}"
        typer.echo(f"\n{one['published_at']:%Y-%m-%d}  {one['outlet']} ({how})")
        typer.echo(f"  {one['title']}\n  {one['url']}")
        for quote in one["quotes"]:
            typer.echo(f"  > {quote}")


def _facts(register: Register, wanted: AgreementId, today: date) -> dict[str, Any]:
    found = register.agreements.get(wanted)
    if found is None:
        raise UsageError(f"{wanted} is not in the register")
    due, why = due_state(found, today)
    family = register.family_of.get(wanted)
    return {
        "id": found.id,
        "title": found.title,
        "title_ru": found.title_ru,
        "kind": found.kind,
        "status": found.status.value,
        "signed": str(found.signed) if found.signed else None,
        "valid_until": str(found.valid_until) if found.valid_until else None,
        "parties": [f"{p.place} ({p.side.value}): {p.name}" for p in found.parties],
        "topics": list(found.topics),
        "interest": list(found.interest),
        "monitored": found.monitored,
        "why_not": found.monitor_note,
        "due": due,
        "due_reason": why,
        "level": level_of(found, register),
        "norm_kind": kind_of(found, register),
        "family": family,
        "siblings": [m for m in register.families[family].members if m != wanted] if family else [],
        "notes": found.notes,
    }
