"""The public form to ask for the report; off unless the settings open it."""

from dataclasses import dataclass

from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId
from monitor.reports.address import checked_address
from monitor.reports.catalogue import Catalogue
from monitor.web.asked import Asked, FormError, RefusedError, Shown
from monitor.web.pages.account import Option
from monitor.web.pages.done import DonePage
from monitor.web.regions import by_name
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import answers as work
from monitor.wiring.reporting import regions


@dataclass(frozen=True, slots=True)
class SubscribePage:
    """Everything the form may use."""

    regions: tuple[Option, ...]
    langs: tuple[Option, ...]
    email: str
    error: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything the front page may use. `subscribe_url` is empty where the form is closed."""

    subscribe_url: str


def home_page(app: App, asked: Asked) -> Shown:
    """What this is, for somebody who came without a link."""
    is_open = app.settings.web.open_form and bool(app.settings.reports.public_url)
    return Shown("home", HomePage(f"/subscribe?lang={asked.lang}" if is_open else ""))


def subscribe_page(app: App, asked: Asked) -> Shown:
    """The form, and what was done; the answer is the same whether or not the address was known."""
    if not (app.settings.web.open_form and app.settings.reports.public_url):
        raise RefusedError("not_found", 404)
    words = page_words(asked.lang)
    if not asked.is_post:
        return Shown("subscribe", _form(app, words, asked, ""))
    try:
        email, region, lang = _chosen(app, words, asked)
    except FormError as error:
        return Shown("subscribe", _form(app, words, asked, str(error)), 422)
    work.invite(app, email=email, region=region, lang=lang)
    return Shown("done", DonePage(words.say("subscribe.done"), (words.say("subscribe.next"),), ()))


def _chosen(app: App, words: Catalogue, asked: Asked) -> tuple[str, PlaceId, str]:
    region, lang = asked.field("region"), asked.field("report_lang")
    try:
        email = checked_address(asked.field("email"))
    except UsageError as error:
        raise FormError(words, "no_email") from error
    if region not in regions(app):
        raise FormError(words, "no_region")
    if lang not in app.settings.reports.languages:
        raise FormError(words, "no_lang")
    return email, PlaceId(region), lang


def _form(app: App, words: Catalogue, asked: Asked, error: str) -> SubscribePage:
    chosen, lang = asked.field("region"), asked.field("report_lang") or words.lang
    return SubscribePage(
        regions=tuple(
            Option(place, app.register.places[place].name(words.lang), place == chosen)
            for place in by_name(regions(app), app.register.places, words.lang)
        ),
        langs=tuple(
            Option(code, words.say(f"language.{code}"), code == lang)
            for code in app.settings.reports.languages
        ),
        email=asked.field("email")[:254],
        error=error,
    )
