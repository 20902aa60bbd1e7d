"""Known pages are found under each spelling of their address."""

from monitor.core.db import Db
from monitor.core.ids import ArticleId, PageUrl
from monitor.crawl.store import known_pages
from monitor.crawl.takers import find_taker
from tests.crawl_world import World


def test_a_site_that_moves_to_https_has_no_new_pages(db: Db) -> None:
    world = World(db)
    world.poll()
    moved, new = PageUrl("https://www.gorki.example/1"), PageUrl("https://www.gorki.example/9")
    with db.begin() as tx:
        assert set(known_pages(tx, [moved, new])) == {moved}
        assert find_taker(tx, moved, but=ArticleId(0)) is None  # it has no text yet
    world.pages()
    with db.begin() as tx:
        assert find_taker(tx, moved, but=ArticleId(0)) is not None
        assert find_taker(tx, new, but=ArticleId(0)) is None
