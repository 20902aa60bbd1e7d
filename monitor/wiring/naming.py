"""What the service calls itself to whom it speaks to."""

from monitor.reports.catalogue import catalogue
from monitor.wiring.app import App


def newsroom_name(app: App, lang: str) -> str:
    """The name in the settings, the same in all languages; without one that of the program in `lang`."""
    return app.settings.newsroom.name.strip() or catalogue(lang).say("product")
