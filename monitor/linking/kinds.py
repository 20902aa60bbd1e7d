"""What kind of place a form names. Pure."""

from collections.abc import Sequence

from monitor.linking.atlas import Atlas
from monitor.register.names import GEOGRAPHIC, HOME, Guard, NameForm

_PLACES = GEOGRAPHIC - {"zone"}


def is_abroad(forms: Sequence[NameForm], atlas: Atlas) -> bool:
    """True for a place of another country."""
    first = atlas.places[forms[0].place]
    return first.kind in GEOGRAPHIC and first.country not in {None, HOME}


def is_geographic(form: NameForm, atlas: Atlas) -> bool:
    """True for a form of a place, not of a body or zone."""
    return atlas.places[form.place].kind in _PLACES


def kind_of(form: NameForm, atlas: Atlas) -> str:
    """The kind of place of a form, empty for bodies and companies."""
    return atlas.places[form.place].kind if is_geographic(form, atlas) else ""


def is_base_form(form: NameForm, atlas: Atlas) -> bool:
    """True for a name in the nominative."""
    return form.text in atlas.places[form.place].names.get(form.lang, ())


def is_in_city(form: NameForm) -> bool:
    """True for the adjective of a city district: Партизанский."""
    return form.how == "adjective" and Guard.CITY in form.guards
