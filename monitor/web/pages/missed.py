"""You missed this: a story that somebody names is walked to the stage that lost it."""

from dataclasses import dataclass

from monitor.core.errors import UsageError
from monitor.gaps.missed import Lost
from monitor.gaps.missed_store import PRINT_LIMIT, floor, list_missed
from monitor.reports.catalogue import Catalogue
from monitor.reports.plain import one_line
from monitor.web.asked import Asked, FormError, RefusedError, Shown, one_line_field
from monitor.web.desk import Desk
from monitor.web.lost import explained, floor_line, read_story
from monitor.web.texts import withholding_of
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import deskwork as work

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class MissedPage:
    """Everything the form may use."""

    url: str
    print_only: str
    agreement: str
    print_limit: int
    error: str
    found: tuple[str, ...]  # what became of the story
    floor: str
    lines: tuple[str, ...]  # what was named so far, the last first
    more: str  # how many the list leaves out, empty where it has all


def missed_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """The form, and after it was sent what became of the story."""
    words = page_words(asked.lang)
    if not asked.is_post:
        return Shown("missed", _page(app, asked, words))
    try:
        lost = _record(app, asked, words)
    except FormError as error:
        return Shown("missed", _page(app, asked, words, error=str(error)), 422)
    return Shown("missed", _page(app, asked, words, found=explained(app, lost, words)))


def _record(app: App, asked: Asked, words: Catalogue) -> Lost:
    if asked.user is None:
        raise RefusedError("not_yours", 403)
    url, print_only = read_story(asked, words)
    agreement = one_line_field(asked, "agreement").upper()
    try:
        return work.missed(app, asked.user, url=url, print_only=print_only, agreement=agreement)
    except UsageError as error:
        raise FormError(words, "no_agreement") from error


def _page(
    app: App, asked: Asked, words: Catalogue, *, error: str = "", found: tuple[str, ...] = ()
) -> MissedPage:
    withholding = withholding_of(app, words)
    with app.ready_db.reading() as tx:
        said, counted = list_missed(tx), floor(tx)
    lines = []
    for one in said[:_SHOWN]:
        link = withholding.link(one.url) if one.url else ""
        story = link or one.print_only or words.say("answer.unnamed")
        parts = (
            one_line(withholding.quote(story), 200),
            words.coded("lost_stage", one.stage.value),
            one.family,
        )
        told = words.say("separator").join(part for part in parts if part)
        lines.append(words.say("miss.line", day=words.day(one.at.astimezone(app.zone).date()), story=told))
    return MissedPage(
        url="" if found else asked.field("url")[:2000],
        print_only="" if found else asked.field("print_only")[: 2 * PRINT_LIMIT],
        agreement="" if found else asked.field("agreement")[:20],
        print_limit=PRINT_LIMIT,
        error=error,
        found=found,
        floor=floor_line(counted, words),
        lines=tuple(lines),
        more=words.count("n.more_stories", len(said) - _SHOWN) if len(said) > _SHOWN else "",
    )
