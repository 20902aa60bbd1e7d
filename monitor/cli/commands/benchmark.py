"""`monitor benchmark`: the measured runs that README and docs quote."""

import inspect
import runpy
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
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Run one benchmark and print its figures."""
    ours = of(context)
    folder = shipped_root() / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    if name not in names:
        if not name:
            typer.echo("\n".join(names))
            return
        raise UsageError(f"no benchmark is called {name!r}; there are {', '.join(names)}")
    run = runpy.run_path(str(folder / f"{name}.py")).get("run")
    if run is None:
        raise UsageError(f"{name} is no run with figures: start it as `python -m benchmarks.{name}`")
    if years is not None and "years" not in inspect.signature(run).parameters:
        raise UsageError(f"the benchmark {name!r} knows no years")
    figures = run(seed) if years is None else run(seed, years=years)
    if as_json:
        ours.print_json(figures)
    else:
        _tell(figures)


def _tell(figures: dict[str, Any], indent: str = "") -> None:
    for key, value in figures.items():
        if isinstance(value, dict):
            typer.echo(f"{indent}{key}")
            _tell(value, indent + "  ")
        elif value is not None:
            typer.echo(f"{indent}{key:<16}{value}")
