"""Pages and feeds of the benchmarks' press: as heavy and as cluttered as those of real regional sites.

A page of 100 KB is mostly what stands around the story: style sheets and scripts in the page, menus, cards of
other stories, counters. What a paper shows depends on the seed, its number and the story's number alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from html import escape
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

PAGE_BYTES = 100_000
LISTED = 10  # stories in a feed
_STORY_CHARS = 2500
_LEAD_CHARS = 250
_CARDS = 36
_LINES = 20
_FOLLOWS = 0.4
_REPRINTED = 3  # the story of this number, of ten, is a reprint of
_AGENCY = 5  # the first paper of so many
_POOL = 500  # teasers are drawn from so many: a page must cost its server little
_RUBRICS = (
    "Главное", "Общество", "Экономика", "Власть", "Сельское хозяйство", "Культура", "Спорт", "Здоровье",
    "Образование", "Происшествия", "Официально", "Вакансии", "Объявления", "Архив номеров", "Подписка",
    "Реклама", "Контакты",
)  # fmt: skip
_STYLE = (
    ".c{n}-{m}{{margin:0 auto;padding:{n}px 1{m}px;border:1px solid #e{n}e{m}e0;"
    "font:400 1{m}px/1.5 Roboto,Arial}}\n"
)
_SCRIPT = (
    "window.dataLayer=window.dataLayer||[];function slot{n}(a,b)"
    "{{if(a<b){{dataLayer.push({{'id':'ad-{n}','w':a}})}}}};\n"
)
_SCRIPTS = "".join(_SCRIPT.format(n=n) for n in range(100, 800)).encode()
_SCRIPT_BYTES = len(_SCRIPT.format(n=100))
_ICON = (
    '<symbol id="i{n}" viewBox="0 0 24 24"><path d="M12 {n}c-5.5 0-10 4.5-10 10s4.5 {n} 10 10 10-4.5 10-10'
    'S17.5 {n} 12 2zm{n} 15h-2v-6h2v6z"/></symbol>\n'
)
_CARD = (
    '<div class="card post-{n}"><div class="thumb"><a href="/news/{n}/"><img width="300" height="200" '
    'src="{image}.jpg" srcset="{sizes}" sizes="(max-width: 300px) 100vw, 300px" loading="lazy" alt="">'
    '</a></div><h4 class="card-title"><a href="/news/{n}/">{title}</a></h4><span class="date">1{day}.11.2026'
    '</span><p>{lead}… <a class="more" href="/news/{n}/">Читать далее</a></p></div>\n'
)
_TOP = (
    '<style>{style}</style></head>\n<body class="single"><svg style="display:none">{icons}</svg>\n'
    '<header><a href="/">Районная газета {number}</a><nav><ul class="menu">\n{menu}</ul></nav>'
    '<div class="weather">Сегодня +3°, ветер слабый. USD 3.2512 EUR 3.4288</div></header>\n'
    '<div class="breadcrumbs"><a href="/">Главная</a> » <a href="/category/1/">Общество</a></div>\n'
)
_BOTTOM = (
    '<div id="comments"><h3>Добавить комментарий</h3><p>Ваш адрес email не будет опубликован.</p>'
    '<form action="/comment" method="post"><textarea name="text"></textarea></form></div>\n'
    "<footer><ul>{links}</ul><p>При использовании материалов активная гиперссылка обязательна.</p>"
    "<p>Учредитель: районный исполнительный комитет. Тел. 2-1{number:03d}</p></footer></body></html>\n"
)


class Words:
    """Endless text in the words of real stories: most words have followed the one before somewhere.

    So many that two stories share as many runs of three words as two real ones (Jaccard .0002 in the mean).
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._after: dict[str, list[str]] = {}
        self._starts: list[str] = []
        for text in texts:
            words = text.split()
            self._starts += [w for w in words if w[0].isupper() and w[-1].isalpha()]
            for one, other in pairwise(words):
                self._after.setdefault(one, []).append(other)

    def title(self, rng: Random) -> str:
        """Five to nine words without a full stop."""
        words = " ".join(self._run(rng, rng.randint(5, 9))).translate(str.maketrans("", "", '.!?…:;«»"'))
        return words.strip(" —-,")

    def paragraphs(self, rng: Random, chars: int) -> list[str]:
        """Paragraphs of about 350 characters, each ending like a sentence."""
        found: list[str] = []
        while sum(map(len, found)) < chars:
            text = " ".join(self._run(rng, rng.randint(40, 60))).rstrip(",.:;—- ")
            found.append(f"{text}.")
        return found

    @cached_property
    def cards(self) -> tuple[str, ...]:
        """Teasers with picture, date and lead, of which each page shows some."""
        rng = Random(1)
        return tuple(self._card(rng) for _ in range(_POOL))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Headlines for the side of a page."""
        rng = Random(2)
        return tuple(f'<li><a href="/news/9{n}/">{self.title(rng)}</a></li>\n' for n in range(_POOL))

    def _run(self, rng: Random, n: int) -> list[str]:
        words = [rng.choice(self._starts)]
        while len(words) < n:
            after = self._after.get(words[-1]) if rng.random() < _FOLLOWS else None
            words.append(rng.choice(after or self._starts))
        return words

    def _card(self, rng: Random) -> str:
        title, n = self.title(rng), rng.randrange(10**6)
        lead = self.paragraphs(rng, 1)[0][:140].rpartition(" ")[0]
        image = f"/wp-content/uploads/2026/11/{n}"
        sizes = ", ".join(f"{image}-{w}x{w * 2 // 3}.jpg {w}w" for w in (300, 768, 1024))
        return _CARD.format(n=n, day=n % 10, image=image, sizes=sizes, title=escape(title), lead=escape(lead))


@dataclass(frozen=True, slots=True)
class Story:
    """One story of a paper."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """When stories come out: `stock` of them hourly before `start`, then `a_day` evenly."""

    start: datetime
    stock: int = LISTED
    a_day: int = 0

    def published_at(self, paper: int, number: int) -> datetime:
        """When a paper prints its story of this number (from 0)."""
        if number < self.stock:
            return self.start - timedelta(hours=self.stock - number)
        phase = timedelta(minutes=paper * 37 % 1440)  # papers do not all print at midnight
        return self.start + phase + timedelta(days=1) / max(1, self.a_day) * (number - self.stock)

    def printed(self, paper: int, now: datetime) -> int:
        """How many stories a paper has printed by `now`."""
        number = self.stock
        while self.a_day and self.published_at(paper, number) <= now:
            number += 1
        return number


class Paper:
    """One outlet: its look, its stories, its feed."""

    def __init__(self, number: int, origin: str, words: Words, calendar: Calendar, seed: int) -> None:
        self.number = number
        self.origin = origin  # http://host:port
        self.knows_etags = number % 3 > 0  # about a third of real feeds do not
        self.is_atom = number % 10 == 7
        self.gives_full_text = number % 4 == 0
        self._words = words
        self._calendar = calendar
        self._seed = seed

    def story(self, number: int) -> Story:
        """The story of this number, the same at every call."""
        first = self.number - self.number % _AGENCY if number % 10 == _REPRINTED else self.number
        rng = Random(f"{self._seed}/{first}/{number}")
        return Story(
            number,
            self._words.title(rng),
            tuple(self._words.paragraphs(rng, _STORY_CHARS)),
            self._calendar.published_at(self.number, number),
        )

    def printed(self, now: datetime) -> int:
        """How many stories there are at `now`."""
        return self._calendar.printed(self.number, now)

    def address(self, number: int) -> str:
        """Of a story."""
        return f"{self.origin}/news/{number}/"

    def feed(self, n_printed: int) -> bytes:
        """The newest stories, newest first."""
        n_listed = max(LISTED, self._calendar.stock)
        numbers = range(n_printed - 1, max(-1, n_printed - 1 - n_listed), -1)
        entry = self._atom_entry if self.is_atom else self._rss_item
        items = "".join(entry(self.story(number)) for number in numbers)
        name = f"Районная газета {self.number}"
        if self.is_atom:
            head = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title><id>{self.origin}/</id>'
            return f'<?xml version="1.0" encoding="utf-8"?>\n{head}\n{items}</feed>\n'.encode()
        head = f"<title>{name}</title><link>{self.origin}/</link><description>Новости района</description>"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
            f"<channel>{head}\n{items}</channel></rss>\n"
        ).encode()

    def _rss_item(self, story: Story) -> str:
        body = "".join(f"<p>{escape(p)}</p>" for p in story.paragraphs)
        full = f"<content:encoded><![CDATA[{body}]]></content:encoded>" if self.gives_full_text else ""
        return (
            f"<item><title>{escape(story.title)}</title><link>{self.address(story.number)}</link>"
            f'<guid isPermaLink="false">{self.number}-{story.number}</guid>'
            f"<pubDate>{format_datetime(story.published_at)}</pubDate>"
            f"<description>{escape(escape(_lead(story)))} [&#8230;]</description>{full}</item>\n"
        )

    def _atom_entry(self, story: Story) -> str:
        at = story.published_at.isoformat()
        return (
            f'<entry><title>{escape(story.title)}</title><link href="{self.address(story.number)}"/>'
            f"<id>{self.address(story.number)}</id><published>{at}</published><updated>{at}</updated>"
            f'<summary type="html">{escape("<p>" + escape(_lead(story)) + "</p>")}</summary></entry>\n'
        )

    def page(self, number: int) -> bytes:
        """The page of a story: about PAGE_BYTES, most of them around the story."""
        story = self.story(number)
        rng = Random(f"{self._seed}/{self.number}/{number}/around")
        paragraphs = "\n".join(f"<p>{escape(p)}</p>" for p in story.paragraphs)
        at = story.published_at
        article = (
            f'<article class="post"><h1 class="entry-title">{escape(story.title)}</h1>\n'
            f'<div class="meta"><time class="entry-date published" datetime="{at.isoformat()}">'
            f'{at:%d.%m.%Y %H:%M}</time><a rel="author" href="/author/7/">Ольга Сидорова</a></div>\n'
            f'<div class="share"><a href="#vk">ВК</a><a href="#ok">ОК</a></div><div class="entry-content">\n'
            f'{paragraphs}\n</div><div class="tags"><a href="/tag/1/">район</a></div></article>\n'
        )
        cards = "".join(rng.sample(self._words.cards, _CARDS))
        aside = "".join(rng.sample(self._words.lines, _LINES))
        page = (
            f"{self._head(story)}{self._top}{article}"
            f'<section class="related"><h3>Читайте также</h3>\n{cards}</section>\n'
            f'<aside class="sidebar"><h3>Последние новости</h3><ul>\n{aside}</ul></aside>\n{self._bottom}'
        ).encode()
        filler = max(0, PAGE_BYTES - len(page)) // _SCRIPT_BYTES
        return page.replace(
            b"</body>", b"<script>\n" + _SCRIPTS[: filler * _SCRIPT_BYTES] + b"</script></body>"
        )

    def _head(self, story: Story) -> str:
        url, at = self.address(story.number), story.published_at.isoformat()
        ld = {
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
            "datePublished": at, "mainEntityOfPage": url,
            "author": {"@type": "Person", "name": "Ольга Сидорова"},
        }  # fmt: skip
        return (
            '<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8">'
            f"<title>{escape(story.title)}</title>\n"
            f'<link rel="canonical" href="{url}"><meta property="og:title" content="{escape(story.title)}">\n'
            f'<meta property="og:url" content="{url}">'
            f'<meta property="article:published_time" content="{at}">\n'
            f'<script type="application/ld+json">{json.dumps(ld, ensure_ascii=False)}</script>\n'
        )

    @cached_property
    def _top(self) -> str:
        style = "".join(_STYLE.format(n=n, m=m) for n in range(10) for m in range(9))
        icons = "".join(_ICON.format(n=n) for n in range(15))
        menu = "".join(
            f'<li class="menu-item menu-item-{n}"><a href="/category/{n}/">{name}</a><ul class="sub-menu">'
            + "".join(
                f'<li><a href="/category/{n}/{m}/">{name}: {part}</a></li>'
                for m, part in enumerate(_RUBRICS[:4])
            )
            + "</ul></li>\n"
            for n, name in enumerate(_RUBRICS)
        )
        return _TOP.format(style=style, icons=icons, menu=menu, number=self.number)

    @cached_property
    def _bottom(self) -> str:
        links = "".join(f'<li><a href="/category/{n}/">{name}</a></li>' for n, name in enumerate(_RUBRICS))
        return _BOTTOM.format(links=links, number=self.number)


def load_words(corpus: Path) -> Mapping[str, Words]:
    """Words by language (ru, be) from labelled items, JSON lines."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in corpus.read_text("utf-8").split("\n") if line]
    return {lang: Words([row["text"] for row in rows if row["lang"] == lang]) for lang in ("ru", "be")}


def _lead(story: Story) -> str:
    return story.paragraphs[0][:_LEAD_CHARS].rpartition(" ")[0]
