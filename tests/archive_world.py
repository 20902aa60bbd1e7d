"""Two papers out of an archive, a home whose rules for pages can be changed, and a reader in this process."""

import shutil
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor.articles.extract import extract_page
from monitor.articles.language import DetectLanguage
from monitor.articles.rawpage import RawPage
from monitor.articles.tables import (
    articles,
    copy_ties,
    learnt_lines,
    revisions,
    sketches,
    translation_ties,
)
from monitor.articles.types import Extracted
from monitor.bulk.history import backfill_warc
from monitor.bulk.reextract import reextract
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.core.ids import ArticleId
from monitor.core.ledger_store import ledger
from monitor.core.shipped import config_dir
from monitor.core.workers import Unread
from monitor.crawl.reread import Difference
from monitor.crawl.store import put_sources
from monitor.crawl.tables import archived_pages, archives, checks, rereadings, rereads
from monitor.wiring import App
from monitor.wiring.reading import reading_rules
from tests.crawl_world import NOW, source
from tests.make_copies import OTHER, WHOLE
from tests.make_warc import NOON, info, packed, record
from tests.quality.page_set import load_pages

TEXTS = [page.paragraphs for page in load_pages() if page.lang == "ru"][:6]
FRAME = "Музей ткачества на нашей площади номер {n} ждёт гостей ежедневно, кроме понедельника."
RULE = '\n  "музей ткачества … понедельника",\n  "делегация … района",'
FRAMED = (1, 3, 4)
QUOTING = 5  # tells the story of page 6 too, in one line that the new rule drops
HOST = "http://{source}.example/{n}"


def url(n: int) -> str:
    return HOST.format(source=("gorki", "shklov")[n % 2], n=n)


def paragraphs(n: int) -> list[str]:
    """Pages 0 to 4 tell stories of the page set, three with a line of the frame; 5 quotes what 6 prints."""
    if n == QUOTING:
        return [OTHER, WHOLE]
    if n == QUOTING + 1:
        return ["Вести из района.", WHOLE.replace("Делегация", "Большая делегация")]
    return [*TEXTS[n], *([FRAME.format(n=n)] if n in FRAMED else [])]


def page(n: int, told: list[str]) -> bytes:
    story = "".join(f"<p>{line}</p>" for line in told)
    at = (NOON - timedelta(days=2)).isoformat()
    return (
        f'<html><head><title>Событие номер {n}</title><meta property="article:published_time" content="{at}">'
        f"</head><body><article><h1>Событие номер {n}</h1>{story}</article></body></html>"
    ).encode()


PAGES = range(7)


