"""An installation with a report, its articles and readers, for tests of pages; asserts nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from starlette.testclient import TestClient

from monitor.articles.tables import articles
from monitor.core.clock import SettableClock
from monitor.core.db import Db, Tx, metadata
from monitor.core.home import Home
from monitor.core.ids import FamilyId, SourceId
from monitor.core.runs import versions
from monitor.core.settings import Settings
from monitor.crawl.store import put_sources
from monitor.gaps.said import OutletFigure, YearFigure
from monitor.gaps.store import store_table
from monitor.gaps.types import GapTable
from monitor.linking.tables import linkings, links
from monitor.register.tables import agreements
from monitor.reports.build import needed_articles
from monitor.reports.store import put_report
from monitor.reports.subscribers import Subscriber, add_subscriber
from monitor.reports.tokens import Action, Signer, expiry, row_subject
from monitor.reports.types import Report
from monitor.web.server import build
from monitor.wiring import App
from monitor.wiring.answers import signer
from tests.make import add_article
from tests.make_reports import MOGILEV, PRESS, mogilev_report, mogilev_table, register

NOW = datetime(2025, 11, 24, 6, 0, tzinfo=UTC)
BASE = "http://monitor.example"
TEXT = (
    "Накануне в Могилёве побывали гости. Делегация из Республики Татарстан осмотрела завод.\n"
    "Стороны подписали план на год. В Казани ждут ответного визита делегации из Могилёвской области."
)


@dataclass
class World:
    """One installation. Times are those of `clock`."""

    app: App
    clock: SettableClock
    report: Report
    reader: Subscriber
    other: Subscriber
    client: TestClient

    @property
    def signer(self) -> Signer:
        """Of this installation."""
        return signer(self.app)

    @property
    def covered(self) -> FamilyId:
        """A family with articles that may be named and one that may not."""
        return next(f for f in self.report.sections.covered if self.report.row(f).counted.origins)

    @property
    def gap(self) -> FamilyId:
        """A family without an article."""
        return next(f for f in self.report.sections.gaps if not self.report.row(f).counted.articles)

    def link(
        self, action: Action, family: FamilyId | None = None, *, reader: Subscriber | None = None
    ) -> str:
        """Path of a fresh link of a mail."""
        subject = {
            Action.REPORT: self.report.id, Action.LEAVE: self.report.id, Action.ARCHIVE: "",
            Action.ACCOUNT: "",
            Action.CONFIRM: "1", Action.SETTINGS: "1", Action.FORGET: "1",
        }.get(action) if family is None else None  # fmt: skip
        named = row_subject(family or self.covered, self.report.id) if subject is None else subject
        ends = expiry(self.report.to_on)
        return self.signer.address("", action, (reader or self.reader).id, named, ends)

    def dump(self) -> dict[str, list[Any]]:
        """Every row of the database, to see that nothing has changed."""
        tables = metadata.sorted_tables
        with self.app.ready_db.begin() as tx:
            return {table.name: sorted(map(str, tx.execute(sa.select(table)))) for table in tables}

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)


def world(
    db: Db,
    folder: Path,
    *,
    settings: Settings,
    lang: str = "ru",
    report: Report | None = None,
    change: Callable[[Tx], None] = lambda tx: None,
    **web: object,
) -> World:
    """A world over a migrated database. `web`: settings of that section; `change`: more rows."""
    clock = SettableClock(NOW)
    app = App(Home(folder), clock=clock, environment=False)
    pages = settings.web.model_copy(
        update={
            "key_file": str(folder / "web.key"),
            "forms_per_minute": 500,
            "sign_ins_per_minute": 500,
            **web,
        }
    )
    reports = settings.reports.model_copy(update={"public_url": BASE})
    (folder / "web.key").write_text("a key of more than sixteen letters", "utf-8")
    held = {"settings": settings.model_copy(update={"web": pages, "reports": reports}), "db": db}
    app.__dict__.update(held | {"ready_db": db})
    app.register, app.sources = register(), PRESS
    made = report or plain_report(lang)
    with db.begin() as tx:
        tx.execute(sa.insert(agreements), _agreements())
        put_report(tx, made, at=NOW)
        _fill(tx, made)
        reader = add_subscriber(tx, email="desk@paper.example", region=MOGILEV, lang=lang, at=NOW)
        other = add_subscriber(tx, email="other@paper.example", region=MOGILEV, lang=lang, at=NOW)
        change(tx)
    client = TestClient(build(app), base_url=BASE, raise_server_exceptions=False)
    return World(app, clock, made, reader, other, client)


@lru_cache
def plain_report(lang: str) -> Report:
    """The report of the Mogilev Region, made once."""
    return mogilev_report(lang=lang)


def _agreements() -> list[dict[str, object]]:
    """What corrections of links need of the register; the whole of it would take a second to write."""
    held = register()
    return [
        {"id": one.id, "family_id": held.family_of.get(one.id), "kind": one.kind, "status": one.status.value,
         "monitored": one.monitored, "title_ru": one.title_ru, "doc": {}}
        for one in held.agreements.values()
    ]  # fmt: skip


def _fill(tx: Tx, report: Report) -> None:
    """The articles of the first covered family, linked with evidence."""
    tx.execute(sa.insert(versions).values(_version(1, "tag")))
    tx.execute(sa.insert(versions).values(_version(2, "link")))
    put_sources(tx, PRESS, at=NOW)
    family = next(f for f in report.sections.covered if report.row(f).counted.origins)
    for proof in (one for one in report.articles if family in one.families):
        source = ("agency", "daily", "gorki", "exile")[proof.article % 4]
        add_article(tx, source, proof.article, title=f"Могилёв ждёт гостей {proof.article}", text=TEXT,
                    url=f"https://{source}.example/news/{proof.article}",
                    published_at=NOW - timedelta(days=proof.article % 50))  # fmt: skip
        tx.execute(sa.insert(linkings).values(article_id=proof.article, version_id=2, n_links=1, mentions=[]))
        tx.execute(
            sa.insert(links).values(
                article_id=proof.article, version_id=2, family_id=family, member=None, p=0.9, depth="title",
                stage="signing",
                evidence=[_evidence("Республики Татарстан"), _evidence("Могилёвской области")],
            )
        )  # fmt: skip


def _evidence(words: str) -> dict[str, object]:
    start = TEXT.index(words)
    place = "by-mogilev-region" if words.startswith("М") else "ru-tatarstan"
    return {"place": place, "field": "text", "start": start, "end": start + len(words), "text": words}


def _version(number: int, stage: str) -> dict[str, object]:
    row = {"id": number, "stage": stage, "fingerprint": f"{stage}-1", "created_at": NOW}
    return {**row, "is_current": True, "doc": {}}


def desk_table() -> GapTable:
    """The table of the report's week with what it says of outlets and of the year."""
    held = mogilev_table()
    own = tuple(sorted(f for f, where in held.regions.items() if MOGILEV in where))
    return replace(
        held,
        register_version=register().version,
        outlets=tuple(
            OutletFigure(SourceId(source), MOGILEV, weeks, 8.6, n, own[:touched], own[touched:], is_telling)
            for source, weeks, n, touched, is_telling in (
                ("daily", 8.6, 30, 3, True),
                ("gorki", 8.4, 9, 2, True),
                ("evil", 8.6, 1, 0, True),
                ("exile", 8.6, 3, 1, True),
                ("quiet", 4.4, 1, 0, False),
            )
        ),
        years=(YearFigure(MOGILEV, held.from_on, held.to_on, 40, 9, 0.225, 0.3, 0.21, 0.41),),
    )


def put_table(tx: Tx) -> None:
    """`desk_table` as the stored one, with an article for every id that a report of it needs."""
    held = desk_table()
    store_table(tx, held, tag_version_id=1, link_version_id=2, at=NOW)
    known = {*stored_articles(tx)}  # those of the first covered family
    for number in sorted({*needed_articles(held, MOGILEV)} - known):
        source = ("agency", "daily", "gorki", "exile")[number % 4]
        add_article(tx, source, number, title=f"Новость {number}", text=TEXT,
                    url=f"https://{source}.example/news/{number}", published_at=NOW)  # fmt: skip


def stored_articles(tx: Tx) -> list[int]:
    """Ids of all articles."""
    return list(tx.execute(sa.select(articles.c.id).order_by(articles.c.id)).scalars())
