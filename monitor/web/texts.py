"""What the pages of rows and articles say alike: names, answers so far, quotes without what is withheld."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from monitor.core.clock import week_start
from monitor.core.ids import AgreementId, FamilyId, PlaceId, TopicId, Week
from monitor.gaps.answers import Answer
from monitor.register.types import Topic
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.plain import one_line
from monitor.reports.row_types import Row
from monitor.reports.types import Report
from monitor.reports.withhold import CUT, Withholding
from monitor.web.marks import Piece
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import withholding as wired
from monitor.wiring.auditing import quoted_whole

_NAME_LIMIT, _TITLE_LIMIT = 120, 500
# letters that stand elsewhere in the alphabet than among code points
_IN_PLACE = str.maketrans({"ё": "е\uffff", "і": "и", "ў": "у\uffff"})


def withholding_of(app: App, words: Catalogue) -> Withholding:
    """What may not be shown, as config/restricted.toml has it now: make it once for a page."""
    return wired.withholding_of(app, words.titles_lang)


def alphabetical(name: str) -> str:
    """What names are sorted by, as Russian, Belarusian and English readers look for them."""
    return name.casefold().translate(_IN_PLACE)


def topic_title(topic: Topic, lang: str) -> str:
    """A topic in the reader's language, else in English: unlike agreements, topics are named in all."""
    return topic.titles.get(lang) or topic.titles["en"]


def topic_name(app: App, topic: TopicId, lang: str) -> str:
    """The title of a topic, its id when the taxonomy has lost it."""
    held = app.register.topics.get(topic)
    return topic if held is None else topic_title(held, lang)


def is_written(row: Row) -> bool:
    """True where articles were found and yet no silence could have been told from missing them."""
    return row.state == "unmeasured" and row.counted.originals > 0


def state_of(row: Row, words: Catalogue) -> str:
    """The state above a row's page; the mail lists what is written about, so "cannot judge" is not all."""
    return written_of(row, words) or words.coded("state", row.state)


def written_of(row: Row, words: Catalogue) -> str:
    """What is said of a row that was written about and yet cannot be judged; empty for all others."""
    if not is_written(row):
        return ""
    is_enough = row.counted.originals >= row.watched.norm  # the mail lists it under what was written about
    return page_words(words.lang).say("gaps.written_norm" if is_enough else "gaps.written")


def tally_of(rows: Sequence[Row], state: str, words: Catalogue) -> tuple[str, str]:
    """A state and how many rows have it; of those that cannot be judged also how many are written about."""
    held = [row for row in rows if row.state == state]
    told, written = words.coded("state", state), sum(is_written(row) for row in held)
    if written:
        pages = page_words(words.lang)
        key = "gaps.all_written" if written == len(held) else "gaps.of_them_written"
        told = pages.say(key, state=told, n=pages.number(written))
    return told, words.number(len(held))


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


def when_line(report: Report, pages: Catalogue, region: str = "") -> str:
    """Region and week of a report. `region`: its name where the page speaks another language."""
    named = region or report.region_name
    return pages.say("proof.when", region=named, week=_counted_days(report, pages))


def week_line(report: Report, pages: Catalogue) -> str:
    """The week of a report, for a page of more than one region."""
    return pages.say("gaps.when", week=_counted_days(report, pages))


def week_days(week: Week, pages: Catalogue) -> str:
    """A week by its days: nobody outside of programs counts weeks."""
    first = week_start(week)
    return pages.days(first, first + timedelta(days=6))


def _counted_days(report: Report, pages: Catalogue) -> str:
    return pages.days(week_start(report.week), report.to_on)


def given_lines(
    app: App, answers: Iterable[Answer], pages: Catalogue, *, people: Collection[str] = ()
) -> tuple[str, ...]:
    """What was answered to a row, and when. `people`: who may be named, with what they noted."""
    withholding = withholding_of(app, catalogue(pages.lang)) if people else None

    def line(one: Answer) -> str:
        said = pages.say(f"given.{one.kind.value}", day=pages.day(one.at.astimezone(app.zone).date()))
        if withholding is None or one.who not in people:
            return said
        if not one.note:
            return pages.say("proof.given_by", line=said, who=one.who)
        note = quoted_whole(withholding, one.note)
        return pages.say("proof.given_note", line=said, who=one.who, note=pages.say("quoted", name=note))

    return tuple(map(line, answers))
