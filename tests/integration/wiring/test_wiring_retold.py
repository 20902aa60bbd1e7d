"""The vectors of an installation say which doubtful pairs are one story in two languages."""

from pathlib import Path

import numpy as np
import sqlalchemy as sa

from monitor.articles.store import record_vector
from monitor.articles.tables import articles, translation_ties
from monitor.articles.translated import told_before
from monitor.core import schema
from monitor.core.home import Home
from monitor.wiring import App
from monitor.wiring.retold import weigh_translations
from tests import make


def test_pairs_are_weighed_against_what_all_articles_share(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    app = App(home, environment=False)
    schema.upgrade(app.db)
    centre = app.link_model.centre
    aside = np.zeros(len(centre.article))
    aside[0] = 1.0
    near = {1: centre.article + aside, 2: centre.article + 0.9 * aside, 3: centre.article - aside}
    with app.db.begin() as tx:
        make.add_source(tx, "agency")
        for article, vector in near.items():
            make.add_article(tx, "agency", article, text=f"text {article}")
            key = tx.execute(sa.select(articles.c.content_hash).where(articles.c.id == article)).scalar_one()
            record_vector(tx, key, centre.embedder, vector.astype(np.float16))
        pairs = [{"one_id": 1, "other_id": 2, "share": 0.5}, {"one_id": 1, "other_id": 3, "share": 0.5}]
        tx.execute(sa.insert(translation_ties), pairs)
    assert weigh_translations(app) == 2
    assert weigh_translations(app) == 0
    with app.db.begin() as tx:
        told = told_before(tx)
    app.close()
    assert {cluster: first.cluster for cluster, first in told.items()} == {2: 1}
