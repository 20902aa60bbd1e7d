"""Links made from kept names are those of looking for names anew, on both databases, by workers too."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.bulk.linking import spread_over
from monitor.bulk.move import move
from monitor.bulk.work import LocalWorkers
from monitor.core import runs
from monitor.core.ids import PlaceId
from monitor.linking.link import Beside, link_beside
from monitor.linking.store import forget_found
from monitor.linking.tables import found_names, linkings, links
from monitor.linking.types import Mention
from monitor.wiring import relinking
from monitor.wiring.relinking import Configured
from tests.conftest import Server
from tests.integration.bulk.test_bulk_same_tables import NOW, Installation, opened, printed

pytestmark = pytest.mark.slow
Rows = list[dict[str, Any]]
ARTICLES = 1_000
PLACE = PlaceId("by-city-mogilev")


class Relinked:
    """An installation whose links are made again and again beside the first ones."""

    def __init__(self, one: Installation) -> None:
        self.app = one.app
        self.looked = 0  # texts in which names were looked for, here
        relinking.link(self.app)
        with self.app.db.begin() as tx:
            base = runs.current_version(tx, "link")
        assert base is not None
        self.base = base

    def again(
        self, name: str, *, given: Configured | None = None, spread: Any = None
    ) -> list[dict[str, Any]]:
        """All links and who was named, under a version of that name."""
        linking = relinking.linking_of(self.app, given or self.own)

        def find(*asked: Any) -> tuple[Mention, ...]:
            self.looked += 1
            return linking.find(*asked)

        with self.app.db.begin() as tx:
            version = runs.add_version(tx, "link", name, {}, at=NOW)
        self.looked = 0
        link_beside(replace(linking, find=find, spread=spread), version, Beside(self.base, frozenset()))
        made = []
        with self.app.db.reading() as tx:
            for table in (links, linkings):
                told = [c for c in table.columns if c.name not in ("id", "version_id")]
                own = sa.select(*told).where(table.c.version_id == version.id)
                made += [dict(row) for row in tx.execute(own).mappings()]
        return sorted(made, key=repr)

    @property
    def own(self) -> Configured:
        return Configured(self.app.register, self.app.link_model)

    def kept(self) -> list[int]:
        with self.app.db.reading() as tx:
            query = sa.select(found_names.c.article_id).order_by(found_names.c.article_id)
            return list(tx.execute(query).scalars())

    def forget(self) -> None:
        with self.app.db.begin() as tx:
            forget_found(tx, self.kept())

    def rewrite(self, article: int) -> None:
        """Give an article another text, past everything that would be told of it."""
        text = "Могилёв и Сумгаит подписали соглашение о побратимских связях; делегация была в Гданьске."
        with self.app.db.begin() as tx:
            tx.execute(sa.update(articles).where(articles.c.id == article).values(text=text))


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return printed(tmp_path_factory.mktemp("relink") / "home", ARTICLES)


@contextmanager
def on_sqlite(home: Path, _server: Server) -> Iterator[Installation]:
    one = opened(home)
    yield one
    one.app.close()


@contextmanager
def on_postgresql(home: Path, server: Server) -> Iterator[Installation]:
    with server.database() as away:
        here = opened(home)
        move(here.app.db, away)
        here.app.close()
        settings = home / "config" / "settings.toml"
        url = away.engine.url.render_as_string(hide_password=False)
        settings.write_text(
            re.sub(r'(?m)^url = "sqlite.*$', f'url = "{url}"', settings.read_text("utf-8")), "utf-8"
        )
        there = opened(home)
        assert not there.app.db.is_sqlite
        yield there
        there.app.close()


@pytest.mark.parametrize("on", [on_sqlite, on_postgresql])
def test_kept_names_give_the_links_that_looking_anew_gives(
    tagged: Path, tmp_path: Path, postgres_server: Server, on: Any
) -> None:
    shutil.copytree(tagged, tmp_path / "home")
    with on(tmp_path / "home", postgres_server) as installation:
        one = Relinked(installation)
        kept = one.kept()
        assert len(kept) > ARTICLES / 2
        first = one.again("kept")
        assert one.looked == 0
        one.rewrite(kept[0])
        revised = one.again("revised")
        assert (one.looked, revised != first) == (1, True)
        one.forget()
        anew = one.again("anew")
        assert one.looked == len(kept)
        assert revised == anew
        assert sum("family_id" in row for row in anew) > ARTICLES / 5

        place = replace(one.app.register.places[PLACE], parent=None)  # which settles homonyms otherwise
        register = replace(one.app.register, places={**one.app.register.places, PLACE: place})
        moved = Configured(register, one.app.link_model)
        one.again("moved", given=moved)
        assert one.looked == len(kept)
        one.again("moved again", given=moved)
        assert one.looked == 0


def test_workers_take_kept_names_and_bring_new_ones(tagged: Path, tmp_path: Path) -> None:
    shutil.copytree(tagged, tmp_path / "home")
    one = Relinked(opened(tmp_path / "home"))
    kept, here = one.kept(), one.again("here")
    one.forget()
    workers = LocalWorkers(2)
    fingerprint = one.own.fingerprint
    with one.app.db.begin() as tx:  # workers are told the version by its name, which must be their own
        tx.execute(
            sa.update(runs.versions).where(runs.versions.c.id == one.base.id).values(fingerprint="was")
        )
    there = one.again(fingerprint, spread=spread_over(one.app, workers, least=1))
    workers.close()
    assert (there, one.kept()) == (here, kept)
    one.app.close()
