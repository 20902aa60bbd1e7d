"""How each demonstration outlet looks and misbehaves. Names, hosts and feed addresses are in outlets.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ROOM = Path(__file__).resolve().parent


class Fault(StrEnum):
    """What goes wrong at an outlet."""

    NONE = "none"
    DEAD = "dead"  # 404 for everything, from the first day
    SILENT = "silent"  # nothing new from day SILENT_FROM on; the feed answers 200 with what it had
    BROKEN = "broken"  # 500 for everything from day BROKEN_FROM, well again from day BROKEN_UNTIL
    TRAP = "trap"  # the feed redirects to a private address


SILENT_FROM = 30
BROKEN_FROM = 20
BROKEN_UNTIL = 30
TRAP_TARGET = "http://10.0.0.8/feed/"


@dataclass(frozen=True, slots=True)
class Look:
    """The presentation of one outlet."""

    layout: str  # of its pages: one of typeset.LAYOUTS, or "plain" for a language that those do not speak
    feed: str  # rss | rss_full | rss_joomla | atom | news_sitemap | html_list
    path: str  # of a page: {id}, {slug}, {y}, {m}, {d}
    city: str  # as its pages name it
    encoding: str = "utf-8"
    page_charset: str | None = "utf-8"  # in the header of pages; None: not said there
    feed_charset: str | None = "utf-8"  # in the header of the feed
    dates: str = "offset"  # in the feed: offset (+0300) | gmt (+0000) | bare (local, no zone)
    lang: str = "ru"  # of the labels around the text
    fault: Fault = Fault.NONE


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet: who it is and how it looks."""

    id: str
    name: str
    host: str
    feed_url: str
    zone: ZoneInfo
    is_agency: bool
    look: Look

    def address(self, path: str) -> str:
        """The absolute URL of a path of this outlet."""
        return f"http://{self.host}{path}"


_SLUG_ID = "/news/{slug}-{id}/"
_CYRILLIC = "windows-1251"
LOOKS = {
    "demo-novy-bereg": Look("agency_modern", "rss", "/regions/view/{slug}-{id}-{y}/", "Минск"),
    "demo-pridneprovskaya-nov": Look(
        "wordpress_classic", "rss_full", "/{y}/{m}/{slug}-{id}/", "Могилёв", dates="gmt"
    ),
    "demo-goretski-kolokol": Look(
        "handmade_tables", "rss", "/news.php?id={id}", "Горки",
        encoding=_CYRILLIC, page_charset=_CYRILLIC, feed_charset=_CYRILLIC,
    ),
    "demo-polesski-prichal": Look("joomla_k2", "atom", "/index.php/novosti/item/{id}-{slug}", "Гомель"),
    "demo-shklovskie-vechera": Look(
        "wordpress_magazine", "rss", "/obshchestvo/{slug}-{id}/", "Шклов",
        feed_charset=_CYRILLIC,  # wrong: the body is UTF-8
        dates="gmt", fault=Fault.BROKEN,
    ),
    "demo-vestnik-u-bereziny": Look(
        "handmade_word", "rss", "/text/{id}.html", "Бобруйск", dates="bare", fault=Fault.SILENT,
    ),
    "demo-orshanski-perekrestok": Look("ucoz", "html_list", "/{d}{m}{y}/{slug}-{id}", "Орша"),
    "demo-oblispolkom": Look("gov_portal", "news_sitemap", "/ru/news-ru/view/{slug}-{id}-{y}/", "Могилёв"),
    "demo-stepnoy-mayak": Look(
        "joomla_article", "rss_joomla", "/index.php/news/{id}-{slug}", "Ростов-на-Дону",
        encoding=_CYRILLIC, page_charset=None, feed_charset=None,
    ),
    "demo-glos-znad-narwi": Look("plain", "rss_full", _SLUG_ID, "Białystok", dates="gmt", lang="pl"),
    "demo-selskaya-iskra": Look("handmade_word", "rss", _SLUG_ID, "Мстиславль", fault=Fault.DEAD),
    "demo-utro-nad-sozhem": Look("wordpress_elementor", "rss", _SLUG_ID, "Кричев", fault=Fault.TRAP),
    "demo-grodnenski-vetryak": Look("bitrix_portal", "rss", "/articles/{slug}-{id}.html", "Гродно"),
    "demo-stolichny-tramvay": Look("wordpress_blocks", "rss_full", "/{slug}-{id}/", "Минск", dates="gmt"),
    "demo-minski-prigorod": Look("drupal_ten", "rss", "/ru/news/{slug}-{id}", "Смолевичи"),
    "demo-zara-nad-muhautsom": Look("drupal_seven", "rss", "/node/{id}", "Брест", lang="be"),
    "demo-dvinskaya-volna": Look("bitrix_modern", "rss", "/news/obshchestvo/{slug}-{id}/", "Витебск"),
    "demo-sozhski-bulvar": Look("wordpress_amp", "rss", "/{y}/{m}/{d}/{slug}-{id}/", "Гомель"),
    "demo-pskovski-parom": Look(
        "bitrix_old", "rss", "/news/{id}.html", "Псков",
        encoding=_CYRILLIC, page_charset=None, feed_charset=_CYRILLIC, dates="bare",
    ),
    "demo-smolenski-trakt": Look(
        "datalife", "rss", "/obshestvo/{id}-{slug}.html", "Смоленск",
        encoding=_CYRILLIC, page_charset=_CYRILLIC, feed_charset=_CYRILLIC,
    ),
}  # fmt: skip


def load_outlets(n: int | None = None) -> tuple[Outlet, ...]:
    """The first `n` outlets of outlets.toml (all by default), in its order."""
    doc = tomllib.loads((ROOM / "outlets.toml").read_text(encoding="utf-8"))
    return tuple(
        Outlet(
            id=row["id"],
            name=row["name"],
            host=urlsplit(row["site"]).hostname or "",
            feed_url=row["feed"][0]["url"],
            zone=ZoneInfo(row["zone"]),
            is_agency=row["kind"] == "national_agency",
            look=LOOKS[row["id"]],
        )
        for row in doc["source"][:n]
    )


def publishing(outlets: Sequence[Outlet]) -> tuple[Outlet, ...]:
    """The outlets that print anything at all."""
    return tuple(o for o in outlets if o.look.fault not in (Fault.DEAD, Fault.TRAP))
