"""One family of agreements: its documents, why it stands where it stands, every article that counts."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from monitor.core.accounts import Role, list_users
from monitor.core.ids import FamilyId, PlaceId
from monitor.gaps.answers import list_answers
from monitor.linking.proof import find_proofs
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.phrases import Phrases
from monitor.reports.row_types import Member, Row
from monitor.reports.types import Report
from monitor.web.asked import Asked, FormError, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.life import Life, life_of
from monitor.web.pages.family_answer import AnswerForm, form, record
from monitor.web.pages.proof import ARTICLES_LIMIT, Fact, Found, facts_of, found_articles
from monitor.web.regions import desk_regions, known_region
from monitor.web.texts import given_lines, state_of, when_line, withholding_of
from monitor.web.wish import STATES
from monitor.web.words import page_words
from monitor.wiring import App

_SAID = frozenset(STATES) - {"unmeasured", "not_due"}


@dataclass(frozen=True, slots=True)
class Document:
    """One agreement of the family."""

    title: str
    title_lang: str
    note: str  # number, signed, until when, whether it is due
    edit_url: str  # its row of the register, for who may change it


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """Everything the page of a family may use. Articles go with the address of their own page."""

    title: str
    title_lang: str
    number: str
    state: str
    state_code: str
    when: str
    back_url: str
    facts: tuple[Fact, ...]
    measure: str  # the interval and the weeks seen, for who checks the numbers
    documents: tuple[Document, ...]
    life: Life
    found: tuple[tuple[str, Found], ...]
    copies: tuple[tuple[str, Found], ...]  # of what is found; folded
    more: str  # how many that may be named are not listed, empty where all are
    more_url: str
    unnamed: str
    given: tuple[str, ...]
    answer: AnswerForm | None  # for those who may answer
    choices: tuple[tuple[str, str], ...]  # articles that can be ticked as wrong: number, title


def family_page(app: App, asked: Asked, desk: Desk) -> Shown | Moved:
    """The family that the address names, as a region's report tells of it; a POST answers to the row."""
    family = FamilyId(asked.path["family"])
    region = known_region(app, asked.query.get("region") or home_region(app, family))
    report = desk.latest(app, region, asked.lang)
    try:
        row = report.row(family)
    except KeyError as error:
        raise RefusedError("not_found", 404) from error
    if not asked.is_post:
        return Shown("family", _page(app, report, row, asked))
    try:
        record(app, asked, report, row)
    except FormError as error:
        return Shown("family", _page(app, report, row, asked, str(error)), 422)
    return Moved(f"/family/{family}?{urlencode({'region': region, 'lang': asked.lang})}#given")


def home_region(app: App, family: FamilyId) -> PlaceId:
    """A region whose press should tell of the family, the first that it belongs to."""
    held = app.register.families.get(family)
    members = held.members if held else ()
    wanted = {place for member in members for place in app.register.agreements[member].interest}
    offered = desk_regions(app)
    return next((region for region in offered if region in wanted), offered[0])


def _page(app: App, report: Report, row: Row, asked: Asked, error: str = "") -> FamilyPage:
    lang = asked.lang
    words, pages = catalogue(lang), page_words(lang)
    proofs = [proof for proof in report.articles if row.family in proof.families]
    nameable = [proof for proof in proofs if proof.is_named]
    named, n_more = nameable[:ARTICLES_LIMIT], max(0, len(nameable) - ARTICLES_LIMIT)
    with app.ready_db.reading() as tx:
        texts = find_proofs(tx, row.family, [proof.article for proof in named])
        said = list_answers(tx, row.family)
        people = {one.name for one in list_users(tx)}  # colleagues; readers of the mail stay unnamed
    found = found_articles(app, named, texts, withholding_of(app, words), lang=lang)
    originals = {proof.article for proof in named if proof.is_original}
    n_unnamed = len(proofs) - n_more - len(found)
    role = None if asked.user is None else asked.user.role
    may_answer, may_edit = (role is not None and role.may(needed) for needed in (Role.EDITOR, Role.ADMIN))
    return FamilyPage(
        title=row.members[0].title,
        title_lang=row.members[0].title_lang,
        number=row.family,
        state=state_of(row, words),
        state_code=row.state,
        when=when_line(report, pages),
        back_url=f"/gaps?{urlencode({'region': report.region})}",
        facts=(*facts_of(row, words), *_told(row, words, pages)),
        measure=_measure(row, words, pages) if row.state in _SAID else "",
        documents=tuple(_document(member, words, pages, may_edit=may_edit) for member in row.members),
        life=life_of(app, report, row, said),
        found=tuple((f"/article/{a}", told) for a, told in found if a in originals),
        copies=tuple((f"/article/{a}", told) for a, told in found if a not in originals),
        more=pages.count("n.more_stories", n_more) if n_more else "",
        more_url=f"/search?{urlencode({'agreement': row.family})}",
        unnamed=pages.count("n.unnamed", n_unnamed) if n_unnamed else "",
        given=given_lines(app, said, pages, people=people),
        answer=form(app, asked, error) if may_answer else None,
        choices=tuple((str(a), "".join(piece.text for piece in told.title)) for a, told in found),
    )


def _told(row: Row, words: Catalogue, pages: Catalogue) -> tuple[Fact, ...]:
    """What the stories that count tell of, and how far up; they add up to the number found."""
    phrases = Phrases(words)
    said = (("stages", phrases.stages(row)), ("depths", phrases.depths(row)))
    return tuple(Fact(pages.say(f"family.{key}"), text) for key, text in said if text)


def _measure(row: Row, words: Catalogue, pages: Catalogue) -> str:
    sure, watched = row.certainty, row.watched
    return pages.say(
        "family.measure",
        found=words.number(row.counted.originals),
        lo=words.number(sure.lo),
        hi=words.number(sure.hi),
        exposure=words.number(watched.exposure_weeks, 1),
        weeks=words.number(watched.weeks, 1),
        recall=words.percent(sure.recall),
    )


def _document(member: Member, words: Catalogue, pages: Catalogue, *, may_edit: bool) -> Document:
    days = [
        pages.say(f"family.{key}", day=words.partial_day(day))
        for key, day in (("signed", member.signed), ("until", member.valid_until))
        if day
    ]
    says_signed = member.status == "signed" and bool(member.signed)
    notes = days if says_signed else [words.coded("status", member.status), *days]
    if member.not_due:
        notes.append(Phrases(words).question(member))
    note = words.say("separator").join((member.id, *notes))
    edit_url = f"/agreement/{quote(member.id)}" if may_edit else ""
    return Document(member.title, member.title_lang, note, edit_url)
