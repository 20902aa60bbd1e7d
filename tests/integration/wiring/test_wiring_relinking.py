"""Linking of an installation while another process promotes another register or other weights."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import taggings
from monitor.core import runs, schema
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.home import Home
from monitor.linking.tables import linkings
from monitor.wiring import App, relinking
from tests import make


class Desk:
    """One installation with articles below the gate, and processes that work in it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.apps: list[App] = []

    def process(self) -> App:
        self.apps.append(App(self.home, clock=SettableClock(make.NOW), environment=False))
        return self.apps[-1]

    def add(self, n: int) -> None:
        with self.apps[0].db.begin() as tx:
            tag = runs.ensure_version(tx, "tag", "one", {}, at=make.NOW).id
            make.add_article(tx, "agency", n)
            row = {"article_id": n, "version_id": tag, "gate_p": 0.1, "label": False, "names": [0] * 6}
            tx.execute(sa.insert(taggings).values(**row, reason="below_gate"))

    def weigh_otherwise(self) -> None:
        """Other weights in config/, as somebody has trained them."""
        path = self.home.config / "linking_model.json"
        model = json.loads(path.read_text("utf-8"))
        model["link_at"] = 0.99
        path.write_text(json.dumps(model), "utf-8")

    def linked(self) -> list[tuple[Any, ...]]:
        """Articles with the fingerprint of the links that each was come to under."""
        joined = linkings.join(runs.versions, runs.versions.c.id == linkings.c.version_id)
        query = sa.select(linkings.c.article_id, runs.versions.c.fingerprint).select_from(joined)
        with self.apps[0].db.begin() as tx:
            return [tuple(row) for row in tx.execute(query.order_by(*query.selected_columns))]

    def current(self) -> str:
        with self.apps[0].db.begin() as tx:
            found = runs.current_version(tx, "link")
        return "" if found is None else found.fingerprint


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    home = Home(tmp_path / "home")
    home.create()
    made = Desk(home)
    schema.upgrade(made.process().db)
    with made.apps[0].db.begin() as tx:
        make.add_source(tx, "agency")
    made.add(1)
    yield made
    for app in made.apps:
        app.close()


def test_a_turn_goes_on_under_weights_that_another_process_has_promoted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = desk.process(), desk.process()
    assert relinking.link(ours) == Counts(skipped=1)
    before = desk.current()
    desk.weigh_otherwise()
    beside = relinking.review(other).version
    link_due, waiting = relinking.link_due, [beside]

    def late(**given: Any) -> Counts:
        if waiting:
            relinking.promote(other, waiting.pop())
            desk.add(2)
        return link_due(**given)

    monkeypatch.setattr(relinking, "link_due", late)
    assert relinking.link(ours) == Counts(skipped=1)
    assert desk.current() == beside.fingerprint != before
    assert sorted(desk.linked()) == sorted([(1, before), (1, beside.fingerprint), (2, beside.fingerprint)])
    assert ours.link_model.link_at == 0.99
