"""`monitor missed`: where a story that somebody names was lost, in words."""

from dataclasses import asdict
from typing import Annotated

import typer

from monitor.cli.context import Context, of
from monitor.core.audit_log import COMMAND_LINE
from monitor.core.errors import UsageError
from monitor.gaps.missed_store import floor, list_missed
from monitor.wiring import answers


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("missed")(missed)


def missed(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of the story.")] = "",
    print_only: Annotated[str, typer.Option(help='Only in print: "paper, date, page".')] = "",
    agreement: Annotated[str, typer.Option(help="Agreement that it should count for, e.g. AGR-0001.")] = "",
    who: Annotated[str, typer.Option(help="Who says so.")] = "operator",
    lang: Annotated[str, typer.Option(help="Language of the answer: ru, be or en.")] = "en",
    listing: Annotated[bool, typer.Option("--list", help="Show what was said so far.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Walk a story through the ledger to the stage that lost it, say why, and keep it."""
    from monitor.web.lost import explained
    from monitor.web.words import languages, page_words

    ours = of(context)
    if lang not in languages():
        raise UsageError(f"--lang {lang!r} is none of {', '.join(languages())}")
    if listing and (url or print_only or agreement):
        raise UsageError("--list shows what was said; name a story in a call of its own")
    if listing:
        _list(ours, lang, as_json=as_json)
        return
    lost = answers.missed(
        ours.app, url=url, print_only=print_only, agreement=agreement, who=who, by=COMMAND_LINE
    )
    lines = explained(ours.app, lost, page_words(lang))
    if as_json:
        ours.print_json({**asdict(lost), "is_loss": lost.is_loss, "words": lines})
        return
    for line in lines:
        typer.echo(line)


def _list(ours: Context, lang: str, *, as_json: bool) -> None:
    from monitor.web.lost import floor_line
    from monitor.web.words import page_words

    with ours.app.ready_db.reading() as tx:
        said, counted = list_missed(tx), floor(tx)
    if as_json:
        ours.print_json({"floor": counted, "missed": [asdict(one) for one in said]})
        return
    for one in said:
        story = one.url or one.print_only
        reason = f" ({one.reason})" if one.reason else ""
        typer.echo(
            f"{ours.day(one.at)}  {one.stage.value}{reason}  {story}  {one.family}  {one.who}".rstrip()
        )
    typer.echo(floor_line(counted, page_words(lang)))
