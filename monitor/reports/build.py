"""One region's report from a gap table: which rows stand in it and in which order. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from monitor.core.clock import week_start
from monitor.core.ids import ArticleId, FamilyId, PlaceId, TopicId, Week
from monitor.crawl.sources import Restricted
from monitor.crawl.types import Source
from monitor.gaps.types import GapRow, GapTable, State
from monitor.gaps.years import NOT_WATCHED
from monitor.register.types import Register
from monitor.reports.around import Surroundings
from monitor.reports.calendar import calendar
from monitor.reports.catalogue import catalogue
from monitor.reports.history import trend, yearly
from monitor.reports.row_types import Proof, Row
from monitor.reports.rows import GAP_STATES, NATIONAL, Before, Names, Silence, related, report_row
from monitor.reports.types import SCHEMA, ArticleFact, Report, Sections, Totals
from monitor.reports.withhold import Withholding

TOP_GAPS = 10
TOP_THIN = 5
TOP_NATIONAL = 3
TOP_PENDING = 5
RECALL_ASSUMED, RECALL_AUDITED = ("recall_assumed",), ("recall_audited",)  # codes of [method_note]
_NO_EVENTS: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def report_id(week: Week, region: PlaceId, lang: str, topics: Iterable[TopicId] = ()) -> str:
    """2026-W47-by-mogilev-region-ru: message ids, MIME boundaries and file dates are made from it.

    A choice of topics adds -t and eight hex digits of it.
    """
    chosen = sorted(set(topics))
    if not chosen:
        return f"{week}-{region}-{lang}"
    return f"{week}-{region}-{lang}-t{hashlib.sha256(' '.join(chosen).encode()).hexdigest()[:8]}"


def needed_articles(table: GapTable, region: PlaceId) -> tuple[ArticleId, ...]:
    """Ids of the articles that `build` wants the facts of, whatever topics its reader chose."""
    chosen = [gap for gap, _ in _chosen(table, region)]
    wanted = {ArticleId(a) for gap in chosen for a in gap.counts.article_ids}
    wanted |= {article for gap in chosen for article in related(gap)}
    return tuple(sorted(wanted))


def build(
    table: GapTable,
    previous: GapTable | None,
    *,
    register: Register,
    sources: Sequence[Source],
    restricted: Sequence[Restricted],
    articles: Mapping[ArticleId, ArticleFact],
    region: PlaceId,
    lang: str,
    is_demo: bool,
    topics: Sequence[TopicId] = (),
    events: Mapping[str, Mapping[str, str]] = _NO_EVENTS,
    lost_stories: int = 0,
) -> Report:
    """The report of one region and language.

    `topics`: only families that list one of them, empty for all; charts and yearly figure stay the region's.
    `previous`: compared with where it could judge. `events`: titles by language of the calendar's events;
    `lost_stories`: that people named.
    Errors: UsageError without a catalogue of `lang`; KeyError when the inputs do not belong together.
    """
    words = catalogue(lang)
    previous = previous if previous and _could_judge(previous, region) else None
    names = Names(register, words, Withholding(sources, restricted, words.titles_lang), region)
    around = Surroundings(table, sources, names.withholding, region)
    all_own = [gap for gap, is_national in _chosen(table, region) if not is_national]
    chosen = [pair for pair in _chosen(table, region) if _is_wanted(pair[0], register, topics)]
    rows = _rows(table, previous, names, sources, chosen)
    own = [row for row in rows if not row.is_national]
    return Report(
        schema=SCHEMA,
        id=report_id(table.week, region, lang, topics),
        week=table.week,
        region=region,
        region_name=names.place_name(register.places[region]),
        lang=lang,
        from_on=table.from_on,
        to_on=table.to_on,
        is_demo=is_demo,
        has_previous=previous is not None,
        totals=_totals(own),
        rows=rows,
        sections=_sections(rows, table.week),
        articles=_proofs(rows, articles, names.withholding),
        topics_wanted=tuple(sorted(set(topics))),
        topics=around.topics(register, lang),
        partners=around.partners(names),
        trend=trend(table, all_own, articles),
        calendar=calendar([gap for gap, flag in chosen if not flag], names, table.to_on, events),
        yearly=yearly(table, region),
        correction=None,
        blind_spots=around.blind_spots(),
        watch=around.watched(),
        agency=around.agency(),
        method=around.method(own, RECALL_ASSUMED if table.audit.assumed else RECALL_AUDITED, lost_stories),
    )


def _chosen(table: GapTable, region: PlaceId) -> list[tuple[GapRow, bool]]:
    """Rows of the region, and the few national gaps, each with whether it is one of those; in mail order."""
    ordered = sorted(table.rows, key=lambda r: (-r.score, -r.posterior.p_below_norm, r.family))
    own = [row for row in ordered if region in table.regions.get(row.family, ())]
    held = {row.family for row in own}
    gaps = [row for row in ordered if row.family not in held and row.state in GAP_STATES]
    national = [row for row in gaps if NATIONAL in table.regions.get(row.family, ())]
    return [(row, False) for row in own] + [(row, True) for row in national[:TOP_NATIONAL]]


def _could_judge(table: GapTable, region: PlaceId) -> bool:
    """Whether a table judged any row of the region: where all were too young, no gap is new since then."""
    silent = (State.NOT_DUE, State.UNMEASURED)
    return any(row.state not in silent for row in table.rows if region in table.regions.get(row.family, ()))


def _is_wanted(gap: GapRow, register: Register, topics: Sequence[TopicId]) -> bool:
    """Whether one of the family's agreements lists a topic that the reader chose."""
    listed = {topic for member in gap.members for topic in register.agreements[member].topics}
    return not topics or not listed.isdisjoint(topics)


