"""Every stage of the service over a small press, from the first poll to the queued letter.

`python -m tests.chaos.service.line MARKS` has everything imported and forks a process for each line it reads:
the URL of a database. It answers with the fork's process id, which is to be killed from outside; the next
line, an empty one, asks how it ended. MARKS is a file that the fork shares with its killer, see `Marks`.
"""

import mmap
import os
import struct
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor.articles.tables import articles, taggings, tags
from monitor.articles.tag import tag_due
from monitor.core import log, runs
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.ids import FamilyId
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks, feeds
from monitor.gaps.stage import store_table
from monitor.gaps.store import Counted, Origin
from monitor.gaps.tables import gap_rows
from monitor.linking.link import link_due
from monitor.linking.tables import linkings, links
from monitor.linking.types import Link, LinkInput, LinkResult
from monitor.reports.outbox import put_out
from monitor.reports.subscribers import add_subscriber
from monitor.reports.tables import outbox, reports
from tests import make_reports
from tests.crawl_world import NOW, FakeFetch, LivePaper, World, source
from tests.fakes import FakeClassifier

PAPERS = ("gorki", "shklov", "orsha")
STORIES = 14  # of each paper, over two days
DAYS = 2
STAGES = ("poll", "pages", "tag", "link", "gaps", "reports")
READERS = 12
PATIENCE_S = 20.0  # for a killer on a slow machine


class Marks:
    """What a killer may know of the one it kills, and where in a transaction that one waits for it."""

    _SHAPE = struct.Struct("<iii")
    _AIM = struct.Struct("<i")

    def __init__(self, path: Path) -> None:
        size = self._SHAPE.size + self._AIM.size
        if not path.exists():
            path.write_bytes(bytes(size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), size)

    def read(self) -> tuple[int, int, bool]:
        """Number of the stage (len(STAGES): over), of transactions begun, and whether the last is open."""
        stage, begun, is_open = self._SHAPE.unpack(self._shared[: self._SHAPE.size])
        return stage, begun, bool(is_open)

    def write(self, stage: int, begun: int, is_open: bool) -> None:
        """Told by the one that is to be killed."""
        self._shared[: self._SHAPE.size] = self._SHAPE.pack(stage, begun, is_open)

    @property
    def aim(self) -> int:
        """Number of the transaction at whose commit the line waits to be killed; 0: it waits for nobody."""
        return int(self._AIM.unpack(self._shared[self._SHAPE.size :])[0])

    @aim.setter
    def aim(self, number: int) -> None:
        self._shared[self._SHAPE.size :] = self._AIM.pack(number)


