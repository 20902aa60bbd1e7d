"""Lets the vectors say which doubtful pairs of articles tell one story in two languages."""

from monitor.articles.translated import weigh
from monitor.wiring.app import App


def weigh_translations(app: App) -> int:
    """Compare the vectors of such pairs as have come in since; how many were compared.

    What all articles have in common is taken off as it is in linking; without vectors nothing is compared.
    """
    centre, n_weighed = app.link_model.centre, 0
    if not centre.embedder:
        return 0
    while True:
        with app.ready_db.begin() as tx:
            n = weigh(tx, centre.embedder, centre.article)
        n_weighed += n
        if n == 0:
            return n_weighed
