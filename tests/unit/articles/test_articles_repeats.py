"""What a source prints on page after page is learnt from its own pages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from monitor.articles.learnt import drop_learnt
from monitor.articles.repeats import line_key, repeated_lines, without_lines
from monitor.articles.tables import articles, learnt_lines
from monitor.articles.types import ArticleState, Extracted
from monitor.core.db import Db, Tx
from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.crawl.store import put_sources
from tests.crawl_world import source

NOW = datetime(2026, 10, 6, 6, 0, tzinfo=UTC)
APPEAL = "Наш адрес: г. Горки, ул. Советская, 5, телефон редакции 5-00-00."
STORIES = [
    f"Новость номер {n} рассказывает о том, как прошёл {n}-й день ярмарки в Горках.\nГостей было {n * 70}."
    for n in range(1, 8)
]


def page(text: str) -> Extracted:
    return Extracted("Заголовок", text, "", None, "", "ru", None, 0.9, None)


def test_a_line_of_three_other_stories_is_the_frame_and_one_of_two_is_not() -> None:
    earlier = [f"{story}\n{APPEAL}" for story in STORIES[:3]]
    assert repeated_lines(f"{STORIES[5]}\n{APPEAL.upper()}", earlier) == {APPEAL.casefold()}
    assert repeated_lines(f"{STORIES[5]}\n{APPEAL}", earlier[:2]) == frozenset()


def test_copies_of_the_story_itself_do_not_make_it_a_frame() -> None:
    assert (
        repeated_lines(STORIES[0], [STORIES[0], STORIES[0], f"{STORIES[0]}\nФото автора и редакции."])
        == set()
    )


def test_short_lines_are_nobodys_frame() -> None:
    assert repeated_lines(f"{STORIES[5]}\n— Да.", [f"{story}\n— Да." for story in STORIES[:4]]) == frozenset()


def test_a_page_that_is_nothing_but_frame_has_no_text() -> None:
    assert without_lines(page(APPEAL), {line_key(APPEAL)}) == replace(
        page(""), quality=0.0, reason=Reason.NO_TEXT
    )


def _store(tx: Tx, number: int, text: str) -> None:
    tx.execute(
        sa.insert(articles).values(
            source_id="gorki", url=f"http://gorki.example/{number}", listed_url=f"http://gorki.example/{number}",
            state=ArticleState.READY.value, title="t", text=text, first_seen_at=NOW, is_origin=True,
        )
    )  # fmt: skip


def test_a_source_s_frame_is_learnt_once_and_left_out_from_then_on(db: Db) -> None:
    texts = []
    for number, story in enumerate(STORIES):
        with db.begin() as tx:
            if number == 0:
                put_sources(tx, [source("gorki"), source("shklov")], at=NOW)
            found = drop_learnt(tx, page(f"{story}\n{APPEAL}"), source_id=SourceId("gorki"), at=NOW)
            _store(tx, number, found.text)
            texts.append(found.text)
    assert texts == [f"{story}\n{APPEAL}" for story in STORIES[:3]] + STORIES[3:]
    with db.begin() as tx:
        kept = tx.execute(sa.select(learnt_lines.c.source_id, learnt_lines.c.line)).all()
        other = drop_learnt(tx, page(f"{STORIES[0]}\n{APPEAL}"), source_id=SourceId("shklov"), at=NOW)
    assert [tuple(row) for row in kept] == [("gorki", APPEAL.casefold())]
    assert other.text.endswith(APPEAL)


@pytest.mark.parametrize("reason", [Reason.NO_TEXT, Reason.LANGUAGE_NOT_READ])
def test_a_page_without_a_usable_text_teaches_nothing(db: Db, reason: Reason) -> None:
    with db.begin() as tx:
        broken = replace(page(APPEAL), reason=reason)
        assert drop_learnt(tx, broken, source_id=SourceId("gorki"), at=NOW) is broken
