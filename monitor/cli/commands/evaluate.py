"""`monitor evaluate`: how good gate, topics and links are on a labelled corpus."""

from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import of
from monitor.wiring import quality


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    context: typer.Context,
    corpus: Annotated[Path | None, typer.Option(help="Labelled JSON lines; else the shipped ones.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Judge the model on a corpus; items it was trained on get cross-validated figures, and it says so."""
    ours = of(context)
    figures = quality.evaluate(ours.app, corpus)
    if as_json:
        ours.print_json(figures)
        return
    typer.echo(figures["trained_on"]["note"])
    typer.echo(f"\n{'':<18}{'precision':>11}{'recall':>9}{'F1':>7}{'n':>7}   95 % of F1")
    for name in ("gate", "topics", "topics_balanced", "links"):
        _line(name, figures[name])
        for lang, part in sorted(figures[name].get("by_language", {}).items(), key=lambda x: -x[1]["n"]):
            _line(f"  {lang}", part)
    off = figures["calibration"]["gate_ece"]
    typer.echo(f"\ncalibration error of the gate {'-' if off is None else f'{off:.3f}'}")
    typer.echo("versions: " + ", ".join(f"{k} {v}" for k, v in figures["versions"].items()))


def _line(name: str, part: dict[str, Any]) -> None:
    shares = "".join(
        f"{'-' if part[key] is None else format(part[key], '.3f'):>{width}}"
        for key, width in (("precision", 11), ("recall", 9), ("f1", 7))
    )
    interval = part["f1_95"]
    shown = f"{interval[0]:.3f} - {interval[1]:.3f}" if interval else "too few"
    typer.echo(f"{name:<18}{shares}{part['n']:>7}   {shown}")
