"""The review in a real browser: by keys, by Tab alone, on a phone, in the dark, without the script too."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitor.articles.corrections import rulings
from monitor.core.db import Db
from monitor.core.ids import ArticleId
from monitor.core.settings import Settings, load_settings
from monitor.core.shipped import config_dir
from monitor.web.server import COOKIE
from tests.review_world import FAMILY, LINKS, N_AUDIT, N_LINKS, N_UNDECIDED, UNDECIDED, fill, session_of
from tests.serving import serving
from tests.web_world import World, world

pytestmark = pytest.mark.slow

PATHS = ("/review", "/review/audit", "/review/undecided", "/review/links")


@pytest.fixture
def served(tmp_path: Path, migrated_sqlite: Path) -> Iterator[tuple[World, str]]:
    """A world with something in every queue, and where it is served."""
    shutil.copy(migrated_sqlite, tmp_path / "served.sqlite")
    db = Db(f"sqlite:///{tmp_path / 'served.sqlite'}")
    place = world(db, tmp_path, settings=settings(), change=fill)
    with serving(place) as base:
        yield place, base
    db.close()


def settings() -> Settings:
    """The shipped ones; every item waits for one person."""
    shipped = load_settings(config_dir() / "settings.toml", environment=False)
    return shipped.model_copy(update={"review": shipped.review.model_copy(update={"second_share": 0.0})})


def page_of(browser: Browser, base: str, **how: object) -> tuple[Page, list[str]]:
    """A page of somebody who is signed in, and what its browser complains of."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": session_of("anna"), "url": base}])
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


def press(page: Page, key: str) -> None:
    """Press a key that answers, and wait for the next item."""
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_a_reviewer_works_through_every_queue_by_keys_alone(
    browser: Browser, served: tuple[World, str], lang: str
) -> None:
    place, base = served
    page, faults = page_of(browser, base)
    page.goto(f"{base}/review/audit?lang={lang}")
    keys = ["n", "c", "n", "s"] * 3
    for key in keys:
        press(page, key)
    assert page.locator("h1.done").is_visible()
    page.goto(f"{base}/review/undecided?lang={lang}")
    for n in range(N_UNDECIDED):
        if n == 0:
            page.keyboard.press("2")  # the second topic
            assert page.locator("input[value=culture]").is_checked()
        press(page, "c" if n == 0 else "a")
    page.goto(f"{base}/review/links?lang={lang}")
    for _ in range(N_LINKS - 1):
        press(page, "r")
    press(page, "a")
    assert page.locator("h1.done").is_visible()
    assert faults == []
    with place.app.ready_db.begin() as tx:
        held = rulings(tx)
    audited = [ruling for article, ruling in held.items() if article < UNDECIDED]
    assert (len(audited), sum(ruling.cooperation is False for ruling in audited)) == (9, 6)
    topics = sorted(len(held[ArticleId(UNDECIDED + n)].topics) for n in range(N_UNDECIDED))
    assert topics == [1] + [2] * (N_UNDECIDED - 1)
    linked = [held[ArticleId(LINKS + n)] for n in range(N_LINKS)]
    assert [sum(FAMILY in r.agreements for r in linked), sum(FAMILY in r.not_agreements for r in linked)] == [
        1,
        3,
    ]
    assert len(keys) == N_AUDIT


def test_the_search_the_undo_and_the_switch_of_the_keys(browser: Browser, served: tuple[World, str]) -> None:
    place, base = served
    page, faults = page_of(browser, base)
    page.goto(f"{base}/review/audit?lang=ru")
    first = page.inner_text("h1")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "wanted"
    page.keyboard.type("снс Кобулети")  # letters that are keys elsewhere are letters here
    assert page.inner_text("h1") == first
    page.keyboard.press("Control+a")
    page.keyboard.type("Бобруйск Кобулети")
    press(page, "Enter")
    assert page.locator("input[value=AGR-0185]").is_checked()
    press(page, "c")
    assert page.inner_text("h1") != first
    press(page, "u")
    assert page.inner_text("h1") == first
    with place.app.ready_db.begin() as tx:
        assert rulings(tx) == {}
    page.locator("#keys-on").uncheck()
    page.locator("#content").focus()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.inner_text("h1") == first
    page.reload()
    assert not page.locator("#keys-on").is_checked()  # it stays off
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    with place.app.ready_db.begin() as tx:
        assert rulings(tx) == {}
    assert faults == []


def test_after_the_browsers_back_an_answer_can_be_given_again(
    browser: Browser, served: tuple[World, str]
) -> None:
    """Browsers that keep whole pages bring this one again with its script as it was: it had sent its form."""
    place, base = served
    page, faults = page_of(browser, base)
    page.goto(f"{base}/review/audit?item=503&lang=ru")
    sends = """() => document.querySelector('form:has([name=verdict])')
        .dispatchEvent(new Event('submit', {bubbles: true, cancelable: true}))"""
    assert [page.evaluate(sends) for _ in range(2)] == [True, False]
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    press(page, "n")
    with place.app.ready_db.begin() as tx:
        (held,) = rulings(tx).values()
    assert held.cooperation is False
    assert faults == []


def test_without_a_script_tab_and_enter_do_everything(browser: Browser, served: tuple[World, str]) -> None:
    place, base = served
    page, faults = page_of(browser, base, java_script_enabled=False)
    page.goto(f"{base}/review/links?lang=ru")
    assert not page.locator("#keys-on").is_visible()
    for name in ("agreement", "wanted", "verdict"):  # in the order of the page
        tab_to(page, name)
        if name == "agreement":
            page.keyboard.press("Space")
        if name == "wanted":
            page.keyboard.type("AGR-0185")
            press(page, "Enter")
            assert page.locator("input[value=AGR-0184]").is_checked()
            assert page.locator("input[value=AGR-0185]").is_checked()
    focus(page, "button[value=choose]")
    press(page, "Enter")
    with place.app.ready_db.begin() as tx:
        (held,) = rulings(tx).values()
    assert held.agreements == {"AGR-0184", "AGR-0185"}
    assert faults == []


def focus(page: Page, selector: str) -> None:
    """Tab until the element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"Tab never reaches {selector}")


def tab_to(page: Page, name: str) -> None:
    focus(page, f"[name={name}]")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "dark")])
def test_every_page_fits_and_has_no_serious_fault_for_readers_with_aids(
    browser: Browser, served: tuple[World, str], width: int, scheme: str
) -> None:
    _, base = served
    page, faults = page_of(browser, base, viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    for lang in ("ru", "be", "en"):
        for path in PATHS:
            page.goto(f"{base}{path}?lang={lang}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = Axe().run(page)
            assert len(found["passes"]) > 10  # it did look
            grave = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
            assert [(v["id"], v["nodes"][0]["html"]) for v in grave] == [], path
    assert faults == []
    assert all(url.startswith(base) for url in asked)


@pytest.mark.parametrize("height", [600, 730, 820, 900])
def test_the_answers_never_cover_what_has_the_focus(
    browser: Browser, served: tuple[World, str], height: int
) -> None:
    _, base = served
    page, _ = page_of(browser, base, viewport={"width": 1280, "height": height})
    page.goto(f"{base}/review/undecided?lang=ru")
    for _ in range(30):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => { const own = document.activeElement, bar = document.querySelector('.verdicts');
                const a = own.getBoundingClientRect(), b = bar.getBoundingClientRect();
                return bar.closest('form').contains(own) && !bar.contains(own)
                    && a.bottom > b.top && a.top < b.bottom; }"""
        )
        assert not covered, page.evaluate("document.activeElement.outerHTML")
