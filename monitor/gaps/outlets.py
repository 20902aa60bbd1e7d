"""What single outlets and agencies do: who never touched what, and who only passes it on. Pure."""

from collections.abc import Mapping, Sequence

from monitor.core.ids import FamilyId, PlaceId, SourceId
from monitor.crawl.types import Source
from monitor.gaps.profile import Profile
from monitor.gaps.readings import Counted, Reading
from monitor.gaps.said import AgencyFigure, OutletFigure

WELL_WATCHED = 0.5  # of the window: an outlet seen less than that is not said to be silent
LEAST_WEEKS = 8.0  # ... and of a shorter window nothing is said at all
AGENCY = "national_agency"


def outlet_figures(
    sources: Sequence[Source],
    reading: Reading,
    observed: Mapping[SourceId, float],
    profiles: Mapping[FamilyId, Profile],
    regions: Mapping[FamilyId, Sequence[PlaceId]],
) -> tuple[OutletFigure, ...]:
    """Each enabled outlet against the due, findable families of its own region, in the order of the list.

    Outlets of a region without such a family, those of the partner side among them, are left out.
    """
    counted = reading.counted
    figures = []
    for source in sources:
        own = [f for f, where in regions.items() if source.region in where and _is_asked(profiles[f])]
        if not source.enabled or not own:
            continue
        touched = [f for f in own if f in counted.families and source.id in counted.families[f].outlets]
        weeks = observed.get(source.id, 0.0)
        figures.append(
            OutletFigure(
                source=source.id,
                region=source.region,
                observed_weeks=round(weeks, 6),
                weeks=round(reading.weeks, 6),
                originals=counted.coop_by_source.get(source.id, 0),
                touched=tuple(sorted(touched)),
                untouched=tuple(sorted(set(own) - set(touched))),
                is_telling=is_well_watched(source.id, reading, weeks),
            )
        )
    return tuple(figures)


def is_well_watched(source: SourceId, reading: Reading, observed: float) -> bool:
    """Whether an outlet's silence says something: mostly observed, neither failing nor silent itself."""
    seen = reading.watched.get(source)
    if seen is None or seen.trouble or seen.silent_since is not None or reading.weeks < LEAST_WEEKS:
        return False
    return observed >= WELL_WATCHED * reading.weeks


def agency_figures(
    kinds: Mapping[SourceId, str],
    counted: Counted,
    regions: Mapping[FamilyId, Sequence[PlaceId]],
) -> tuple[AgencyFigure, ...]:
    """For each region with anything found: originals and articles on its families, and an agency's part.

    An original counts once in a region, whatever number of its families it is on.
    """
    places = sorted({place for where in regions.values() for place in where})
    figures = []
    for place in places:
        own = [f for f, where in regions.items() if place in where and f in counted.families]
        writer: dict[int, SourceId] = {}
        for family in own:
            writer.update(counted.origin_writers[family])
        articles = {a for f in own for a in counted.families[f].article_ids}
        agency = {c for c, source in writer.items() if kinds.get(source) == AGENCY}
        of_agency = {
            a for f in own for c, group in counted.articles_of[f].items() if c in agency for a in group
        }
        if articles:
            figures.append(AgencyFigure(place, len(writer), len(agency), len(articles), len(of_agency)))
    return tuple(figures)


def _is_asked(profile: Profile) -> bool:
    return bool(profile.due) and profile.is_findable
