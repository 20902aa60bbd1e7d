"""Which region a page of the newsroom is about, and the choice of others."""

from monitor.core.ids import PlaceId
from monitor.web.asked import Asked, RefusedError
from monitor.web.pages.account import Option
from monitor.web.pages.subscribe import regions
from monitor.wiring import App


def asked_region(app: App, asked: Asked) -> PlaceId:
    """The region that the address names, the first without one. Errors: RefusedError for an unknown one."""
    offered = regions(app)
    region = PlaceId(asked.query.get("region") or offered[0])
    if region not in offered:
        raise RefusedError("not_found", 404)
    return region


def region_options(app: App, shown: PlaceId | None, lang: str) -> tuple[Option, ...]:
    """The regions that reports are made of."""
    places = app.register.places
    return tuple(Option(place, places[place].name(lang), place == shown) for place in regions(app))
