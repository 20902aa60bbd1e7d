"""The newsroom's pages in a real browser: wide and narrow, light and dark, three languages; and stories."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitor.core.db import Db, Tx
from monitor.core.runs import close_run, open_run
from monitor.core.settings import load_settings
from monitor.core.shipped import config_dir
from monitor.gaps.answers import list_answers
from monitor.gaps.missed_store import list_missed
from monitor.reports.tokens import Action
from monitor.web.routes import DESK_ROUTES, DOOR_ROUTES, READ
from monitor.web.server import COOKIE
from monitor.web.words import page_words
from tests.make_reports import MOGILEV
from tests.review_world import fill, session_of
from tests.serving import serving
from tests.web_world import NOW, World, put_table, world

pytestmark = pytest.mark.slow

NARROW, WIDE = 360, 1280


def everything(tx: Tx) -> None:
    """A table of gaps, something to review, runs that ended well and badly."""
    put_table(tx)
    fill(tx)
    for ending, error in (("done", None), ("failed", "https://gorki.example/" + "a-very-long-path" * 12)):
        close_run(tx, open_run(tx, "crawl", at=NOW), at=NOW, ending=ending, counts={"read": 3}, error=error)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[World, str]]:
    """A world with something on every page, and where it is served."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(migrated_sqlite, folder / "served.sqlite")
    db = Db(f"sqlite:///{folder / 'served.sqlite'}")
    settings = load_settings(config_dir() / "settings.toml", environment=False)
    place = world(db, folder, settings=settings, change=everything)
    with serving(place) as base:
        yield place, base
    db.close()


