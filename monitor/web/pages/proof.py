"""The proof of one row: what was found with the words that prove it, who is silent, why this state."""

from dataclasses import dataclass

from monitor.core.ids import ArticleId, FamilyId
from monitor.gaps.answers import list_answers
from monitor.linking.proof import ProofText, find_proofs
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.phrases import Phrases
from monitor.reports.plain import one_line
from monitor.reports.renamed import renamed
from monitor.reports.row_types import Proof, Row
from monitor.reports.rows import Names
from monitor.reports.tokens import Action, answer_links
from monitor.reports.types import Report
from monitor.reports.withhold import Withholding
from monitor.web.asked import Asked, RefusedError, Shown
from monitor.web.kept import kept_report
from monitor.web.marks import Piece, Span, excerpts, whole
from monitor.web.texts import given_lines, place_name, safe, state_of, when_line, withholding_of
from monitor.web.tickets import open_ticket
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.answers import Ticket, signer

ARTICLES_LIMIT = 50
_GAP_STATES = ("uncovered", "thin")


@dataclass(frozen=True, slots=True)
class Found:
    """One counted article that may be named. `quotes`: sentences with marks, else how the text begins."""

    title: tuple[Piece, ...]
    lang: str
    url: str
    note: str  # outlet, day, stage
    is_marked: bool  # False: only a person linked it, or the text is another by now
    quotes: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled sentence."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ProofPage:
    """Everything the page of a row may use."""

    title: str
    title_lang: str
    number: str
    state: str
    state_code: str  # uncovered, thin ...: for the colour only
    when: str  # region and week
    facts: tuple[Fact, ...]
    documents: tuple[str, ...]  # the other agreements of the row
    found: tuple[Found, ...]
    n_more: str
    unnamed: str
    given: tuple[str, ...]  # answers so far
    answers: tuple[tuple[str, str], ...]  # address, label


def proof_page(app: App, asked: Asked) -> Shown:
    """The proof of the row that a mail's link names."""
    ticket = open_ticket(app, asked, (Action.PROOF,))
    report, row = row_of(app, ticket, asked.lang)
    return Shown("proof", _page(app, ticket, report, row, asked.lang))


def row_of(app: App, ticket: Ticket, lang: str) -> tuple[Report, Row]:
    """The report that a link stood in and the row it stood at, named in the reader's language of today.

    Errors: RefusedError when they are gone.
    """
    report = kept_report(app, ticket.report_id)
    if report is None:
        raise RefusedError("no_report", 410)
    try:
        row = report.row(ticket.family)
    except KeyError as error:
        raise RefusedError("no_row", 410) from error
    if lang == report.lang:
        return report, row
    words = catalogue(lang)
    return report, renamed(row, Names(app.register, words, withholding_of(app, words), report.region))


def _page(app: App, ticket: Ticket, report: Report, row: Row, lang: str) -> ProofPage:
    words, pages = catalogue(lang), page_words(lang)
    proofs = [proof for proof in report.articles if row.family in proof.families]
    named = [proof for proof in proofs if proof.is_named]
    with app.ready_db.reading() as tx:
        texts = find_proofs(tx, row.family, [proof.article for proof in named[:ARTICLES_LIMIT]])
        said = [one for one in list_answers(tx, row.family) if one.region == report.region]
    withholding = withholding_of(app, words)
    found = found_articles(app, named[:ARTICLES_LIMIT], texts, withholding, lang=lang)
    n_unnamed = len(proofs) - len(named) + len(named[:ARTICLES_LIMIT]) - len(found)
    return ProofPage(
        title=row.members[0].title,
        title_lang=row.members[0].title_lang,
        number=row.family,
        state=state_of(row, words),
        state_code=row.state,
        when=when_line(report, pages, place_name(app, report.region, lang)),
        facts=facts_of(row, words),
        documents=tuple(member.title for member in row.members[1:]),
        found=tuple(told for _, told in found),
        n_more=pages.count("n.more", len(named) - ARTICLES_LIMIT) if len(named) > ARTICLES_LIMIT else "",
        unnamed=pages.count("n.unnamed", n_unnamed) if n_unnamed else "",
        given=given_lines(app, said, pages),
        answers=_answers(app, ticket, pages, asked_lang=lang),
    )