class Line:
    """The stages over a database; done ones do nothing the second time."""

    def __init__(self, db: Db, marks: Marks | None = None) -> None:
        self.world = World.__new__(World)
        self.world.db, self.world.clock, self.world.clustered = db, SettableClock(NOW), []
        self._marks = marks
        self._stage = self._begun = 0
        if marks is not None:
            self._watch(db.engine, marks)
        self._press()

    def run(self) -> None:
        """Two days of crawl, judging, links, and the letter of the second."""
        for day in range(DAYS):
            self.world.clock.set(NOW + timedelta(days=day))
            for number, stage in enumerate((self._poll, self.world.pages, self._tag, self._link)):
                self._enter(number)
                stage()
        for number, stage in ((4, self._gaps), (5, self._reports)):
            self._enter(number)
            stage()
        self._enter(len(STAGES))

    def _poll(self) -> object:
        return self.world.poll()

    def _tag(self) -> object:
        return tag_due(
            db=self.world.db, classifier=FakeClassifier(), name_features=lambda title, text: (0.0,) * 6,
            fingerprint="fake-1", clock=self.world.clock,
        )  # fmt: skip

    def _link(self) -> object:
        return link_due(
            db=self.world.db, find=lambda title, text, lang, region: (), link=_linked, fingerprint="fake-1",
            doc={}, zone=NOW.tzinfo, clock=self.world.clock,  # type: ignore[arg-type]
        )  # fmt: skip

    def _gaps(self) -> object:
        table = make_reports.mogilev_table()
        origin = Origin(self.world.clock(), 1, 1, table.register_version)
        return store_table(db=self.world.db, counted=Counted(table, origin))

    def _reports(self) -> object:
        letter = make_reports.mogilev_report()
        return put_out(db=self.world.db, report=letter, sender="monitor@desk.example", now=self.world.clock())

    def _enter(self, stage: int) -> None:
        self._stage = stage
        if self._marks is not None:
            self._marks.write(stage, self._begun, False)

    def _press(self) -> None:
        """Stories an hour or two apart, half of them on the first day; one page crashes its reader."""
        world = self.world
        world.fetch = FakeFetch(world.clock)
        for p, name in enumerate(PAPERS):
            out_at = [NOW + timedelta(hours=3 * (n - STORIES // 2) - p) for n in range(STORIES)]
            paper = LivePaper(world.clock, f"{name}.example", out_at, shows=STORIES)
            world.fetch.answers[f"http://{name}.example/feed"] = paper.feed
            for n in range(STORIES):
                said = f"gate={n % 5 / 4} trade={n % 3 / 2} culture=0.1 {name} {n}"
                world.fetch.answers[paper.url(n)] = (said if (p, n) != (1, 3) else "crash").encode()

    def _watch(self, engine: sa.Engine, marks: Marks) -> None:
        def told(is_open: bool) -> Callable[..., None]:
            def tell(*_: object) -> None:
                self._begun += is_open
                if not is_open and self._begun == marks.aim:
                    time.sleep(PATIENCE_S)  # all is written and nothing committed
                marks.write(self._stage, self._begun, is_open)

            return tell

        sa.event.listen(engine, "begin", told(True))
        for name in ("commit", "rollback"):
            sa.event.listen(engine, name, told(False))


def _linked(given: LinkInput) -> LinkResult:
    if given.topics.get("trade", 0.0) < 0.9:
        return LinkResult((), (), Reason.NO_AGREEMENT)
    return LinkResult((Link(FamilyId("F-1"), None, 0.9, "lead", "result", ()),), (), None)


def prepare(db: Db) -> None:
    """Papers and readers in a migrated database."""
    with db.begin() as tx:
        put_sources(tx, [source(name) for name in PAPERS], at=NOW)
        for n in range(READERS):
            add_subscriber(tx, email=f"r{n}@desk.example", region=make_reports.MOGILEV, lang="ru", at=NOW)


def story(db: Db) -> dict[str, list[tuple[Any, ...]]]:
    """All that the stages wrote, told by addresses: PostgreSQL does not take back numbers of killed rows."""
    url = articles.c.url
    named = sa.case(
        (ledger.c.stage.in_(("poll", "fetch")), ledger.c.item),
        else_=sa.select(url).where(sa.cast(articles.c.id, sa.Text) == ledger.c.item).scalar_subquery(),
    )
    queries = {
        "feeds": sa.select(feeds.c.url, feeds.c.next_check_at, feeds.c.failures, feeds.c.etag),
        "checks": sa.select(checks.c.feed_url, checks.c.at, checks.c.reason, checks.c.n_new),
        "articles": sa.select(url, articles.c.state, articles.c.text, articles.c.fetch_attempts,
                              articles.c.next_fetch_at, articles.c.published_at),
        "taggings": sa.select(url, taggings.c.gate_p, taggings.c.label).join(
            taggings, taggings.c.article_id == articles.c.id),
        "tags": sa.select(url, tags.c.topic, tags.c.p).join(tags, tags.c.article_id == articles.c.id),
        "linkings": sa.select(url, linkings.c.n_links, linkings.c.reason).join(
            linkings, linkings.c.article_id == articles.c.id),
        "links": sa.select(url, links.c.family_id, links.c.p).join(
            links, links.c.article_id == articles.c.id),
        "ledger": sa.select(ledger.c.stage, named, ledger.c.ending, ledger.c.reason, ledger.c.version),
        "gaps": sa.select(gap_rows.c.week, gap_rows.c.family_id, gap_rows.c.state),
        "reports": sa.select(reports.c.id, reports.c.facts_hash),
        "outbox": sa.select(outbox.c.message_id, outbox.c.state, outbox.c.attempts),
        "versions": sa.select(runs.versions.c.stage, runs.versions.c.fingerprint, runs.versions.c.is_current),
    }  # fmt: skip
    with db.begin() as tx:
        return {name: sorted((tuple(row) for row in tx.execute(query)), key=repr)
                for name, query in queries.items()}  # fmt: skip


def main() -> None:
    """One fork a line until the input ends."""
    log.configure(verbose=False)  # to the error stream: the answers go out on the other
    marks = Marks(Path(sys.argv[1]))
    make_reports.mogilev_table()  # the register is read once, not by every fork
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                db = Db(line.strip())
                Line(db, marks).run()
                db.close()
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(child, flush=True)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