def _rows(
    table: GapTable,
    previous: GapTable | None,
    names: Names,
    sources: Sequence[Source],
    chosen: Sequence[tuple[GapRow, bool]],
) -> tuple[Row, ...]:
    watch = {w.source: w for w in table.watch}
    silence = {home: Silence.of(sources, watch, home) for home in {names.region, NATIONAL}}
    before = Before(None if previous is None else {row.family: row for row in previous.rows})
    return tuple(
        report_row(
            gap,
            names,
            silence[NATIONAL if is_national else names.region],
            before,
            today=table.to_on,
            is_national=is_national,
        )
        for gap, is_national in chosen
    )


def _sections(rows: Sequence[Row], week: Week) -> Sections:
    own = [row for row in rows if not row.is_national]

    written = {row.family for row in own if row.counted.originals >= row.watched.norm}

    def of(state: State, limit: int | None = None) -> tuple[FamilyId, ...]:
        shown = [row for row in own if not (row.is_resting and state in GAP_STATES)]
        return tuple(row.family for row in shown if row.state == state.value)[:limit]

    return Sections(
        gaps=of(State.UNCOVERED, TOP_GAPS),
        thin=of(State.THIN, TOP_THIN),
        national=tuple(row.family for row in rows if row.is_national and not row.is_resting),
        closed=tuple(row.family for row in own if row.is_closed),
        pending=_in_turn(of(State.NOT_DUE), week),
        # what is found is found, even where silence would have proved nothing
        covered=of(State.COVERED) + tuple(f for f in of(State.UNMEASURED) if f in written),
        undecided=of(State.UNDECIDED),
        unmeasured=tuple(f for f in of(State.UNMEASURED) if f not in written),
    )


def _in_turn(families: tuple[FamilyId, ...], week: Week) -> tuple[FamilyId, ...]:
    """A few at a time, the next ones each week, so that a question is not asked every Monday."""
    if len(families) <= TOP_PENDING:
        return families
    weeks = week_start(week).toordinal() // 7
    start = weeks * TOP_PENDING % len(families)
    return (families + families)[start : start + TOP_PENDING]


def _totals(own: Sequence[Row]) -> Totals:
    n = {state: sum(row.state == state.value for row in own) for state in State}
    measured = [row for row in own if row.state not in (State.NOT_DUE.value, State.UNMEASURED.value)]
    watched = [row for row in own if row.state != State.NOT_DUE.value and row.why_state not in NOT_WATCHED]
    return Totals(
        families=len(own),
        due=len(own) - n[State.NOT_DUE],
        uncovered=n[State.UNCOVERED],
        thin=n[State.THIN],
        covered=n[State.COVERED],
        undecided=n[State.UNDECIDED],
        unmeasured=n[State.UNMEASURED],
        not_due=n[State.NOT_DUE],
        watched=len(watched),
        with_original=sum(row.counted.originals > 0 for row in watched),
        measured=len(measured),
        new_gaps=sum(row.is_new for row in own),
        closed_gaps=sum(row.is_closed for row in own),
    )


def _proofs(
    rows: Iterable[Row], articles: Mapping[ArticleId, ArticleFact], withholding: Withholding
) -> tuple[Proof, ...]:
    """Every counted article once, with the families it counts for, newest first."""
    families: dict[ArticleId, list[FamilyId]] = {}
    kinds: dict[ArticleId, set[str]] = {}
    for row in rows:
        counted = row.counted
        named = {"original": counted.origins, "translation": counted.translations, "copy": counted.copies}
        for kind, held in named.items():
            for article in held:
                families.setdefault(article, []).append(row.family)
                kinds.setdefault(article, set()).add(kind)
    for article in (article for row in rows for article in row.related):
        families.setdefault(article, [])  # counts for none of these: a lead only
    proofs = [
        _proof(articles[article], tuple(held_by), withholding, kinds.get(article, set()))
        for article, held_by in families.items()
    ]
    return tuple(sorted(proofs, key=_newest_first))


def _newest_first(proof: Proof) -> tuple[int, ArticleId]:
    return -proof.published_on.toordinal() if proof.published_on else 0, proof.article


def _proof(
    fact: ArticleFact, families: tuple[FamilyId, ...], withholding: Withholding, kinds: Collection[str]
) -> Proof:
    """`kinds`: what the article is to its families; an original for one of them is shown as one."""
    link = withholding.link(fact.url)
    is_named = bool(link) and withholding.may_name(fact.source_id)
    return Proof(
        article=fact.id,
        is_named=is_named,
        title=withholding.quote(fact.title) if is_named else "",
        url=link if is_named else "",
        outlet=withholding.name(fact.source_id) if is_named else "",
        published_on=fact.published_on,
        is_original="original" in kinds,
        families=families,
        is_translation="translation" in kinds and "original" not in kinds,
    )
