"""The readers' pages in a real browser: phone and desktop, three languages, in the dark, by keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitor.core.db import Db
from monitor.core.settings import load_settings
from monitor.core.shipped import config_dir
from monitor.gaps.answers import list_answers
from monitor.reports.tokens import Action
from tests.serving import serving
from tests.web_world import World, world

pytestmark = pytest.mark.slow

SEEN = tuple(action for action in Action if action not in (Action.SETTINGS, Action.REPORT))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[World, str]]:
    """A world and where it is served."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(migrated_sqlite, folder / "served.sqlite")
    db = Db(f"sqlite:///{folder / 'served.sqlite'}")
    settings = load_settings(config_dir() / "settings.toml", environment=False)
    place = world(db, folder, settings=settings, open_form=True)
    with serving(place) as base:
        yield place, base
    db.close()


def addresses(place: World) -> dict[str, str]:
    """Path of every kind of page."""
    found = {action.value: place.link(action) for action in SEEN}
    gap = {"gap": place.link(Action.PROOF, place.gap)}
    return {**found, **gap, "home": "/", "subscribe": "/subscribe", "refused": "/proof/x"}


def page_of(browser: Browser, *, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    return page, asked


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_and_has_no_serious_fault_for_readers_with_aids(
    browser: Browser, served: tuple[World, str], width: int, scheme: str, lang: str
) -> None:
    place, base = served
    page, asked = page_of(browser, width=width, scheme=scheme)
    for name, path in addresses(place).items():
        page.goto(f"{base}{path}?lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        found = Axe().run(page)
        assert len(found["passes"]) > 10  # it did look
        grave = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"]) for v in grave] == [], name
        small = page.evaluate(
            "[...document.querySelectorAll('button, .button, input, select')]"
            ".map(e => e.getBoundingClientRect())"
            ".filter(r => r.width && (r.height < 20 || r.width < 20)).length"
        )
        assert small == 0, name
    assert all(url.startswith(base) for url in asked)


def test_an_editor_answers_by_keyboard_alone(browser: Browser, served: tuple[World, str]) -> None:
    place, base = served
    page, _ = page_of(browser, width=800)
    page.goto(base + place.link(Action.PROOF, place.gap))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Уже пишем":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer/**")
    while page.evaluate("document.activeElement.id") != "note":
        page.keyboard.press("Tab")
    page.keyboard.type("Поедем в Казань")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1.done")
    assert "вы об этом уже пишете" in page.inner_text("h1")
    with place.app.ready_db.begin() as tx:
        (kept,) = list_answers(tx, place.gap)
    assert (kept.kind.value, kept.note) == ("working", "Поедем в Казань")
    page.reload()
    assert "воспользовались" in page.inner_text("main")


def test_the_report_in_the_archive_shows_its_picture(browser: Browser, served: tuple[World, str]) -> None:
    place, base = served
    page, asked = page_of(browser, width=800)
    page.goto(base + place.link(Action.REPORT))
    sizes = page.evaluate("[...document.images].map(i => i.naturalWidth)")
    assert sizes
    assert min(sizes) > 100
    assert [url for url in asked if not url.startswith((base, "data:"))] == []
    ground = page.evaluate("getComputedStyle(document.querySelector('.card, .inner')).backgroundColor")
    assert ground != "rgba(0, 0, 0, 0)"  # its own styles are let through
