"""`monitor correct`: what a person says of an article; it wins over every run and counts at once."""

from dataclasses import asdict
from typing import Annotated

import typer

from monitor.articles.corrections import CorrectionKind, Saying, list_corrections
from monitor.cli.context import Context, of
from monitor.core.errors import UsageError
from monitor.wiring import judging


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("correct")(correct)


def correct(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Id or address of an article.")] = "",
    cooperation: Annotated[
        bool | None, typer.Option("--cooperation/--not-cooperation", help="Is it cross-border cooperation?")
    ] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic that it has; repeatable.")] = None,
    not_topic: Annotated[list[str] | None, typer.Option(help="A topic that it has not; repeatable.")] = None,
    link: Annotated[list[str] | None, typer.Option(help="An agreement that it reports on.")] = None,
    not_link: Annotated[list[str] | None, typer.Option(help="An agreement that it does not.")] = None,
    undo: Annotated[int | None, typer.Option(help="Number of a correction to take back.")] = None,
    who: Annotated[str, typer.Option(help="Who says so.")] = "",
    note: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    listing: Annotated[bool, typer.Option("--list", help="Show corrections, of one article or all.")] = False,
    pending: Annotated[
        bool, typer.Option("--pending", help="Show those of changed topics that must be said anew.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say that an article is (not) cooperation, has (not) a topic, reports (not) on an agreement."""
    ours = of(context)
    sayings = _sayings(cooperation, topic, not_topic, link, not_link)
    if (listing or pending) and (sayings or undo is not None or (pending and (listing or article))):
        raise UsageError("--list and --pending show what was said; say something else in a call of its own")
    if listing:
        _list(ours, article, as_json=as_json)
        return
    if pending:
        _list_pending(ours, as_json=as_json)
        return
    if undo is not None:
        if sayings or article:
            raise UsageError("--undo takes the number of a correction and nothing else to be said")
        undone = judging.undo(ours.app, undo, who=who, note=note)
        told = f"undone: {undone.id} {undone.kind.value} {undone.value}".rstrip()
        ours.say({"undone": undone.id}, told, as_json=as_json)
        return
    if not article or not sayings:
        raise UsageError("name an article and what is right, e.g. --not-cooperation or --topic trade")
    number, made = judging.correct(ours.app, article, sayings, who=who, note=note)
    if as_json:
        ours.print_json({"article": number, "corrections": made})
        return
    typer.echo(f"article {number}: corrections {', '.join(map(str, made))}; they count from now on")


def _sayings(
    cooperation: bool | None,
    topic: list[str] | None,
    not_topic: list[str] | None,
    link: list[str] | None,
    not_link: list[str] | None,
) -> list[Saying]:
    said = []
    if cooperation is not None:
        said.append(Saying(CorrectionKind.COOPERATION if cooperation else CorrectionKind.NOT_COOPERATION))
    for kind, values in (
        (CorrectionKind.TOPIC_ADD, topic),
        (CorrectionKind.TOPIC_REMOVE, not_topic),
        (CorrectionKind.LINK_ADD, link),
        (CorrectionKind.LINK_REMOVE, not_link),
    ):
        said += [Saying(kind, value) for value in values or ()]
    return said


def _list(ours: Context, named: str, *, as_json: bool) -> None:
    with ours.app.ready_db.begin() as tx:
        found = list_corrections(tx, judging.article_named(tx, named) if named else None)
    if as_json:
        ours.print_json([asdict(one) for one in found])
        return
    for one in found:
        what = f"undoes {one.undoes}" if one.undoes is not None else f"{one.kind.value} {one.value}".rstrip()
        mark = "" if one.holds or one.undoes is not None else "  (no longer holds)"
        note = f"  {one.note}" if one.note else ""
        when = ours.moment(one.at)
        typer.echo(f"{one.id}  article {one.article_id}  {what}  {one.who} {when}{note}{mark}")
    if not found:
        typer.echo("nobody has corrected anything yet")


def _list_pending(ours: Context, *, as_json: bool) -> None:
    found = judging.to_be_said_anew(ours.app)
    if as_json:
        ours.print_json([{**asdict(one), "topics": topics} for one, topics in found])
        return
    for one, topics in found:
        which = ", ".join(topics)
        typer.echo(f"{one.id}  article {one.article_id}  {one.kind.value} {one.value}: say it of {which}")
    if not found:
        typer.echo("every correction stands under the topics of today")
