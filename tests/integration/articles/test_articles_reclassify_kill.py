"""SIGKILL in the midst of a reclassification: a second call goes on and ends as if nothing had happened."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.articles import reclassify as stage
from monitor.articles.tables import taggings, tags
from monitor.articles.tag import Tagging, tag_due
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from tests import make
from tests.fakes import FakeClassifier

CHILD = """
import sys
from monitor.articles import reclassify as stage
from monitor.articles.tag import Tagging
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from tests import make
from tests.fakes import FakeClassifier

db, classifier = Db(sys.argv[1]), FakeClassifier()
given = Tagging(db, classifier, lambda title, text: (0.0,) * 6, SettableClock(make.NOW))
with db.begin() as tx:
    candidate = stage.begin(tx, classifier, "new-1", since=None, at=make.NOW)

def told(what, done, total):
    print(done, flush=True)

stage.reclassify(given, candidate, batch=20, progress=told)
"""
N = 400


def written(db: Db, version: int) -> list[tuple[object, ...]]:
    with db.begin() as tx:
        rows: list[tuple[object, ...]] = []
        for table in (taggings, tags):
            query = sa.select(table).where(table.c.version_id == version).order_by(*table.primary_key.columns)
            rows += [tuple(row) for row in tx.execute(query)]
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 7])
def test_killed_it_goes_on_to_the_same_end(db: Db, after: int) -> None:
    with db.begin() as tx:
        make.add_source(tx, "agency")
        for n in range(1, N + 1):
            make.add_article(tx, "agency", n, text=f"gate={n % 10 / 10} trade={n % 7 / 7:.2f} culture=0.8")
    it = Tagging(db, FakeClassifier(), lambda title, text: (0.0,) * 6, SettableClock(make.NOW))
    tag_due(
        db=db, classifier=it.classifier, name_features=it.name_features, fingerprint="old-1", clock=it.clock
    )
    url = db.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", CHILD, url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as child:
        assert child.stdout is not None
        for _ in range(after):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    with db.begin() as tx:
        (candidate,) = stage.candidates(tx)
        assert candidate.is_partial
        assert candidate.last_article_id >= 20 * after
    killed_at = candidate.last_article_id
    done = stage.reclassify(it, candidate, batch=20)
    assert (killed_at < N, done.counts["judged"], done.is_partial) == (True, N, False)
    found = written(db, candidate.version.id)
    with db.begin() as tx:
        stage.drop(tx, candidate.version)
        again = stage.begin(tx, it.classifier, "new-1", since=None, at=make.NOW)
    stage.reclassify(it, again, batch=20)
    assert [(row[0], *row[2:]) for row in written(db, again.version.id)] == [
        (row[0], *row[2:]) for row in found
    ]
    assert len(found) > N
