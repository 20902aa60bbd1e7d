"""Every address that is served, in one table: the server and the tests read it."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.web.asked import Asked, Raw, Shown
from monitor.web.pages.account import account_page, confirm_page, forget_page, leave_page, settings_page
from monitor.web.pages.answer import answer_page
from monitor.web.pages.archive import archive_page, report_page
from monitor.web.pages.proof import proof_page
from monitor.web.pages.subscribe import home_page, subscribe_page
from monitor.wiring import App

View = Callable[[App, Asked], Shown | Raw]
READ, FORM, ONLY_POST = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `templates`: those of its pages; a POST is the only method that may change anything."""

    path: str
    view: View
    templates: tuple[str, ...]
    methods: tuple[str, ...] = READ


ROUTES = (
    Route("/", home_page, ("home",)),
    Route("/proof/{token}", proof_page, ("proof",)),
    Route("/reports/{token}", report_page, ()),
    Route("/archive/{token}", archive_page, ("archive",)),
    Route("/account/{token}", account_page, ("account",)),
    Route("/answer/{token}", answer_page, ("answer", "done"), FORM),
    Route("/confirm/{token}", confirm_page, ("button", "done"), FORM),
    Route("/leave/{token}", leave_page, ("button", "done"), FORM),
    Route("/forget/{token}", forget_page, ("button", "done"), FORM),
    Route("/settings/{token}", settings_page, ("account", "done"), ONLY_POST),
    Route("/subscribe", subscribe_page, ("subscribe", "done"), FORM),
)