def page_of(browser: Browser, base: str, name: str = "chief", width: int = WIDE) -> Page:
    """A page of somebody who is signed in."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": session_of(name), "url": base}])
    page = context.new_page()
    page.set_default_timeout(120_000)  # the first table of a region is made while one waits
    return page


def paths(place: World) -> list[str]:
    """An address of every page that a route has."""
    article = next(p.article for p in place.report.articles if p.is_named and place.covered in p.families)
    names = {
        "{family}": place.covered, "{article}": str(article), "{outlet}": "gorki",
        "{agreement}": place.covered,
        "{queue}": "audit", "{subject}": "9000", "{stage}": "link", "{run}": "link-1", "{key}": "none",
    }  # fmt: skip
    found = []
    for route in (*DESK_ROUTES, *DOOR_ROUTES):
        if not route.templates or route.methods[0] not in READ:
            continue
        path = route.path
        for part, value in names.items():
            path = path.replace(part, value)
        found.append(path)
    more = (f"/family/{place.gap}?region={MOGILEV}", f"/gaps?region={MOGILEV}&scope=both", "/search?q=гости",
            f"/outlets?region={MOGILEV}", f"/matrix?region={MOGILEV}", "/nowhere")  # fmt: skip
    return [*found, *more]


def faults(page: Page, width: int) -> list[tuple[object, ...]]:
    """What is wrong with the page as it is shown: too wide, too small to hit, or unfit for aids."""
    found: list[tuple[object, ...]] = []
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        culprit = page.evaluate(
            "w => [...document.querySelectorAll('main *')]"
            ".filter(e => e.getBoundingClientRect().right > w + 1)"
            ".slice(0, 3).map(e => e.outerHTML.slice(0, 90))",
            width,
        )
        found.append(("too wide", wide, culprit))
    seen = Axe().run(page)
    assert len(seen["passes"]) > 8  # it did look
    found += [
        (one["id"], len(one["nodes"]), one["nodes"][0]["html"][:200])
        for one in seen["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    return found


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_every_page_fits_and_has_no_serious_fault_for_readers_with_aids(
    browser: Browser, served: tuple[World, str], lang: str
) -> None:
    place, base = served
    page = page_of(browser, base)
    wrong: dict[tuple[str, int, str], object] = {}
    shown = [(width, scheme) for width in (NARROW, WIDE) for scheme in ("light", "dark")]
    for path in paths(place):
        page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={lang}")
        assert page.get_attribute("html", "lang") == lang, path
        for width, scheme in shown if lang == "ru" else shown[:1]:  # words differ, colours do not
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if told := faults(page, width):
                wrong[path, width, scheme] = told
    assert wrong == {}


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_an_editor_opens_a_gap_from_the_mail_reads_the_proof_and_answers(
    browser: Browser, served: tuple[World, str], lang: str
) -> None:
    place, base = served
    page = browser.new_context(viewport={"width": NARROW, "height": 800}).new_page()
    family = place.report.sections.gaps[("ru", "be", "en").index(lang)]
    agreement = place.app.register.agreements[place.report.row(family).members[0].id]
    title = agreement.title if lang == "en" else agreement.title_ru
    page.goto(base + place.link(Action.PROOF, family) + f"?lang={lang}")
    assert title[:40] in page.inner_text(
        "main"
    )  # the mail was in Russian, the page speaks its reader's language
    page.locator("a[href*='/answer/working.']").first.click()
    page.wait_for_url("**/answer/**")
    with place.app.ready_db.reading() as tx:
        assert list_answers(tx, family) == ()  # opening a link says nothing yet
    page.fill("#note", "Едем в Казань")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert page.locator("h1.done").count() == 1
    with place.app.ready_db.reading() as tx:
        (kept,) = list_answers(tx, family)
    assert (kept.kind.value, kept.note, kept.region) == ("working", "Едем в Казань", MOGILEV)


def test_on_a_phone_filters_stand_two_in_a_row_above_the_table(
    browser: Browser, served: tuple[World, str]
) -> None:
    _, base = served
    page = page_of(browser, base, "rita", NARROW)
    page.goto(f"{base}/gaps?region={MOGILEV}&lang=ru")
    tops = [page.locator(f"#{name}").bounding_box() or {} for name in ("region", "scope", "state", "topic")]
    first, second = tops[0]["y"], tops[2]["y"]
    assert [one["y"] for one in tops] == [first, first, second, second]


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_an_analyst_filters_exports_and_sees_the_same_numbers_in_the_sheet(
    browser: Browser, served: tuple[World, str], lang: str
) -> None:
    _, base = served
    page = page_of(browser, base, "rita")
    page.goto(f"{base}/gaps?region={MOGILEV}&lang={lang}")
    page.select_option("select[name=state]", "covered")
    page.select_option("select[name=scope]", "both")
    with page.expect_navigation():
        page.locator("form:has(select[name=state]) button").first.click()
    shown = list[tuple[str, int, int]]()
    for line in page.locator("main table.rows tbody tr").all():
        address = str(line.locator("a").first.get_attribute("href"))
        found, norm = line.locator("td.number").all_inner_texts()[:2]
        shown.append((address.split("/family/")[1].split("?", maxsplit=1)[0], int(found), int(norm)))
    assert len(shown) > 2
    assert sum(n for _, n, _ in shown) > 0
    with page.expect_download() as download:
        page.locator("a[href*='/gaps.csv']").first.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [(row["family"], int(row["originals"]), int(row["norm"])) for row in rows] == shown
    assert {row["state"] for row in rows} == {"covered"}
    with page.expect_download() as download:
        page.locator("a[href*='/gaps.xlsx']").first.click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    lines = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows(min_row=3)]
    assert [(line[0], int(line[5])) for line in lines] == [(family, n) for family, n, _ in shown]


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_a_reader_names_a_missed_story_and_sees_the_stage_that_lost_it(
    browser: Browser, served: tuple[World, str], lang: str
) -> None:
    place, base = served
    page = page_of(browser, base, "rita", NARROW)
    page.goto(f"{base}/missed?lang={lang}")
    url = f"https://gorki.example/news/never-seen-{lang}"
    page.fill("#url", url)
    page.press("#url", "Enter")
    page.wait_for_selector("[role=status]")
    found = page.inner_text("[role=status]")
    with place.app.ready_db.reading() as tx:
        said = next(one for one in list_missed(tx) if one.url == url)
    assert (said.who, said.source_id) == ("rita", "gorki")
    lines = page.locator("main ul.plain li").all_inner_texts()
    assert any(
        url in line and page_words(lang).coded("lost_stage", said.stage.value) in line for line in lines
    )
    assert len(found.splitlines()) > 1  # its heading, and what became of the story
