"""What the pages of rows and articles say alike: names, answers so far, quotes without what is withheld."""

from collections.abc import Iterable

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.crawl.sources import load_restricted
from monitor.gaps.answers import Answer
from monitor.reports.catalogue import Catalogue
from monitor.reports.plain import one_line
from monitor.reports.types import Report
from monitor.reports.withhold import CUT, Withholding
from monitor.web.marks import Piece
from monitor.wiring import App
from monitor.wiring.auditing import quoted_whole

_NAME_LIMIT, _TITLE_LIMIT = 120, 500


def withholding_of(app: App, words: Catalogue) -> Withholding:
    """What may not be shown, as config/restricted.toml has it now: make it once for a page."""
    return Withholding(app.sources, load_restricted(app.home.config / "restricted.toml"), words.titles_lang)


def safe(pieces: tuple[Piece, ...], withholding: Withholding) -> tuple[Piece, ...]:
    """The pieces as they are; without marks and cut where they name what may not be passed on."""
    plain = "".join(piece.text for piece in pieces)
    quoted = quoted_whole(withholding, plain)
    return (Piece(quoted),) if CUT in quoted and CUT not in plain else pieces


def place_name(app: App, place: str, lang: str) -> str:
    """The name of a place, empty when the gazetteer has lost it."""
    held = app.register.places.get(PlaceId(place))
    return "" if held is None else one_line(held.name(lang), _NAME_LIMIT)


def family_title(app: App, family: FamilyId, words: Catalogue) -> tuple[str, str]:
    """The title of the agreement that names a family, and its language; the id when the register lost it."""
    held = app.register.agreements.get(AgreementId(family))
    if held is None:
        return family, "en"
    if words.titles_lang == "ru" and held.title_ru:
        return one_line(held.title_ru, _TITLE_LIMIT), "ru"
    return one_line(held.title, _TITLE_LIMIT), "en"


def when_line(report: Report, pages: Catalogue) -> str:
    """Region, week and last day of a report."""
    day = pages.day(report.to_on)
    return pages.say("proof.when", region=report.region_name, week=report.week, day=day)


def given_lines(app: App, answers: Iterable[Answer], pages: Catalogue) -> tuple[str, ...]:
    """What people answered to a row, and when."""
    return tuple(
        pages.say(f"given.{one.kind.value}", day=pages.day(one.at.astimezone(app.zone).date()))
        for one in answers
    )
