"""Archives into the database: once, whole, with every loss told, and the same however often it is killed."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.clusters import assign_cluster
from monitor.articles.rawpage import RawPage
from monitor.articles.tables import articles, copy_ties, learnt_lines, sketches, translation_ties
from monitor.articles.types import Extracted
from monitor.articles.worker import reader_of
from monitor.bulk import backfill as stage
from monitor.bulk.backfill import Wish, backfill
from monitor.bulk.hosts import Hosts
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.core.shipped import config_dir
from monitor.core.workers import Unread
from monitor.crawl.store import put_sources
from monitor.crawl.tables import archived_pages, archives, checks
from monitor.gaps.watching import watched_sources
from monitor.wiring.reading import reading_rules
from tests.crawl_world import NOW, source
from tests.make_warc import NOON, info, packed, record
from tests.quality.page_set import FETCHED_AT, Page, load_pages

DAY = timedelta(days=1)
CHOSEN = [page for page in load_pages() if not page.held_out][:18]
RULES = {page.url.split("/")[2]: page.rules for page in CHOSEN}
HOSTS = sorted(RULES)


@pytest.fixture(scope="module")
def reader() -> Callable[[RawPage], Extracted]:
    return reader_of(reading_rules(config_dir()))


class Installation:
    """Sources for the pages' hosts, a database, and the stage with a reader in this process."""

    def __init__(self, db: Db, reader: Callable[[RawPage], Extracted]) -> None:
        self.db, self.reader, self.asked = db, reader, 0
        self.sources = [
            source(f"paper{n}", site=f"http://{host}/", page=RULES[host]) for n, host in enumerate(HOSTS)
        ]
        with db.begin() as tx:
            put_sources(tx, self.sources, at=NOW)

    def read(self, page: RawPage) -> Future[Extracted | Unread]:
        answer: Future[Extracted | Unread] = Future()
        self.asked += 1
        answer.set_result(self.reader(page))
        return answer

    def fill(self, *files: Path, assign: Any = assign_cluster, **wish: Any) -> Counts:
        return backfill(
            files,
            db=self.db,
            read=self.read,
            assign_cluster=partial(assign, marks=()),
            clock=lambda: NOW,
            wish=Wish(Hosts(self.sources), **wish),
        )

    def rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        with self.db.begin() as tx:
            return [tuple(row) for row in tx.execute(query)]

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that archives write, but for numbers that a run which was killed has used up."""
        numbers = {"id", "cluster_id", "item", "article_id", "archive_id"}
        tables = (articles, ledger, checks, archives, archived_pages)
        return {
            table.name: sorted(
                self.rows(sa.select(*(column for column in table.c if column.name not in numbers))), key=repr
            )
            for table in tables
        }

    def empty(self) -> None:
        """As before the first archive."""
        with self.db.begin() as tx:
            for table in (sketches, copy_ties, translation_ties, learnt_lines, ledger, checks):
                tx.execute(sa.delete(table))
            tx.execute(sa.delete(archived_pages))
            tx.execute(sa.delete(archives))
            tx.execute(sa.delete(articles))


@pytest.fixture
def installed(db: Db, reader: Callable[[RawPage], Extracted]) -> Installation:
    return Installation(db, reader)


def taken(page: Page) -> bytes:
    return record(page.url, page.body, at=FETCHED_AT, kind=page.content_type)


def archive(folder: Path, name: str, records: list[bytes]) -> Path:
    file = folder / f"{name}.warc.gz"
    file.write_bytes(packed([info(), *records]))
    return file


def test_pages_of_our_sources_become_articles_with_their_texts(
    installed: Installation, tmp_path: Path
) -> None:
    file = archive(tmp_path, "one", [taken(page) for page in CHOSEN])
    counts = installed.fill(file)
    assert (counts["records"], counts["ready"], counts["lost"]) == (18, 18, 0)
    found = installed.rows(sa.select(articles.c.title, articles.c.state, articles.c.published_at))
    assert sorted((title, at) for title, state, at in found if state == "ready") == sorted(
        (page.title, found_at(found, page)) for page in CHOSEN
    )


def found_at(found: list[tuple[Any, ...]], page: Page) -> datetime:
    """The date of a page's article, which is the page's own day and not that of the archive."""
    at: datetime = next(at for title, _, at in found if title == page.title)
    assert abs(at - page.published_at) <= DAY
    return at


def test_an_archive_that_was_read_gives_nothing_a_second_time(
    installed: Installation, tmp_path: Path
) -> None:
    records = [taken(page) for page in CHOSEN[:6]]
    one = archive(tmp_path, "one", records)
    installed.fill(one)
    before, asked = installed.content(), installed.asked
    again = one.rename(tmp_path / "renamed.warc.gz")
    assert installed.fill(again) == Counts(files=1, read_before=1)
    assert (installed.content(), installed.asked) == (before, asked)
    other = archive(tmp_path, "other", [*records, taken(CHOSEN[6])])
    assert installed.fill(other) == Counts(files=1, records=7, known=6, ready=1)
    assert len(installed.rows(sa.select(articles.c.id))) == 7


@pytest.mark.parametrize("at", [1, 4, 9])
def test_a_run_that_is_killed_goes_on_to_the_same_end(
    installed: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(stage, "BATCH", 4)
    file = archive(tmp_path, "one", [taken(page) for page in CHOSEN[:10]])
    installed.fill(file)
    whole, calls = installed.content(), 0
    installed.empty()

    class Killed(BaseException):
        """Stands for SIGKILL: nothing may catch it."""

    def dying(*args: Any, **kwargs: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Killed
        return assign_cluster(*args, **kwargs)

    with pytest.raises(Killed):
        installed.fill(file, assign=dying)
    assert len(installed.rows(sa.select(articles.c.id))) == (at - 1) // 4 * 4  # whole batches
    installed.fill(file)
    assert installed.content() == whole


def test_every_loss_is_in_the_ledger_with_file_and_offset(installed: Installation, tmp_path: Path) -> None:
    home = f"http://{HOSTS[0]}"
    odd = [
        record(f"{home}/", CHOSEN[0].body),
        record(f"{home}/gone", b"", status="404 Not Found"),
        record(f"{home}/broken", b"", status="502 Bad Gateway"),
        record(f"{home}/picture.jpg", b"\xff\xd8\xff\xe0" * 99, kind="image/jpeg"),
        record(f"{home}/empty", b"<html><body>Menu</body></html>"),
        record(f"{home}/large", b"x" * 200_000),
        record("http://elsewhere.example/1", CHOSEN[0].body),
    ]
    counts = installed.fill(archive(tmp_path, "odd", odd), max_bytes=60_000)
    assert counts == Counts(files=1, records=7, lost=5, damaged=1)
    query = sa.select(ledger.c.item, ledger.c.ending, ledger.c.reason)
    rows = installed.rows(query.where(ledger.c.item.startswith("odd.warc.gz@")))
    assert [row[1:] for row in sorted(rows, key=lambda row: int(row[0].split("@")[1]))] == [
        ("skipped", "not_html"), ("failed", "http_4xx"), ("failed", "http_5xx"), ("failed", "too_large"),
    ]  # fmt: skip
    of_pages = sa.select(ledger.c.reason).where(ledger.c.stage == "extract")
    assert sorted(installed.rows(of_pages)) == [("no_text",), ("not_html",)]


def test_days_without_a_record_are_holes_and_the_others_were_watched(
    installed: Installation, tmp_path: Path
) -> None:
    page = CHOSEN[0]
    days = [record(f"{page.url}?day={n}", page.body, at=NOON + n * DAY) for n in (0, 1, 2, 5, 6, 7)]
    counts = installed.fill(archive(tmp_path, "one", days))
    assert counts["days_missing"] == 1  # told at the first missing day; what follows belongs to it
    name = next(s.id for s in installed.sources if s.site in page.url)
    with installed.db.begin() as tx:
        watched, *_ = watched_sources(tx, start=NOON - DAY, stop=NOON + 9 * DAY, tag_version=1)
    (first, second) = watched[name].archived
    assert (first[0], second) == (NOON, (NOON + 5 * DAY, NOON + 7 * DAY))
    assert first[1] <= NOON + 3 * DAY
    more = [record(f"{page.url}?day={n}", page.body, at=NOON + n * DAY) for n in (3, 4)]
    assert installed.fill(archive(tmp_path, "two", more))["days_missing"] == 0
    holes = sa.select(checks.c.id).where(checks.c.reason == Reason.ARCHIVE_HOLE.value)
    assert installed.rows(holes) == []


def test_a_file_is_read_again_for_a_time_that_was_not_asked_for(
    installed: Installation, tmp_path: Path
) -> None:
    days = [record(page.url, page.body, at=NOON + n * DAY) for n, page in enumerate(CHOSEN[:6])]
    file = archive(tmp_path, "one", days)
    assert installed.fill(file, since=NOON + 4 * DAY)["ready"] == 2
    assert installed.fill(file, since=NOON + 5 * DAY) == Counts(files=1, read_before=1)
    assert installed.fill(file, until=NOON + 5 * DAY) == Counts(files=1, read_again=1, records=6, ready=4)
    assert installed.asked == 6  # none twice
    whole = installed.content()
    assert installed.fill(file) == Counts(files=1, read_again=1, records=6)
    assert installed.fill(file) == Counts(files=1, read_before=1)
    (row,) = installed.rows(sa.select(archives.c.counts, archives.c.days))
    assert (row[0]["records"], row[0]["ready"], set(row[1].values())) == (6, 6, {1})
    assert {name: rows for name, rows in installed.content().items() if name != "archives"} == {
        name: rows for name, rows in whole.items() if name != "archives"
    }


def test_a_file_is_read_again_for_an_outlet_that_came_later(installed: Installation, tmp_path: Path) -> None:
    file = archive(tmp_path, "one", [taken(page) for page in CHOSEN])
    every = installed.sources
    installed.sources = every[: len(every) // 2]
    first = installed.fill(file)["ready"]
    assert 0 < first < len(CHOSEN)
    installed.sources = every
    assert installed.fill(file)["ready"] == len(CHOSEN) - first
    assert installed.asked == len(CHOSEN)
    installed.sources = every[1:]
    assert installed.fill(file) == Counts(files=1, read_before=1)


def test_a_file_of_an_older_version_is_read_once_more_since_nobody_knows_for_what_it_was(
    installed: Installation, tmp_path: Path
) -> None:
    file = archive(tmp_path, "one", [taken(page) for page in CHOSEN[:4]])
    installed.fill(file)
    before = installed.content()
    (counts,) = installed.rows(sa.select(archives.c.counts))
    with installed.db.begin() as tx:
        tx.execute(sa.update(archives).values(counts={k: n for k, n in counts[0].items() if k != "asked"}))
    assert installed.fill(file) == Counts(files=1, read_again=1, records=4, known=4)
    after = installed.content()
    assert {name: after[name] for name in ("articles", "ledger", "checks", "archived_pages")} == {
        name: before[name] for name in ("articles", "ledger", "checks", "archived_pages")
    }
    assert installed.fill(file) == Counts(files=1, read_before=1)


def test_a_killed_run_that_goes_on_with_another_wish_begins_anew(
    installed: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "BATCH", 2)
    days = [record(page.url, page.body, at=NOON + n * DAY) for n, page in enumerate(CHOSEN[:6])]
    file = archive(tmp_path, "one", days)

    class Killed(BaseException):
        """Stands for SIGKILL: nothing may catch it."""

    def dying(*args: Any, **kwargs: Any) -> int:
        raise Killed

    with pytest.raises(Killed):
        installed.fill(file, assign=dying, since=NOON + 4 * DAY)
    assert installed.rows(sa.select(archives.c.done_offset)) > [(0,)]
    assert installed.fill(file) == Counts(files=1, records=6, ready=6)
    assert [set(days.values()) for (days,) in installed.rows(sa.select(archives.c.days))] == [{1}]


def test_only_the_days_asked_for_are_read(installed: Installation, tmp_path: Path) -> None:
    days = [record(f"{CHOSEN[0].url}?n={n}", CHOSEN[n].body, at=NOON + n * DAY) for n in range(4)]
    file = archive(tmp_path, "one", days)
    installed.fill(file, since=NOON + DAY, until=NOON + 3 * DAY)
    assert installed.asked == 2


def test_days_of_refusals_alone_are_no_looks_at_a_source(installed: Installation, tmp_path: Path) -> None:
    url, body = CHOSEN[0].url, CHOSEN[0].body
    answers = [
        record(url, body, at=NOON),
        record(f"{url}?b=1", b"no", at=NOON + DAY, status="403 Forbidden"),
        record(f"{url}?b=2", b"no", at=NOON + 2 * DAY, status="503 Service Unavailable"),
        record(f"{url}?b=3", b"no", at=NOON + 3 * DAY, status="403 Forbidden"),
        record(f"{url}?b=4", body, at=NOON + 3 * DAY + timedelta(hours=1)),
        record(f"{url}?b=5", b"no", at=NOON + 3 * DAY + timedelta(hours=2), status="404 Not Found"),
    ]
    installed.fill(archive(tmp_path, "one", answers))
    query = sa.select(checks.c.at, checks.c.ending, checks.c.reason, checks.c.n_entries).order_by(checks.c.at)
    told = [
        (NOON, "done", "ok", 1),
        (NOON + DAY, "failed", "http_4xx", 0),
        (NOON + 2 * DAY, "failed", "http_5xx", 0),
        (NOON + 3 * DAY + timedelta(hours=1), "done", "ok", 1),
    ]
    assert installed.rows(query) == told
    name = next(s.id for s in installed.sources if s.site in url)
    with installed.db.begin() as tx:
        watched, *_ = watched_sources(tx, start=NOON - DAY, stop=NOON + 9 * DAY, tag_version=1)
    assert watched[name].archived == ((NOON, NOON + DAY),)


def test_a_day_with_a_page_in_any_file_is_a_look(installed: Installation, tmp_path: Path) -> None:
    url, body = CHOSEN[0].url, CHOSEN[0].body
    refused = archive(tmp_path, "refused", [record(f"{url}?b=1", b"no", status="403 Forbidden")])
    held = archive(tmp_path, "held", [record(url, body, at=NOON + timedelta(hours=1))])
    later = [record(f"{url}?b=2", b"no", at=NOON + timedelta(hours=2), status="500 Error")]
    installed.fill(refused)
    query = sa.select(checks.c.reason, checks.c.n_entries)
    assert installed.rows(query) == [("http_4xx", 0)]
    installed.fill(held)
    assert installed.rows(query) == [("ok", 1)]
    installed.fill(archive(tmp_path, "later", later))
    assert installed.rows(query) == [("ok", 1)]
