"""`monitor benchmark`: the measured runs that README and docs quote."""

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import of
from monitor.core.errors import UsageError
from monitor.core.shipped import shipped_root


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("benchmark")(benchmark)


def benchmark(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which run; without it, the names.")] = "",
    seed: Annotated[int, typer.Option()] = 7,
    years: Annotated[int | None, typer.Option(min=1, help="Simulated years, where a run has some.")] = None,
    feeds: Annotated[int | None, typer.Option(min=1, help="Feeds, where a run has some.")] = None,
    pages: Annotated[int | None, typer.Option(min=1, help="New pages of each feed.")] = None,
    articles: Annotated[
        int | None, typer.Option(min=1, help="Stored articles, where a run has some.")
    ] = None,
    hours: Annotated[int | None, typer.Option(min=0, help="Simulated hours; 0 for none.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the data that a run does not bring itself.")
    ] = None,
    peers: Annotated[
        bool, typer.Option("--peers", help="Run other programs beside ours; without a name, all of them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Run one benchmark and print its figures."""
    ours = of(context)
    runs = _runs(shipped_root() / "benchmarks")
    if peers and not name:
        name, peers = "peers", False
    if name not in runs:
        if not name:
            typer.echo("\n".join(runs))
            return
        raise UsageError(f"no benchmark is called {name!r}; there are {', '.join(runs)}")
    run = _run_of(name)
    wanted = {
        "years": years,
        "feeds": feeds,
        "pages": pages,
        "hours": hours,
        "articles": articles,
        "data": data,
        "peers": peers or None,
    }
    given = {option: value for option, value in wanted.items() if value is not None}
    for option in given:
        if option not in inspect.signature(run).parameters:
            raise UsageError(f"the benchmark {name!r} knows no {option}")
    figures = run(seed, **given)
    if as_json:
        ours.print_json(figures)
    else:
        _tell(figures)


def _runs(folder: Path) -> list[str]:
    """The files that have figures to give; the others are their neighbours and started by hand."""
    return sorted(path.stem for path in folder.glob("*.py") if "\ndef run(" in path.read_text("utf-8"))


def _run_of(name: str) -> Callable[..., dict[str, Any]]:
    """The function of a benchmark; its neighbours are imported from the same folder, wherever that lies."""
    root = str(shipped_root())
    if root not in sys.path:
        sys.path.append(root)
    run: Callable[..., dict[str, Any]] = importlib.import_module(f"benchmarks.{name}").run
    return run


def _tell(figures: dict[str, Any], indent: str = "") -> None:
    for key, value in figures.items():
        if isinstance(value, dict):
            typer.echo(f"{indent}{key}")
            _tell(value, indent + "  ")
        elif value is not None:
            typer.echo(f"{indent}{key:<16}{value}")
