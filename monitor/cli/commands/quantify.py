"""`monitor quantify`: how common cooperation and each topic are in a file of articles."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import Context, of
from monitor.cli.files import reading
from monitor.core.errors import InputError, Problem
from monitor.core.given import BadLine
from monitor.linking.adhoc import read_line


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("quantify")(quantify)


def quantify(
    context: typer.Context,
    source: Annotated[Path, typer.Option("--in", help="JSON lines: id, title, text (- for stdin).")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say how common each topic is, with 95 % intervals, corrected for what the model misses and invents."""
    ours = of(context)
    found = ours.app.models.quantify(_articles(ours, source))
    if as_json:
        ours.print_json(
            {
                "model": found.model,
                "cooperation": found.cooperation._asdict(),
                "topics": {topic: share._asdict() for topic, share in found.topics.items()},
            }
        )
        return
    typer.echo(f"{'':<24}{'counted':>9}{'corrected':>11}   95 %")
    n = found.cooperation.n
    for name, share in (("cooperation", found.cooperation), *found.topics.items()):
        told = (
            "cannot tell"
            if share.share is None
            else f"{share.share:.3f}   {share.low:.3f} - {share.high:.3f}"
        )
        counted = "-" if share.counted is None else f"{share.counted:.3f}"
        typer.echo(f"{name:<24}{counted:>9}      {told}")
    passed = next(iter(found.topics.values())).n if found.topics else 0
    typer.echo(
        f"\ncooperation: of {n} articles; topics: of the {passed} that the model takes for cooperation"
    )


def _articles(ours: Context, source: Path) -> list[tuple[str, str]]:
    """Title and text of each line. Errors: InputError with every bad line."""
    with reading(source) as lines:
        read = [
            read_line(number, line, ours.app.region) for number, line in enumerate(lines, 1) if line.strip()
        ]
    bad = [Problem(f"{source}:{entry.line}", entry.reason) for entry in read if isinstance(entry, BadLine)]
    if bad:
        raise InputError(bad)
    return [(entry.title, entry.text) for entry in read if not isinstance(entry, BadLine)]