def facts_of(row: Row, words: Catalogue) -> tuple[Fact, ...]:
    """Why the row stands where it stands, in the sentences of the mail."""
    phrases = Phrases(words)
    is_gap = row.state in _GAP_STATES
    why = phrases.unmeasured(row) if row.state == "unmeasured" else words.coded("why_state", row.why_state)
    said = (
        ("parties", phrases.parties(row)),
        ("gap", phrases.gap(row)) if is_gap else ("why", why),
        ("norm", phrases.norm(row)),
        ("seen", phrases.seen(row)),
        ("silent", phrases.silent(row)),
        ("unseen", phrases.unseen(row) if row.state != "not_due" else ""),
        ("near", phrases.near(row)),
        ("lead", phrases.story(row)),
    )
    own = page_words(words.lang)
    label = {key: own.say("proof.why") if key == "why" else words.say(f"card.{key}") for key, _ in said}
    return tuple(Fact(label[key], text) for key, text in said if text)


def found_articles(
    app: App,
    named: list[Proof],
    texts: dict[ArticleId, ProofText],
    withholding: Withholding,
    *,
    lang: str,
) -> tuple[tuple[ArticleId, Found], ...]:
    """Counted articles with the words that prove them; what may not be shown is not in `named`."""
    found = []
    for proof in named:
        text = texts.get(proof.article)
        # listed since the report was made: it counts, and is neither named nor linked from now on
        if text is not None and not (withholding.may_name(text.source) and withholding.link(text.url)):
            continue
        found.append((proof.article, _found(app, proof, text, withholding, lang)))
    return tuple(found)


def _found(app: App, proof: Proof, text: ProofText | None, withholding: Withholding, lang: str) -> Found:
    words, pages = catalogue(lang), page_words(lang)
    day = words.day(proof.published_on) if proof.published_on else ""
    kind = "translation" if proof.is_translation else "copy"
    kind = "" if proof.is_original else pages.say(f"proof.{kind}")
    outlet = withholding.name(text.source) if text else withholding.renamed(proof.outlet, proof.url)
    note = words.say("separator").join(part for part in (outlet, day, kind) if part)
    if text is None:
        return Found((Piece(proof.title),), "", withholding.link(proof.url), note, False, ())
    spans = {
        field: [
            Span(e.start, e.end, place_name(app, e.place, lang)) for e in text.evidence if e.field == field
        ]
        for field in ("title", "text")
    }
    title = whole(text.title, spans["title"])
    quotes = excerpts(text.text, spans["text"]) or ((Piece(one_line(text.text)),) if text.text else (),)
    is_marked = any(piece.name for one in (title, *quotes) for piece in one)
    return Found(
        safe(title, withholding),
        text.lang,
        withholding.link(text.url),
        note,
        is_marked,
        tuple(safe(quote, withholding) for quote in quotes if quote),
    )


def _answers(app: App, ticket: Ticket, pages: Catalogue, *, asked_lang: str) -> tuple[tuple[str, str], ...]:
    """Fresh links of the same reader and row that end when this page's link ends."""
    links = answer_links(
        signer(app),
        FamilyId(ticket.family),
        ticket.report_id,
        ticket.reader.id,
        base_url="",
        expires=ticket.allowed.expires_at,
    )
    named = (
        ("wrong", links.wrong), ("working", links.working), ("not_news", links.not_news),
        ("remind", links.remind), ("missed", links.missed),
    )  # fmt: skip
    return tuple((f"{link}?lang={asked_lang}", pages.say(f"answer.{name}.offer")) for name, link in named)
