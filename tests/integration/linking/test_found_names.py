"""Names are looked for once in a text, on both databases: again where text or gazetteer have changed."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles.store import forget_judgements
from monitor.articles.tables import articles
from monitor.articles.tag import tag_due
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import ArticleId, PlaceId
from monitor.core.runs import add_version
from monitor.core.text import content_hash
from monitor.linking.found import FoundNames
from monitor.linking.link import Beside, Linking, link_beside, link_due
from monitor.linking.store import Found, forget_found, found_of, record_found
from monitor.linking.tables import found_names, linkings
from monitor.linking.types import LinkInput, LinkResult, Mention
from tests import make
from tests.fakes import FakeClassifier
from tests.integration.linking.test_link_stage import BOTH, NONE, add_four

MOGILEV, SUMGAIT = PlaceId("by-city-mogilev"), PlaceId("az-sumgait")
ZONE, CLOCK = ZoneInfo("Europe/Minsk"), SettableClock(make.NOW)
REVISED = "gate=0.9 trade=0.8 as it was rewritten"


class Press:
    """Four tagged articles: two of cooperation, one below the gate with both sides, one of nobody."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.looked: list[str] = []  # texts in which names were looked for
        self.told: dict[str, tuple[Mention, ...]] = {}  # what linking was told of each
        add_four(db)
        self.tag()

    def tag(self) -> None:
        tag_due(
            db=self.db,
            classifier=FakeClassifier(),
            name_features=lambda title, text: NONE if "nobody" in text else BOTH,
            fingerprint="tags",
            clock=CLOCK,
        )

    def find(self, _title: str, text: str, _lang: str, _region: PlaceId | None) -> tuple[Mention, ...]:
        self.looked.append(text)
        return (Mention(MOGILEV, "text", 0, 4, text[:4], "adjective", (SUMGAIT,)),)

    def link(self, given: LinkInput) -> LinkResult:
        self.told[given.text] = given.mentions
        return LinkResult((), (), None)

    def turn(self, version: str, finding: str | None = "finder") -> tuple[list[str], dict[str, object]]:
        """Texts looked through, and what linking was told, under a new version of links."""
        self.looked, self.told = [], {}
        names = None if finding is None else FoundNames(finding, {MOGILEV, SUMGAIT})
        with self.db.begin() as tx:
            base = add_version(tx, "link", f"{version}-base", {}, at=make.NOW)
            new = add_version(tx, "link", version, {}, at=make.NOW)
        given = Linking(self.db, self.find, self.link, ZONE, CLOCK, names=names)
        link_beside(given, new, Beside(base, frozenset()))
        return self.looked, dict(self.told)

    def revise(self, article: int, *, is_told: bool) -> None:
        """Give an article another text; `is_told`: by the way that takes back what was decided."""
        values = {"text": REVISED, "content_hash": content_hash("", REVISED)}
        with self.db.begin() as tx:
            tx.execute(sa.update(articles).where(articles.c.id == article).values(**values))
            if is_told:
                forget_judgements(tx, ArticleId(article))
        self.tag()

    def kept(self) -> dict[int, Found]:
        with self.db.reading() as tx:
            return found_of(tx, [1, 2, 3, 4])


@pytest.fixture
def press(db: Db) -> Press:
    return Press(db)


def test_names_are_looked_for_once_and_told_as_they_were_found(press: Press) -> None:
    worth = ["gate=0.9 trade=0.8", "gate=0.9 culture=0.8", "gate=0.05 both sides are named"]
    looked, told = press.turn("one")
    assert (looked, sorted(press.kept())) == (worth, [1, 2, 3])
    assert press.turn("two") == ([], told)
    assert press.turn("three", finding=None) == (worth, told)


def test_the_links_that_count_use_and_keep_what_was_found(press: Press) -> None:
    names = FoundNames("finder", {MOGILEV, SUMGAIT})
    press.turn("one")
    press.looked = []
    counts = link_due(
        db=press.db, find=press.find, link=press.link, fingerprint="now", doc={}, zone=ZONE, clock=CLOCK,
        names=names,
    )  # fmt: skip
    assert (counts, press.looked) == (Counts(unlinked=2, skipped=2), [])
    with press.db.reading() as tx:
        named = sa.select(linkings.c.mentions).order_by(linkings.c.version_id, linkings.c.article_id)
        rows = tx.execute(named).scalars().all()
    mention = [[MOGILEV, "text", 0, 4, "adjective"]]
    assert rows == 2 * [mention, mention, mention, []]


@pytest.mark.parametrize("is_told", [True, False])
def test_a_revised_text_is_looked_through_again_and_it_alone(press: Press, is_told: bool) -> None:
    press.turn("one")
    press.revise(2, is_told=is_told)
    looked, told = press.turn("two")
    assert looked == [REVISED]
    assert press.turn("three") == ([], told)


def test_a_revised_text_takes_what_was_found_with_it(press: Press) -> None:
    press.turn("one")
    press.revise(2, is_told=True)
    assert sorted(press.kept()) == [1, 3]


def test_another_gazetteer_looks_through_all_texts_and_is_kept_instead(press: Press) -> None:
    looked, told = press.turn("one")
    assert press.turn("two", finding="other") == (looked, told)
    assert press.turn("three", finding="other") == ([], told)
    assert press.turn("four") == (looked, told)


def damaged(one: Found) -> Found:
    return Found(one.key, one.packed[:5])


def of_another_text(one: Found) -> Found:
    return Found(one.key[::-1], one.packed)


@pytest.mark.parametrize("spoil", [damaged, of_another_text])
def test_what_cannot_be_believed_is_found_again(press: Press, spoil: Callable[[Found], Found]) -> None:
    _, told = press.turn("one")
    before = press.kept()
    with press.db.begin() as tx:
        record_found(tx, {ArticleId(2): spoil(before[2])})
    assert press.turn("two") == (["gate=0.9 culture=0.8"], told)
    assert press.kept() == before


def test_what_was_found_in_articles_can_be_forgotten(press: Press) -> None:
    press.turn("one")
    with press.db.begin() as tx:
        forget_found(tx, [1, 3])
        left = tx.execute(sa.select(found_names.c.article_id)).scalars().all()
    assert left == [2]
