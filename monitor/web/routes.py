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
from monitor.web.pages.gaps import book_page, gaps_page, sheet_page
from monitor.web.pages.log import log_page
from monitor.web.pages.matrix import matrix_page
from monitor.web.pages.me import me_page
from monitor.web.pages.missed import missed_page
from monitor.web.pages.outlets import outlet_page, outlets_page
from monitor.web.pages.overview import overview_page
from monitor.web.pages.password import change_page, lost_page, new_page
from monitor.web.pages.proof import proof_page
from monitor.web.pages.register import agreement_page, register_page
from monitor.web.pages.reports import kept_page, reports_page
from monitor.web.pages.review import review_page, undo_page
from monitor.web.pages.review_item import item_page, third_page
from monitor.web.pages.runs import run_page, runs_page
from monitor.web.pages.search import search_page
from monitor.web.pages.sign_in import sign_in_page, sign_out_page
from monitor.web.pages.sources import sources_page
from monitor.web.pages.subscribe import home_page, subscribe_page
from monitor.web.pages.subscribers import subscribers_page
from monitor.web.pages.topics import topics_page
from monitor.web.pages.users import users_page
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
    """One address of the newsroom's own pages, for those who signed in with at least this role.

    `post_role`: who may change something there, where that is fewer than may look; `has_script`: the page has
    one of ours from /static.
    """

    path: str
    view: DeskView
    templates: tuple[str, ...]
    role: Role = Role.READER
    methods: tuple[str, ...] = READ
    post_role: Role | None = None
    has_script: bool = False

    def needed(self, method: str) -> Role:
        """The role that a request of this method needs."""
        return self.post_role or self.role if method == "POST" else self.role


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
    Route("/password/reset", lost_page, ("password_lost", "done"), FORM),
    Route("/password/new/{key}", new_page, ("password", "done"), FORM),
)
DESK_ROUTES = (
    DeskRoute("/overview", overview_page, ("overview",)),
    DeskRoute("/gaps", gaps_page, ("gaps",), methods=FORM),
    DeskRoute("/gaps.csv", sheet_page, ()),
    DeskRoute("/gaps.xlsx", book_page, ()),
    DeskRoute("/family/{family}", family_page, ("family",), methods=FORM, post_role=Role.EDITOR),
    DeskRoute("/article/{article}", article_page, ("article",)),
    DeskRoute("/search", search_page, ("search",)),
    DeskRoute("/me", me_page, ("me",), methods=FORM),
    DeskRoute("/password", change_page, ("password",), methods=FORM),
    DeskRoute("/users", users_page, ("users",), Role.ADMIN, FORM),
    DeskRoute("/log", log_page, ("log",), Role.ADMIN),
    DeskRoute("/topics", topics_page, ("topics",)),
    DeskRoute("/matrix", matrix_page, ("matrix",)),
    DeskRoute("/outlets", outlets_page, ("outlets",)),
    DeskRoute("/outlet/{outlet}", outlet_page, ("outlet",)),
    DeskRoute("/sources", sources_page, ("sources",)),
    DeskRoute("/archive", reports_page, ("reports",)),
    DeskRoute("/report/{report}", kept_page, ()),
    DeskRoute("/missed", missed_page, ("missed",), methods=FORM),
    DeskRoute("/runs", runs_page, ("runs",), methods=FORM, post_role=Role.ADMIN),
    DeskRoute("/run/{stage}/{run}", run_page, ("run",), methods=FORM, post_role=Role.ADMIN),
    DeskRoute("/register", register_page, ("register",), Role.ADMIN),
    DeskRoute("/agreement/{agreement}", agreement_page, ("agreement",), Role.ADMIN, FORM),
    DeskRoute("/subscribers", subscribers_page, ("subscribers",), Role.ADMIN, FORM),
    DeskRoute("/review", review_page, ("review",), Role.REVIEWER),
    DeskRoute("/review/undo", undo_page, (), Role.REVIEWER, ONLY_POST),
    DeskRoute("/review/{queue}", item_page, ("review_item", "done"), Role.REVIEWER, FORM, has_script=True),
    DeskRoute(
        "/review/{queue}/{subject}", third_page, ("review_item", "done"), Role.ADMIN, FORM, has_script=True
    ),
)
