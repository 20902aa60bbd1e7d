"""One item of a review queue: the text, what can be said of it, and the next one after an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitor.core.accounts import User
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId
from monitor.core.text import shorten
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.withhold import Withholding
from monitor.review.answering import ChangedError, DecidedError
from monitor.review.looks import Item, Queue, Said, Verdict, told_by
from monitor.web.asked import Asked, FormError, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.marks import Piece, Span, paragraphs_of, whole
from monitor.web.pages.done import DonePage
from monitor.web.pages.review import is_number, last_line, signed_in, told_line
from monitor.web.pages.review_form import Ticked, near, read_ticked, searched, slip_of
from monitor.web.texts import place_name, safe, topic_name, withholding_of
from monitor.web.words import page_words
from monitor.wiring import App, reviewing
from monitor.wiring.auditing import LEAD_LIMIT
from monitor.wiring.reviewing import OFFERED, Sight, Waiting

_TITLE, _LEAD, _PARAGRAPHS = 500, 700, 60  # characters of the title and shown at once; paragraphs at most
_OPTION = 150  # characters of a title in the list of all agreements
_FIND = "find"  # the button that looks for an agreement and answers nothing
_KEYS = {
    Verdict.ACCEPT: "A", Verdict.REJECT: "R", Verdict.CHOOSE: "C", Verdict.NOT_COOPERATION: "N",
    Verdict.SKIP: "S",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tick:
    """One agreement or topic that may be ticked. `key`: figure that does it, empty beyond nine."""

    value: str
    title: str
    lang: str
    key: str
    is_proposed: bool
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One button."""

    verdict: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class ReviewItemPage:
    """Everything the page of an item may use; of an audit item it is the same whatever the program says."""

    heading: str
    progress: str
    action: str
    subject: int
    shown: str  # the mark of what is proposed
    title: tuple[Piece, ...]
    lang: str
    note: str
    url: str
    lead: tuple[tuple[Piece, ...], ...]
    rest: tuple[tuple[Piece, ...], ...]
    question: str
    topics: tuple[Tick, ...]  # those proposed
    other_topics: tuple[Tick, ...]
    agreements: tuple[Tick, ...]
    wanted: str  # in the search field
    known: tuple[str, ...]  # all agreements, for it
    answers: tuple[Answer, ...]
    others: tuple[str, ...]  # of the third look: what the others said
    last: str
    last_look: int
    error: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item is answered."""

    item: Item
    user: User
    is_final: bool
    words: Catalogue
    progress: str = ""
    others: tuple[str, ...] = field(default=())

    @property
    def path(self) -> str:
        own = f"/{self.item.subject}" if self.is_final else ""
        return f"/review/{self.item.queue.value}{own}"


def item_page(app: App, asked: Asked, _desk: Desk) -> Shown | Moved:
    """The next item of a queue, or the one that the address names while it waits for who is signed in."""
    queue, user, words = _queue(asked), signed_in(asked), page_words(asked.lang)
    if asked.is_post:
        number = asked.field("subject")
        item = reviewing.find_item(app, queue, int(number)) if is_number(number) else None
        if item is None:
            raise RefusedError("not_found", 404)
        return _answered(app, asked, _Place(item, user, False, words))
    held = _waiting(app, user, queue)
    wanted, progress = asked.query.get("item", ""), _progress(held, words)
    chosen = next((one for one in held.open if str(one.subject) == wanted), next(iter(held.open), None))
    if chosen is None:
        why = words.say("review.all_done") if held.is_drawn else words.say("review.undrawn") + "."
        lines = (why, progress) if held.done else (why,)  # "0 of 0" tells nothing
        links = ((f"/review?lang={asked.lang}", words.say("review.back")),)
        return Shown("done", DonePage(words.say(f"review.{queue.value}.title"), lines, links))
    place = _Place(chosen, user, False, words, progress)
    return Shown("review_item", _page(app, place, _sight(app, chosen), Ticked()))


def third_page(app: App, asked: Asked, _desk: Desk) -> Shown | Moved:
    """An item that two see differently, with what they said, for who decides."""
    queue, number, words = _queue(asked), asked.path["subject"], page_words(asked.lang)
    held = reviewing.disputed(app)
    item = next((one for one in held if (one.queue, str(one.subject)) == (queue, number)), None)
    if item is None:
        return _decided(app, asked, queue, number)
    others = tuple(
        words.say("review.other", who=look.who, told=told_line(app, look, words))
        for look in held[item]
        if look.decides
    )
    place = _Place(item, signed_in(asked), True, words, words.say("review.disputed"), others)
    if asked.is_post:
        return _answered(app, asked, place)
    return Shown("review_item", _page(app, place, _sight(app, item), Ticked()))


def _decided(app: App, asked: Asked, queue: Queue, number: str) -> Shown:
    """What was said of an item that waits for nobody: another has decided, or the form was sent twice.

    Errors: RefusedError where no third look has decided it.
    """
    item = reviewing.find_item(app, queue, int(number)) if is_number(number) else None
    look = reviewing.decided_of(app, item) if item else None
    if look is None or not look.is_final:
        raise RefusedError("not_found", 404)
    words, is_own = page_words(asked.lang), look.who == signed_in(asked).name
    lines = [words.say("review.counts_final", who=look.who, told=told_line(app, look, words))]
    if asked.is_post and not is_own:
        lines.append(words.say("review.not_kept"))
    links = ((f"/review?lang={asked.lang}", words.say("review.back")),)
    page = DonePage(words.say(f"review.{queue.value}.title"), tuple(lines), links)
    return Shown("done", page, 409 if asked.is_post and not is_own else 200)


def _queue(asked: Asked) -> Queue:
    try:
        return Queue(asked.path["queue"])
    except ValueError as error:
        raise RefusedError("not_found", 404) from error


def _waiting(app: App, user: User, queue: Queue) -> Waiting:
    try:
        return reviewing.waiting_in(app, user, queue)
    except UsageError as error:
        raise RefusedError("no_review", 503) from error


def _sight(app: App, item: Item) -> Sight:
    try:
        return reviewing.sight(app, item)
    except UsageError as error:
        raise RefusedError("no_review", 503) from error


def _progress(held: Waiting, words: Catalogue) -> str:
    return words.say(
        "review.progress",
        done=words.number(held.done),
        total=words.number(held.done + len(held.open)),
        queue=words.say(f"review.{held.queue.value}.title"),
    )


def _answered(app: App, asked: Asked, place: _Place) -> Shown | Moved:
    """What was answered is kept, and the next item shown; a search or a slip shows the item again."""
    sight, ticked = _sight(app, place.item), read_ticked(app, asked)
    verdict = asked.field("verdict")
    try:
        if verdict not in (Verdict.SKIP.value, Verdict.NOT_COOPERATION.value):
            ticked = searched(app, ticked, place.words)
        if verdict == _FIND:
            return _again(app, place, sight, ticked)
        if asked.field("shown") != sight.seen.proposal.mark and verdict != Verdict.SKIP.value:
            raise FormError(place.words, "review_changed")
        _keep(app, place, sight, ticked, verdict)
    except FormError as error:
        return _again(app, place, sight, replace(ticked, found=near(app, ticked), error=str(error)))
    path = "/review" if place.is_final else place.path
    return Moved(f"{path}?lang={asked.lang}")


def _again(app: App, place: _Place, sight: Sight, ticked: Ticked) -> Shown:
    """The item with what was ticked; with a fault, where there was one."""
    progress = place.progress or _progress(_waiting(app, place.user, place.item.queue), place.words)
    page = _page(app, replace(place, progress=progress), sight, ticked)
    return Shown("review_item", page, 422 if ticked.error else 200)


def _keep(app: App, place: _Place, sight: Sight, ticked: Ticked, verdict: str) -> None:
    if verdict not in {answer.verdict for answer in _answers(sight, place.words)}:
        raise FormError(place.words, "review_verdict")
    queue, proposal = place.item.queue, sight.seen.proposal
    if ticked.gone:
        raise FormError(place.words, "review_gone", names=place.words.list(ticked.gone))
    if slip := slip_of(Verdict(verdict), proposal, ticked):
        raise FormError(place.words, slip)
    try:
        told = told_by(queue, Verdict(verdict), proposal, ticked.agreements, ticked.topics)
    except UsageError as error:
        raise FormError(place.words, "review_contradiction") from error
    said = Said(told, Verdict(verdict), proposal, is_final=place.is_final)
    try:
        reviewing.answer(app, place.user, place.item, said)
    except (ChangedError, DecidedError) as error:  # while the answer was on its way
        raise FormError(place.words, "review_changed") from error


def _page(app: App, place: _Place, sight: Sight, ticked: Ticked) -> ReviewItemPage:
    words, article = place.words, sight.article
    withholding = withholding_of(app, catalogue(words.lang))
    paragraphs = _paragraphs(app, sight, withholding, words.lang)
    n_lead = _lead_of(paragraphs)
    topics = _topics(app, sight, ticked, words)
    last = None if place.is_final else reviewing.last_look(app, place.user)
    queue = place.item.queue.value
    return ReviewItemPage(
        heading=words.say(f"review.{queue}.title"),
        progress=place.progress,
        action=f"{place.path}?lang={words.lang}",
        subject=place.item.subject,
        shown=sight.seen.proposal.mark,
        title=safe(whole(article.title, _spans(app, sight, "title", words.lang), _TITLE), withholding),
        lang=article.lang,
        note=_note(app, sight, withholding, words),
        url=withholding.link(article.url) if withholding.may_name(article.source_id) else "",
        lead=tuple(paragraphs[:n_lead]),
        rest=tuple(paragraphs[n_lead:_PARAGRAPHS]),
        question=words.say(f"review.{queue}.question"),
        topics=tuple(tick for tick in topics if tick.is_proposed),
        other_topics=tuple(tick for tick in topics if not tick.is_proposed),
        agreements=_agreements(app, sight, ticked, words),
        wanted=ticked.wanted,
        known=_known(app, words),
        answers=_answers(sight, words),
        others=place.others,
        last=last_line(app, last, words) if last else "",
        last_look=last.id if last else 0,
        error=ticked.error,
    )


def _paragraphs(app: App, sight: Sight, withholding: Withholding, lang: str) -> list[tuple[Piece, ...]]:
    """Of an outlet that is not named no more than the sheet of the audit has."""
    article = sight.article
    may_name = withholding.may_name(article.source_id)
    text = article.text if may_name else shorten(article.text, LEAD_LIMIT)
    spans = _spans(app, sight, "text", lang) if may_name else []
    return [safe(one, withholding) for one in paragraphs_of(text, spans)]


def _lead_of(paragraphs: Sequence[tuple[Piece, ...]]) -> int:
    """How many paragraphs are shown at once."""
    length = 0
    for n, paragraph in enumerate(paragraphs):
        length += sum(len(piece.text) for piece in paragraph)
        if length >= _LEAD:
            return n + 1
    return len(paragraphs)


def _spans(app: App, sight: Sight, at: str, lang: str) -> list[Span]:
    return [
        Span(start, end, place_name(app, place, lang)) for place, f, start, end in sight.seen.names if f == at
    ]


def _note(app: App, sight: Sight, withholding: Withholding, words: Catalogue) -> str:
    at = sight.article.published_at or sight.article.first_seen_at
    day = words.day(at.astimezone(app.zone).date())
    return words.say("separator").join(
        part for part in (withholding.name(sight.article.source_id), day) if part
    )


def _topics(app: App, sight: Sight, ticked: Ticked, words: Catalogue) -> list[Tick]:
    """Those proposed first; they have the first figure keys."""
    proposed = sight.seen.proposal.topics
    ordered = (*proposed, *(topic for topic in app.register.topics if topic not in proposed))
    return [
        Tick(
            value=topic,
            title=topic_name(app, topic, words.lang),
            lang=words.lang,
            key=_figure(n) if topic in proposed else "",
            is_proposed=topic in proposed,
            is_ticked=topic in ticked.topics,
        )
        for n, topic in enumerate(ordered, 1)
    ]


def _agreements(app: App, sight: Sight, ticked: Ticked, words: Catalogue) -> tuple[Tick, ...]:
    rows = dict.fromkeys((*sight.offered, *ticked.found))
    before = len(sight.seen.proposal.topics)
    found = []
    for n, agreement in enumerate(rows, 1 + before):
        title, lang = _title(app, agreement, words)
        is_proposed = agreement in sight.seen.proposal.agreements
        found.append(Tick(agreement, title, lang, _figure(n), is_proposed, agreement in ticked.agreements))
    return tuple(found)


def _figure(n: int) -> str:
    return str(n) if n <= OFFERED else ""


def _title(app: App, agreement: AgreementId, words: Catalogue) -> tuple[str, str]:
    held = app.register.agreements[agreement]
    in_russian = words.say("titles") == "ru" and bool(held.title_ru)
    return (held.title_ru, "ru") if in_russian else (held.title, "en")


def _known(app: App, words: Catalogue) -> tuple[str, ...]:
    return tuple(
        shorten(f"{agreement} {_title(app, agreement, words)[0]}", _OPTION)
        for agreement in sorted(app.register.family_of)
    )


def _answers(sight: Sight, words: Catalogue) -> tuple[Answer, ...]:
    """Each says what will be kept. Where nothing is proposed there is nothing to accept or to reject."""
    proposal = sight.seen.proposal
    asks = proposal.is_empty
    counts = (("agreements_proposed", len(proposal.agreements)), ("topics_proposed", len(proposal.topics)))
    what = words.list([words.count(f"n.{key}", n) for key, n in counts if n])
    shown = [v for v in Verdict if not (asks and v in (Verdict.ACCEPT, Verdict.REJECT))]
    name = "plain" if asks else "proposed"
    return tuple(
        Answer(v.value, words.say(f"review.verdict.{name}.{v.value}", what=what), _KEYS[v]) for v in shown
    )
