"""`monitor evaluate`: how good gate, topics and links are on a labelled corpus."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import of
from monitor.cli.files import writing
from monitor.core.errors import UsageError
from monitor.reports.calibration import calibration_chart


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    context: typer.Context,
    corpus: Annotated[Path | None, typer.Option(help="Labelled JSON lines; else the shipped ones.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw the calibration, as PNG.")] = None,
    card: Annotated[
        Path | None, typer.Option(help="Only write the model card from the manifest, as Markdown.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Judge the model on a corpus; items it was trained on get cross-validated figures, and it says so."""
    ours = of(context)
    if card is not None:
        if corpus is not None or plot is not None or as_json:
            raise UsageError("--card only writes the card of the model that is there: nothing else with it")
        with writing(card) as out:
            out.write(ours.app.models.card().encode())
        return
    from monitor.wiring import quality  # with scikit-learn: not at each call of another command

    figures = quality.evaluate(ours.app, corpus)
    if plot is not None:
        bins = figures["calibration"]
        with writing(plot) as out:
            out.write(calibration_chart({"gate": bins["gate_bins"], "topics": bins["topics_bins"]}))
    if as_json:
        ours.print_json(figures)
        return
    typer.echo(figures["trained_on"]["note"])
    typer.echo(f"\n{'':<20}{'precision':>11}{'recall':>9}{'F1':>7}{'n':>7}   95 % of F1")
    for name in ("gate", "topics", "topics_balanced", "links"):
        _line(name, figures[name])
        for lang, part in sorted(figures[name].get("by_language", {}).items(), key=lambda x: -x[1]["n"]):
            _line(f"  {lang}", part)
    _details(figures)
    typer.echo("versions: " + ", ".join(f"{k} {v}" for k, v in figures["versions"].items()))


def _details(figures: dict[str, Any]) -> None:
    """What stands below the table of rooms: topics one by one, and single figures."""
    balanced = figures["topics_balanced"]
    typer.echo("\ntopics at the balanced bound")
    for topic, part in sorted(balanced["by_topic"].items()):
        if topic != "macro_f1":
            _line(f"  {topic}", part)
    typer.echo("\nmissed where another topic was named (times):")
    told = [f"{one['missed']} / {one['named']} {one['n']}" for one in balanced["confusions"][:10]]
    typer.echo("  " + (", ".join(told) or "none"))
    typer.echo("\nif only the surest tags were published: recall and precision")
    curve = [f"{point['recall']:.1f} {point['precision']:.3f}" for point in figures["abstention"]]
    typer.echo("  " + ("   ".join(curve) or "no tag"))
    gate, queue, off, lead = (figures[key] for key in ("gate", "queue", "calibration", "strongest_topic"))
    be_ru, missed, links = balanced["be_ru"], gate["missed_at_most"], figures["links"]
    typer.echo(
        f"\ngate: best F1 {_share(gate['best_f1'])}, precision {_share(gate['precision_then'])} when at most "
        f"{missed} are missed; {queue['gate_undecided']} items left to a person\n"
        f"topics: macro F1 {_share(balanced['by_topic']['macro_f1'])}, strongest right "
        f"{_share(lead['accuracy'])}; published or queued {_share(queue['recall_published_or_queued'])} with "
        f"{_number(queue['tags_per_item'])} queued an item\n"
        f"be - ru: {_share(be_ru['f1'])} ({_interval(be_ru['f1_95'])})\n"
        f"of right links: member right or open {_share(links['member']['right_or_open'])}, "
        f"stage right {_share(links['stage']['accuracy'])}\n"
        f"calibration error: gate {_share(off['gate_ece'])}, topics {_share(off['topics_ece'])}"
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _interval(bounds: Sequence[float] | None) -> str:
    return f"{bounds[0]:.3f} - {bounds[1]:.3f}" if bounds else "too few"


def _line(name: str, part: dict[str, Any]) -> None:
    shares = "".join(
        f"{_share(part[key]):>{width}}" for key, width in (("precision", 11), ("recall", 9), ("f1", 7))
    )
    typer.echo(f"{name:<20}{shares}{part['n']:>7}   {_interval(part['f1_95'])}")
