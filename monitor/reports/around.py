"""What stands around the rows of a report: topics, sources, blind spots, method. Pure."""

from collections.abc import Sequence
from datetime import date

from monitor.core.ids import PlaceId, SourceId, TopicId
from monitor.crawl.types import Source
from monitor.gaps.said import AuditNote, OutletFigure, TopicFigure
from monitor.gaps.types import GapTable, SourceWatch, State
from monitor.register.types import Register
from monitor.reports.calendar import countries
from monitor.reports.plain import one_line
from monitor.reports.row_types import Row
from monitor.reports.rows import NATIONAL, Names
from monitor.reports.shares import interval
from monitor.reports.types import (
    AgencyShare,
    Audited,
    BlindSpot,
    Method,
    PartnerCell,
    TopicPicture,
    TopicShare,
    WatchedSource,
)
from monitor.reports.withhold import Withholding

VERSION_LIMIT = 80  # characters, as in the database
MOSTLY_SEEN = 0.9  # of the window: a source seen less was down for a while or came later
LEAST_ORIGINALS = 30  # below this, shares of topics are not compared (docs/method.md)
NOT_MEASURED = (State.NOT_DUE.value, State.UNMEASURED.value)


class Surroundings:
    """The table seen from one region: its own sources, national ones, and troubled ones of its rows."""

    def __init__(
        self, table: GapTable, sources: Sequence[Source], withholding: Withholding, region: PlaceId
    ) -> None:
        troubled = {
            source
            for row in table.rows
            if region in table.regions.get(row.family, ())
            for source in (*row.reasons.sources_dead, *row.reasons.sources_silent)
        }
        self._table = table
        self._withholding = withholding
        self._watch: dict[SourceId, SourceWatch] = {w.source: w for w in table.watch}
        self._scope = tuple(s for s in sources if s.region in (region, NATIONAL) or s.id in troubled)
        self._region = region
        self._n_not_enabled = sum(not s.enabled and s.region == region for s in sources)

    def topics(self, register: Register, lang: str) -> TopicPicture:
        """Shares over the whole table: topics of articles are not known by region."""
        told = self._table.topics
        if told is not None:
            return TopicPicture(
                tuple(_topic_share(figure, register, lang) for figure in told.figures),
                told.n_families,
                told.n_originals,
                told.is_enough,
            )
        listed: dict[TopicId, int] = dict.fromkeys(register.topics, 0)
        due = [row for row in self._table.rows if row.state is not State.NOT_DUE]
        for row in due:
            for topic in {t for member in row.due_members for t in register.agreements[member].topics}:
                listed[topic] += 1
        n_originals = sum(watch.coop_originals for watch in self._table.watch)
        found = self._table.topic_articles
        shares = []
        for topic, n in listed.items():
            titles = register.topics[topic].titles
            covered = min(found.get(topic, 0), n_originals)
            lo, hi = interval(covered, n_originals)
            shares.append(
                TopicShare(
                    topic=topic,
                    title=one_line(titles.get(lang) or titles["en"]),
                    families=n,
                    originals=found.get(topic, 0),
                    register_share=n / len(due) if due else 0.0,
                    coverage_share=found.get(topic, 0) / n_originals if n_originals else 0.0,
                    coverage_lo=lo if n_originals else 0.0,
                    coverage_hi=hi,
                )
            )
        shares.sort(key=lambda share: (-share.register_share, share.topic))
        is_enough = n_originals >= LEAST_ORIGINALS and bool(due)
        return TopicPicture(tuple(shares), len(due), n_originals, is_enough)

    def partners(self, names: Names) -> tuple[PartnerCell, ...]:
        """Due families by region and partner country over the whole table; one of two counts in both."""
        tally: dict[tuple[PlaceId, PlaceId], list[bool]] = {}
        for row in self._table.rows:
            if row.state is State.NOT_DUE:
                continue
            for region in self._table.regions.get(row.family, ()):
                for country in countries(row.due_members, names):
                    found = tally.setdefault((region, PlaceId(f"country-{country.lower()}")), [])
                    found.append(row.counts.originals > 0)
        known = names.register.places
        cells = [
            PartnerCell(
                region=region,
                region_name=names.place_name(known[region]),
                country=country,
                country_name=names.place_name(known[country]),
                due=len(found),
                with_original=sum(found),
            )
            for (region, country), found in tally.items()
            if country in known
        ]
        busy: dict[PlaceId, int] = {}
        for cell in cells:
            busy[cell.country] = busy.get(cell.country, 0) + cell.due
        return tuple(sorted(cells, key=lambda c: (-busy[c.country], c.country, c.region)))

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """Enabled sources that fail, are silent or were never read."""
        spots = []
        for source in self._scope:
            seen = self._watch.get(source.id)
            trouble = trouble_of(seen) if source.enabled else ""
            if trouble:
                since = since_of(seen) if seen else None
                share = seen.observed_share if seen else 0.0
                spots.append(BlindSpot(source.id, self._withholding.name(source.id), trouble, since, share))
        return tuple(spots)

    def watched(self) -> tuple[WatchedSource, ...]:
        """Every source of the scope for the sheet, enabled or not."""
        own = {f.source: f for f in self._table.outlets if f.region == self._region and f.is_telling}
        return tuple(self._watched(s, self._watch.get(s.id), own.get(s.id)) for s in self._scope)

    def agency(self) -> AgencyShare | None:
        """How much of what was found on the region's agreements comes from national agencies."""
        for told in self._table.agencies:
            if told.region == self._region:
                return AgencyShare(told.originals, told.by_agency, told.articles, told.of_agency)
        return None

    def method(self, own: Sequence[Row], notes: tuple[str, ...], lost_stories: int) -> Method:
        """Versions and totals that the numbers of the region's rows stand on."""
        enabled = [source for source in self._scope if source.enabled]
        seen = [s for s in enabled if s.id in self._watch and self._watch[s.id].observed_share > 0]
        recalls = [row.certainty.recall for row in own if row.state not in NOT_MEASURED]
        return Method(
            register_version=one_line(self._table.register_version, VERSION_LIMIT),
            tag_version=one_line(self._table.tag_version, VERSION_LIMIT),
            link_version=one_line(self._table.link_version, VERSION_LIMIT),
            window_weeks=self._table.window_weeks,
            watched_weeks=max((row.watched.weeks for row in own), default=0.0),
            sources_watched=len(seen),
            sources_in_scope=len(enabled),
            sources_not_enabled=self._n_not_enabled,
            recall=sum(recalls) / len(recalls) if recalls else None,
            lost_stories=lost_stories,
            notes=notes,
            audited=_audited(self._table.audit),
        )

    def _watched(self, source: Source, seen: SourceWatch | None, told: OutletFigure | None) -> WatchedSource:
        return WatchedSource(
            source=source.id,
            name=self._withholding.name(source.id),
            kind=source.kind,
            is_enabled=source.enabled,
            observed_share=seen.observed_share if seen else 0.0,
            coop_originals=seen.coop_originals if seen else 0,
            silent_since=seen.silent_since if seen else None,
            trouble=seen.trouble if seen else "",
            asked=len(told.touched) + len(told.untouched) if told else None,
            touched=len(told.touched) if told else None,
        )


