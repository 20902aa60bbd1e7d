"""Every address that is served, in one table: the server and the tests read it."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.core.accounts import Role
from monitor.web.asked import Asked, Moved, Raw, Shown
from monitor.web.desk import Desk
from monitor.web.pages.account import account_page, confirm_page, forget_page, leave_page, settings_page
from monitor.web.pages.answer import answer_page
from monitor.web.pages.archive import archive_page, report_page
from monitor.web.pages.article import article_page
from monitor.web.pages.family import family_page
from monitor.web.pages.gaps import gaps_page, sheet_page
from monitor.web.pages.proof import proof_page
from monitor.web.pages.sign_in import sign_in_page, sign_out_page
from monitor.web.pages.subscribe import home_page, subscribe_page
from monitor.wiring import App

View = Callable[[App, Asked], Shown | Raw | Moved]
DeskView = Callable[[App, Asked, Desk], Shown | Raw | Moved]
READ, FORM, ONLY_POST = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `templates`: those of its pages; a POST is the only method that may change anything."""

    path: str
    view: View
    templates: tuple[str, ...]
    methods: tuple[str, ...] = READ


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """One address of the newsroom's own pages, for those who signed in with at least this role."""

    path: str
    view: DeskView
    templates: tuple[str, ...]
    role: Role = Role.READER
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
DOOR_ROUTES = (
    Route("/sign-in", sign_in_page, ("sign_in",), FORM),
    Route("/sign-out", sign_out_page, (), ONLY_POST),
)
DESK_ROUTES = (
    DeskRoute("/gaps", gaps_page, ("gaps",)),
    DeskRoute("/gaps.csv", sheet_page, ()),
    DeskRoute("/family/{family}", family_page, ("family",)),
    DeskRoute("/article/{article}", article_page, ("article",)),
)