class Newsroom:
    """Two papers, a home whose rules can be changed, a database, and a reader in this process."""

    def __init__(self, db: Db, root: Path, detect: DetectLanguage) -> None:
        home = Home(root)
        shutil.copytree(config_dir() / "languages", root / "config" / "languages")
        for name in ("boilerplate.toml", "settings.toml"):
            shutil.copy(config_dir() / name, root / "config" / name)
        self.app = App(home, clock=SettableClock(NOW), environment=False)
        self.app.db = db
        self.app.sources = (source("gorki"), source("shklov"))
        self.detect, self.asked = detect, 0
        self.given = reading_rules(home.config)
        self.failing: dict[str, Unread] = {}
        with db.begin() as tx:
            put_sources(tx, self.app.sources, at=NOW)
        self.app.extractor = self  # type: ignore[assignment] # all that is asked of it is `submit`

    def submit(self, raw: RawPage) -> Future[Extracted | Unread]:
        """The text of a page, read here by the rules that the home has now."""
        answer: Future[Extracted | Unread] = Future()
        self.asked += 1
        given = self.given
        told = extract_page(
            raw.body, url=raw.url, content_type=raw.content_type, source_zone=raw.source_zone, feed_title="",
            feed_summary="", feed_text="", feed_published=None, now=raw.now, detect=self.detect,
            rules=given.rules, months=given.months, selectors=raw.selectors,
        )  # fmt: skip
        answer.set_result(self.failing.get(raw.url, told))
        return answer

    def change_rules(self) -> None:
        """The line of the frame and the quoted story are known as none of the pages' own."""
        rules = self.app.home.config / "boilerplate.toml"
        text = rules.read_text("utf-8")
        rules.write_text(text.replace("drop_lines = [", f"drop_lines = [{RULE}"), "utf-8")
        self.given = reading_rules(self.app.home.config)

    def fill(self, file: Path) -> None:
        backfill_warc(self.app, [file])

    def again(self, *files: Path) -> Difference:
        return reextract(self.app, files).difference

    def rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        with self.app.db.begin() as tx:
            return [tuple(row) for row in tx.execute(query)]

    def content(self) -> dict[str, Any]:
        """Everything but what tells of the way here: numbers of revisions, the ledger, dates of learning."""
        told = {
            table.name: self.rows(
                sa.select(*(column for column in table.c if column.name != "n_revisions")).order_by(
                    *table.primary_key.columns
                )
            )
            for table in (articles, sketches, copy_ties, translation_ties, archived_pages)
        }
        return told | {"learnt": self.rows(sa.select(learnt_lines.c.key).order_by(learnt_lines.c.key))}

    def by_address(self) -> dict[str, Any]:
        """The same as far as an installation has it that was filled anew: its numbers are others."""
        numbers = {"id", "cluster_id", "n_revisions"}
        one, other = articles.alias(), articles.alias()
        asked = {
            "articles": sa.select(*(column for column in articles.c if column.name not in numbers)),
            "sketches": sa.select(sketches.c.week, sketches.c.key, one.c.url).join(one),
            "copies": sa.select(one.c.url, other.c.url, copy_ties.c.one_share, copy_ties.c.other_share)
            .join(one, one.c.id == copy_ties.c.one_id)
            .join(other, other.c.id == copy_ties.c.other_id),
            "records": sa.select(
                one.c.url, archived_pages.c.record_offset, archived_pages.c.content_hash
            ).join(one, one.c.id == archived_pages.c.article_id),
            "learnt": sa.select(learnt_lines.c.key),
        }
        told = {name: sorted(self.rows(query), key=repr) for name, query in asked.items()}
        return told | {"stories": self.stories()}

    def empty(self) -> None:
        """As before the first archive."""
        everything = (
            sketches, copy_ties, translation_ties, learnt_lines, ledger, checks, revisions, rereadings,
            rereads, archived_pages, archives, articles,
        )  # fmt: skip
        with self.app.db.begin() as tx:
            for table in everything:
                tx.execute(sa.delete(table))

    def stories(self) -> dict[str, tuple[str, bool]]:
        """By address the address after which its cluster is named, and whether it is the origin."""
        named = articles.alias()
        query = sa.select(articles.c.url, named.c.url, articles.c.is_origin)
        rows = self.rows(query.join(named, named.c.id == articles.c.cluster_id))
        return {own: (cluster, is_origin) for own, cluster, is_origin in rows}

    def outcomes(self) -> dict[str, tuple[str, str]]:
        """By address how the second reading ended."""
        query = sa.select(articles.c.url, ledger.c.ending, ledger.c.reason).join(
            ledger, ledger.c.item == sa.cast(articles.c.id, sa.Text)
        )
        rows = self.rows(query.where(ledger.c.stage == "extract", ledger.c.version == "read again"))
        return {own: (ending, reason) for own, ending, reason in rows}

    def article(self, n: int) -> ArticleId:
        ((number,),) = self.rows(sa.select(articles.c.id).where(articles.c.url == url(n)))
        return ArticleId(number)


def archive(folder: Path, name: str, pages: dict[int, list[str]]) -> Path:
    file = folder / f"{name}.warc.gz"
    file.write_bytes(packed([info(), *(record(url(n), page(n, told)) for n, told in pages.items())]))
    return file
