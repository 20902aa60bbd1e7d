"""An admin in a real browser: edits the register, sees the difference, promotes; pages and table follow."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from monitor.core.accounts import Role, open_session, users
from monitor.core.audit_log import list_actions
from monitor.core.clock import SettableClock
from monitor.core.home import Home
from monitor.core.ids import FamilyId, PlaceId
from monitor.demo.schedule import START
from monitor.demo.walk import Plan, walk
from monitor.gaps.store import find_table
from monitor.jobs import find_job, run_job
from monitor.register.types import Side
from monitor.reports.stage import WINDOW_WEEKS
from monitor.web.server import COOKIE
from monitor.web.words import page_words
from monitor.wiring import App
from tests.serving import serving_app

pytestmark = pytest.mark.slow

PLAN = Plan(days=3, outlets=3, items=200, model="ngram")
ELSEWHERE = "ru-sakhalin-region"  # of which the press of three days never writes
LANGS = ("ru", "be", "en")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of three walked days of the demo, with all that its stages made."""
    folder = tmp_path_factory.mktemp("story") / "demo"
    with ThreadPoolExecutor(1) as apart:  # the browser's loop is that of this thread
        return apart.submit(walk, folder, PLAN).result().home.root


@pytest.fixture
def served(walked: Path, tmp_path: Path) -> Iterator[tuple[App, str, SettableClock]]:
    """Those days on a Monday, counted, and where they are served."""
    home = Home(Path(shutil.copytree(walked, tmp_path / "home")))
    clock = SettableClock(START + timedelta(days=PLAN.days + 1, hours=9))
    app = App(home, clock=clock, environment=False)
    run_job(app, find_job("gaps.build"))
    with serving_app(app) as base:
        yield app, base, clock
    app.close()


@pytest.fixture
def page(browser: Browser, served: tuple[App, str, SettableClock]) -> Page:
    """A page of an admin who is signed in."""
    app, base, _ = served
    with app.ready_db.begin() as tx:
        person = {"name": "anna", "role": Role.ADMIN.value, "password_hash": "-", "created_at": app.clock()}
        number = tx.execute(sa.insert(users).values(**person).returning(users.c.id)).scalar_one()
        key = open_session(tx, number, at=app.clock())
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": key, "url": base}])
    made = context.new_page()
    made.set_default_timeout(60_000)
    return made


def told_of(app: App) -> tuple[FamilyId, PlaceId]:
    """A family of one agreement of two parties with a story of these days, and whose it is."""
    with app.ready_db.reading() as tx:
        table = find_table(tx, app.last_week(), WINDOW_WEEKS)
    assert table is not None
    families = app.register.families
    return next(
        (row.family, table.regions[row.family][0])
        for row in table.rows
        if row.counts.originals == 1
        and len(families[row.family].members) == 1
        and [p.side for p in app.register.agreements[families[row.family].members[0]].parties]
        == [Side.BY, Side.PARTNER]
    )


def found_in_table(page: Page, address: str, family: FamilyId) -> str:
    """The row of the table as one reads it, and how many stories it counts."""
    page.goto(address)
    row = page.locator(f"tr:has(a[href^='/family/{family}?'])")
    while not row.count():
        press(page, "a[rel=next]")
    return " ".join((row.locator("td.number").first.inner_text().strip(), row.inner_text()))


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).click()


def start(page: Page, what: str) -> None:
    """Begin a piece of work on the page of runs, and see its end."""
    press(page, f"form:has(input[name=start][value={what}]) button")
    wait(page)


def wait(page: Page) -> None:
    """Until nothing is under way."""
    for _ in range(240):
        if not page.locator("main [role=status]").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("the work never ends")


@pytest.mark.parametrize("lang", LANGS)
def test_an_admin_edits_the_register_sees_the_difference_and_promotes(
    page: Page, served: tuple[App, str, SettableClock], lang: str
) -> None:
    app, base, clock = served
    say = page_words(lang).say
    family, region = told_of(app)
    table = f"{base}/gaps?region={region}&lang={lang}"
    agreement = app.register.families[family].members[0]
    assert found_in_table(page, table, family).startswith("1 ")
    press(page, f"a[href^='/family/{family}?']")
    press(page, f"main a[href^='/agreement/{agreement}']")  # from the page of what is wrong to its row
    title = f"Договор, исправленный {lang}" if lang != "en" else "Agreement put right"
    page.fill("#title_ru", title)
    page.fill("#title", title)
    partner = app.register.agreements[agreement].parties[1].place
    page.fill("#parties", page.input_value("#parties").replace(partner, ELSEWHERE))
    press(page, "button[value=check]")
    shown = page.inner_text("table.rows")
    assert title in shown
    assert ELSEWHERE in shown
    press(page, "button[value=save]")
    assert say("register.saved_to_review") in page.inner_text("[role=status]")
    press(page, "[role=status] a")
    start(page, "review")
    press(page, "main a[href^='/run/link/']")
    main = page.inner_text("main")
    assert agreement in main
    assert title in main
    clock.set(clock() + timedelta(minutes=5))
    press(page, "form:has(input[value=promote]) button")
    wait(page)  # the table is counted behind it
    page.goto(f"{base}/family/{family}?lang={lang}")
    assert page.inner_text("h1") == title
    assert page.locator("main ol.found li").count() == 0
    row = found_in_table(page, table, family)
    assert row.startswith("0 ")
    assert title in row
    page.goto(f"{base}/agreement/{agreement}?lang={lang}")
    assert title in page.locator("ol").last.inner_text()  # what was promoted stands in the history
    with app.ready_db.reading() as tx:
        assert {one.action.value for one in list_actions(tx, limit=2)} == {"register_edit", "promote"}
