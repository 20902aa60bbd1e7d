"""Which region a page of the newsroom is about, and the choice of others."""

from collections.abc import Iterable, Mapping

from monitor.core.ids import PlaceId
from monitor.register.types import Place
from monitor.web.asked import Asked, RefusedError
from monitor.web.pages.account import Option
from monitor.web.texts import alphabetical
from monitor.wiring import App
from monitor.wiring.reporting import regions


def desk_regions(app: App) -> tuple[PlaceId, ...]:
    """The regions of reports, and what else agreements belong to that are watched: the capital, the country.

    Nobody gets a letter on those, but their agreements have pages like all others.
    """
    offered = regions(app)
    rest = {place for one in app.register.agreements.values() if one.monitored for place in one.interest}
    return (*offered, *sorted(place for place in rest - {*offered} if place in app.register.places))


def known_region(app: App, region: str) -> PlaceId:
    """The region that is asked for, the first where none is. Errors: RefusedError for an unknown one."""
    offered = desk_regions(app)
    wanted = PlaceId(region) if region else offered[0]
    if wanted not in offered:
        raise RefusedError("not_found", 404)
    return wanted


def asked_region(app: App, asked: Asked) -> PlaceId:
    """The region that the address names, as `known_region`."""
    return known_region(app, asked.query.get("region", ""))


def by_name(regions: Iterable[PlaceId], places: Mapping[PlaceId, Place], lang: str) -> tuple[PlaceId, ...]:
    """Regions as readers of a language look for them: the gazetteer's order is that of English names."""
    return tuple(sorted(regions, key=lambda one: alphabetical(places[one].name(lang))))


def region_options(app: App, shown: PlaceId | None, lang: str) -> tuple[Option, ...]:
    """The regions to choose from: those of reports by name, then the capital and the country."""
    places, offered = app.register.places, regions(app)
    rest = (place for place in desk_regions(app) if place not in offered)
    ordered = (*by_name(offered, places, lang), *rest)
    return tuple(Option(place, places[place].name(lang), place == shown) for place in ordered)
