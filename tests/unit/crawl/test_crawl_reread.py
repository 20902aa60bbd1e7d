"""What a second reading of the same record says otherwise, and what becomes of the article by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.articles.types import Extracted
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger import Ending, Reason
from monitor.core.text import content_hash
from monitor.crawl.decide_page import ListedPage, ReadBefore, decide_reread
from monitor.crawl.reread import Difference, Sample, Seen, difference, news_of

TAKEN = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TITLE, TEXT = "Ярмарка в Шклове", "Открылась ярмарка.\nГости приехали из Смоленска."
URL = PageUrl("http://shklov.example/1")
BEFORE = ReadBefore(TITLE, TEXT, content_hash(TITLE, TEXT), TAKEN - DAY, 2)
READ = Extracted(TITLE, TEXT, "А. Иванов", TAKEN - DAY, "meta", "ru", None, 0.9, None)
PAGE = ListedPage(
    ArticleId(7), SourceId("shklov"), URL, TITLE, "", "", TAKEN - DAY, "meta", TAKEN, 1, "Europe/Minsk",
    before=BEFORE,
)  # fmt: skip
UNREAD = replace(READ, title="", text="", reason=Reason.TIMEOUT, note="after 30 s")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"author": "", "quality": 0.1, "lang": "be"},
        {"title": "ярмарка  в шклове", "text": TEXT.replace("\n", " ")},
        {"title": ""},
        {"published_at": None, "published_from": ""},
        {"published_at": TAKEN + 2 * DAY},
    ],
    ids=["all", "beside the text", "letters and spaces", "no title", "no date", "a date behind the archive"],
)
def test_the_same_title_text_and_date_are_no_news(changes: dict[str, Any]) -> None:
    assert news_of(BEFORE, replace(READ, **changes), TAKEN) is None


def test_another_text_is_told_with_the_date_that_stays() -> None:
    read = replace(READ, title="", text="Открылась ярмарка.", published_at=None)
    assert news_of(BEFORE, read, TAKEN) == replace(read, title=TITLE, published_from="")


def test_another_date_is_told_with_the_text_as_it_was() -> None:
    read = replace(READ, text=TEXT.upper(), published_at=TAKEN, published_from="json_ld")
    assert news_of(BEFORE, read, TAKEN) == replace(read, text=TEXT)


def test_a_page_without_a_text_now_is_told_as_it_came() -> None:
    assert news_of(BEFORE, UNREAD, TAKEN) is UNREAD


def test_another_text_replaces_the_older_one_and_keeps_identity_and_date() -> None:
    found = replace(READ, text="Открылась ярмарка.", published_at=None, published_from="")
    intent = decide_reread(PAGE, found, NOW)
    assert intent.article == {
        "title": TITLE, "text": "Открылась ярмарка.", "author": "А. Иванов", "lang": "ru", "quality": 0.9,
        "content_hash": content_hash(TITLE, "Открылась ярмарка."), "n_revisions": 3,
        "published_at": TAKEN - DAY,
    }  # fmt: skip
    (entry,) = intent.ledger
    assert (entry.item, entry.ending, entry.reason, entry.at) == ("7", Ending.DONE, Reason.OK, NOW)
    assert (entry.version, entry.detail) == ("read again", "47 characters became 18")
    assert (intent.is_ready, intent.older) == (True, BEFORE)


def test_another_date_is_written_with_where_it_came_from() -> None:
    found = replace(READ, title="Ярмарка", published_at=TAKEN, published_from="json_ld")
    intent = decide_reread(PAGE, found, NOW)
    assert (intent.article["published_at"], intent.article["published_from"]) == (TAKEN, "json_ld")
    assert intent.ledger[0].detail == "another title; dated 2026-10-31 12:00:00+00:00 before"


@pytest.mark.parametrize(
    ("found", "left", "ending"),
    [
        (None, "", (Ending.DONE, Reason.NOT_MODIFIED, "")),
        (replace(READ, text="Другое."), "corrected", (Ending.SKIPPED, Reason.NOT_MODIFIED, "corrected")),
        (UNREAD, "", (Ending.FAILED, Reason.TIMEOUT, "after 30 s")),
    ],
)
def test_whatever_is_no_other_text_changes_nothing_and_is_told(
    found: Extracted | None, left: str, ending: tuple[Ending, Reason, str]
) -> None:
    intent = decide_reread(PAGE, found, NOW, left=left)
    assert [(e.ending, e.reason, e.detail) for e in intent.ledger] == [ending]
    assert (intent.article, intent.is_ready, intent.older) == ({}, False, None)


def test_an_article_without_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match="article 7 has no text"):
        decide_reread(replace(PAGE, before=None), READ, NOW)


def seen(number: int, found: Extracted | None, **changes: Any) -> Seen:
    return replace(Seen(ArticleId(number), URL, BEFORE, found), **changes)


def test_a_difference_counts_each_article_by_all_that_is_new_in_it() -> None:
    stay = replace(READ, published_at=None)
    told = difference(
        [
            seen(1, None),
            seen(2, replace(stay, text=TEXT + "\nБыло шумно.")),
            seen(3, replace(stay, title="Ярмарка", text="Открылась ярмарка."), is_corrected=True),
            seen(4, replace(stay, text=TEXT.replace("Гости", "Толпы"))),
            seen(5, replace(READ, published_at=TAKEN)),
            seen(6, UNREAD, is_corrected=True),
            seen(7, stay, before=None),
        ]
    )
    assert replace(told, samples=()) == Difference(
        pages=7, same=1, longer=1, shorter=1, reworded=1, retitled=1, redated=1, unread={"timeout": 1},
        overtaken=1, corrected=(ArticleId(3),),
    )  # fmt: skip
    assert told.changes == 4
    assert [sample.article for sample in told.samples] == [4, 3, 2, 5]
    assert told.samples[1] == Sample(
        ArticleId(3), URL, (TITLE, "Гости приехали из Смоленска."), ("Ярмарка",), size=51
    )
    assert told.samples[3] == Sample(
        ArticleId(5), URL, (f"published {TAKEN - DAY}",), (f"published {TAKEN}",), size=0
    )


def test_only_the_largest_differences_are_shown_and_long_ones_are_cut() -> None:
    lines = [f"Строка номер {n} о рыбалке." for n in range(9)]
    stay = replace(READ, published_at=None)
    told = difference(seen(n, replace(stay, text="\n".join([TEXT, *lines[:n]]))) for n in range(1, 10))
    assert [sample.article for sample in told.samples] == [9, 8, 7, 6, 5]
    assert told.samples[0].new == (*lines[:4], "… 5 more lines")
    assert told.samples[0].gone == ()
