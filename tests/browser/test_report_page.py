"""The report in a real browser: it fits phone and desktop, asks no network, reads in the dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from monitor.reports.catalogue import languages
from monitor.reports.charts import charts
from monitor.reports.formats import html
from monitor.reports.personal import Linking, fill
from monitor.reports.stage import write_preview
from monitor.reports.tokens import Signer
from tests.make_reports import mogilev_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (page,) = (
        path
        for path in write_preview(mogilev_report(), tmp_path_factory.mktemp("report"))
        if path.name.endswith(".view.html")
    )
    return page


def opened(browser: Browser, report: Path, *, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    return page, asked


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_sticks_out_at_any_width(browser: Browser, tmp_path: Path, width: int, lang: str) -> None:
    """With a reader's links, whose addresses are long."""
    made = mogilev_report(lang=lang)
    links = Linking(Signer(b"k" * 32), "https://monitor.desk.example").of(made.id, made.to_on)
    content = html.render_with(made, picture=lambda name: f"{name}.png", is_linked=True)
    (tmp_path / "page.html").write_bytes(fill(content, links.of(7)))
    for name, picture in charts(made).items():
        (tmp_path / f"{name}.png").write_bytes(picture)
    page, _ = opened(browser, tmp_path / "page.html", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('td, p, img, h1, h2, a')]"
        ".map(e => e.getBoundingClientRect().right))"
    )
    assert widest <= width
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('p, td, a, li')].filter(e => e.innerText.trim())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 12


def test_only_the_page_and_its_picture_are_asked_for(browser: Browser, report: Path) -> None:
    _, asked = opened(browser, report, width=800)
    assert {Path(url).suffix for url in asked} <= {".html", ".png"}
    assert all(url.startswith("file:") for url in asked)


def test_the_first_phone_screen_says_region_week_and_that_it_is_a_demonstration(
    browser: Browser, report: Path
) -> None:
    page, _ = opened(browser, report, width=360)
    first = page.evaluate(
        "[...document.querySelectorAll('td, p, h1')].filter(e => e.getBoundingClientRect().top < 900 && "
        "!e.querySelector('td, p, h1')).map(e => e.innerText).join(' ')"
    )
    assert "Могилёвская область" in first
    assert "2025-W47" in first
    assert "вымышлены" in first


def test_in_the_dark_letters_stay_readable(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report, width=800, scheme="dark")
    contrasts = page.evaluate(
        """() => {
          const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255)
            .map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
            return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
          const ground = e => { for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)$|transparent/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
          return [...document.querySelectorAll('p, h1, h2, a')].filter(e => e.innerText.trim()).map(e => {
            const a = light(getComputedStyle(e).color), b = light(ground(e));
            return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); });
        }"""
    )
    assert len(contrasts) > 20
    assert min(contrasts) >= 4.5  # WCAG 2.2 AA for text