def _audited(note: AuditNote) -> Audited | None:
    """What people have checked, None while that is nothing."""
    if note.last_week is None:
        return None
    return Audited(
        last_week=note.last_week,
        weeks=note.weeks,
        texts=note.texts,
        part_held=note.part_held,
        links_checked=sum(figure.links_checked for figure in note.figures),
        links_right=sum(figure.links_right for figure in note.figures),
        rest_texts=note.rest_texts,
        rest_missed=note.rest_missed,
        rest_upper=note.rest_upper,
    )


def _topic_share(figure: TopicFigure, register: Register, lang: str) -> TopicShare:
    """A topic as the table tells it: corrected by the audit where that can be done."""
    titles = register.topics[figure.topic].titles
    return TopicShare(
        topic=figure.topic,
        title=one_line(titles.get(lang) or titles["en"]),
        families=figure.families,
        originals=figure.originals,
        register_share=figure.register_share,
        coverage_share=figure.counted_share if figure.share is None else figure.share,
        coverage_lo=figure.lo or 0.0,
        coverage_hi=1.0 if figure.hi is None else figure.hi,
    )


def trouble_of(seen: SourceWatch | None) -> str:
    """What is wrong with a source as the gap table saw it, empty when it is well: code of [trouble]."""
    if seen is None:
        return "never_seen"
    if seen.trouble:
        return seen.trouble
    if seen.silent_since is not None:
        return "silent"
    if seen.odd:
        return seen.odd
    if seen.observed_share < MOSTLY_SEEN:
        return "partly" if seen.observed_share > 0 else "never_seen"
    return ""


def since_of(seen: SourceWatch) -> date | None:
    """Since when that is so, None where nobody knows."""
    if seen.trouble:
        return seen.trouble_since
    return seen.silent_since or seen.odd_since
