"""A page of a regional paper with one story among menus and teasers, and what reading it gives."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.extract import extract_page
from monitor.articles.language import build_detector
from monitor.articles.types import Extracted
from monitor.core.ids import PageUrl
from monitor.core.months import load_months
from monitor.core.shipped import config_dir

MINSK = ZoneInfo("Europe/Minsk")
NOW = datetime(2026, 10, 6, 6, 0, tzinfo=UTC)
RULES = load_page_rules(config_dir() / "boilerplate.toml")
MONTHS = load_months(config_dir() / "languages")
DETECT = build_detector()
TITLE = "Псковичи и могилевчане открыли общую ярмарку"
FIRST = "Ярмарка ремёсел с участием мастеров Псковской области открылась на площади Ленина в Могилёве."
SECOND = "Гости привезли кружево и керамику, хозяева показали соломку. «Ждём соседей весной», — сказал мэр."
THIRD = "Соглашение о побратимстве стороны подписали ещё весной. Следующая встреча намечена на декабрь."
LD = "<script type='application/ld+json'>{}</script>"
STORY = f"{FIRST}\n{SECOND}\n{THIRD}"


def extract(page: str | bytes, **given_: Any) -> Extracted:
    """What reading a page gives, as the page of a source in Minsk whose feed had its title."""
    call = partial(
        extract_page,
        url=PageUrl("http://paper.example/news/yarmarka"),
        content_type="text/html; charset=utf-8",
        source_zone="Europe/Minsk",
        feed_title=TITLE,
        feed_summary="",
        feed_text="",
        feed_published=None,
        now=NOW,
        detect=DETECT,
        rules=RULES,
        months=MONTHS,
    )
    return call(page.encode() if isinstance(page, str) else page, **given_)


def page(head: str = "", top: str = "", story: str = STORY, after: str = "") -> str:
    """A page with the story, and what is given put into its head, above the story and below it."""
    paragraphs = "".join(f"<p>{line}</p>" for line in story.split("\n"))
    return (
        f"<!DOCTYPE html><html><head><title>{TITLE} — Газета</title>{head}</head><body>"
        "<div class='menu'><a href='/'>Главная</a> <a href='/sport'>Спорт</a></div>"
        "<div class='sidebar'><time datetime='2026-10-06T08:00:00+03:00'>сегодня</time> Хоккей</div>"
        f"<div class='content'><h1>{TITLE}</h1>{top}<div class='text'>{paragraphs}</div>{after}</div>"
        "<div class='footer'>© Газета, 2026. Все права защищены.</div></body></html>"
    )
