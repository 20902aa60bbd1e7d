"""Pages of archives read again by other rules: as if they had held from the start, and no other moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.articles.learnt import leave_out_learnt
from monitor.articles.selectors import PageSelectors
from monitor.articles.store import due_for_tagging
from monitor.articles.tables import (
    articles,
    revisions,
    taggings,
    tags,
)
from monitor.bulk import reextract as stage
from monitor.core.counts import Counts
from monitor.core.errors import UsageError
from monitor.core.ledger import Reason
from monitor.core.runs import add_version, make_current
from monitor.core.text import content_hash, shorten
from monitor.core.workers import Unread
from monitor.crawl.reread import Difference
from monitor.crawl.settle import record_settled
from monitor.crawl.tables import archived_pages, rereadings, rereads
from monitor.gaps.tables import count_marks
from monitor.linking.tables import linkings, links
from monitor.wiring import rereading
from monitor.wiring.keeping import prune
from tests import make
from tests.archive_world import FRAMED, PAGES, QUOTING, Newsroom, archive, page, paragraphs, url
from tests.crawl_world import NOW, source
from tests.make_copies import WHOLE
from tests.make_warc import NOON

ONE_DATABASE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # nothing of theirs is asked


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return archive(tmp_path, "one", {n: paragraphs(n) for n in PAGES})


def test_the_texts_become_those_of_a_first_reading_by_the_new_rules(newsroom: Newsroom, file: Path) -> None:
    newsroom.fill(file)
    first, stories = newsroom.content(), newsroom.stories()
    assert stories[url(QUOTING)][0] == stories[url(QUOTING + 1)][0]  # one quotes the other
    newsroom.change_rules()
    told = newsroom.again(file)
    assert replace(told, samples=()) == Difference(pages=7, same=3, shorter=4)
    assert told.samples[0].gone == (shorten(WHOLE, 100),)
    assert [sample.new for sample in told.samples] == [()] * 4
    assert newsroom.content() == first  # nothing counts yet
    assert newsroom.outcomes() == {}
    assert rereading.promote(newsroom.app) == Counts(same=3, revised=4)
    again, outcomes = newsroom.by_address(), newsroom.outcomes()
    changed = {*FRAMED, QUOTING}
    assert outcomes == {url(n): ("done", "ok" if n in changed else "not_modified") for n in PAGES}
    older = sa.select(articles.c.url, revisions.c.text).join(
        articles, articles.c.id == revisions.c.article_id
    )
    kept = dict(newsroom.rows(older))
    assert {name: text.endswith("понедельника.") for name, text in kept.items()} == {
        url(n): n in FRAMED for n in changed
    }
    apart = newsroom.stories()
    assert apart[url(QUOTING)] == (url(QUOTING), True)
    assert apart[url(QUOTING + 1)] == (url(QUOTING + 1), True)

    newsroom.empty()
    newsroom.fill(file)
    assert newsroom.by_address() == again


@ONE_DATABASE
def test_a_second_time_nothing_changes(newsroom: Newsroom, file: Path) -> None:
    newsroom.fill(file)
    assert newsroom.again(file) == Difference(pages=7, same=7)
    newsroom.change_rules()
    newsroom.again(file)
    rereading.promote(newsroom.app)
    before = newsroom.content()
    assert newsroom.again(file) == Difference(pages=7, same=7)
    assert rereading.promote(newsroom.app) == Counts(same=7)
    assert newsroom.content() == before
    assert newsroom.rows(sa.select(sa.func.count()).select_from(revisions)) == [(4,)]


class Killed(BaseException):
    """Stands for SIGKILL: nothing may catch it."""


def dying(work: Callable[..., Any], at: int) -> Callable[..., Any]:
    calls = 0

    def work_or_die(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Killed
        return work(*args, **kwargs)

    return work_or_die


def test_killed_while_reading_or_while_it_is_made_to_count_it_goes_on_to_the_same_end(
    newsroom: Newsroom, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = 4  # of seven, in the second batch of two
    monkeypatch.setattr(stage, "BATCH", 2)
    monkeypatch.setattr(rereading, "LOT", 2)
    newsroom.fill(file)
    newsroom.change_rules()
    newsroom.asked = 0
    with monkeypatch.context() as patch:
        patch.setattr("monitor.bulk.reextract.leave_out_learnt", dying(leave_out_learnt, at))
        with pytest.raises(Killed):
            newsroom.again(file)
    kept = newsroom.rows(sa.select(sa.func.count()).select_from(rereadings))
    assert kept == [(2,)]  # whole batches
    with pytest.raises(UsageError, match=r"one\.warc\.gz: was not read to its end"):
        rereading.promote(newsroom.app)
    told = newsroom.again(file)
    assert replace(told, samples=()) == Difference(pages=7, same=3, shorter=4)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.wiring.rereading.record_settled", dying(record_settled, at))
        with pytest.raises(Killed):
            rereading.promote(newsroom.app)
    assert sum(rereading.promote(newsroom.app).values()) == 5
    again = newsroom.by_address()
    newsroom.empty()
    newsroom.fill(file)
    assert newsroom.by_address() == again


def test_what_a_person_has_corrected_is_listed_and_left_unless_asked_for(
    newsroom: Newsroom, file: Path
) -> None:
    newsroom.fill(file)
    one, other = newsroom.article(1), newsroom.article(3)
    with newsroom.app.db.begin() as tx:
        corrections.add(tx, one, [Saying(CorrectionKind.COOPERATION)], who="Анна", at=NOW)
        (number,) = corrections.add(tx, other, [Saying(CorrectionKind.COOPERATION)], who="Анна", at=NOW)
        corrections.undo(tx, number, who="Анна", at=NOW)
    newsroom.change_rules()
    assert newsroom.again(file).corrected == (one,)
    assert rereading.promote(newsroom.app) == Counts(same=3, revised=3, left=1)
    assert newsroom.outcomes()[url(1)] == ("skipped", "not_modified")
    text = sa.select(articles.c.text).where(articles.c.id == one)
    assert newsroom.rows(text)[0][0].endswith("понедельника.")
    assert replace(newsroom.again(file), samples=()) == Difference(
        pages=7, same=6, shorter=1, corrected=(one,)
    )
    assert rereading.promote(newsroom.app, corrected=True) == Counts(same=6, revised=1)
    assert not newsroom.rows(text)[0][0].endswith("понедельника.")


def test_judgements_of_another_text_are_due_again_and_its_week_is_counted_anew(
    newsroom: Newsroom, file: Path
) -> None:
    newsroom.fill(file)
    framed, other = newsroom.article(1), newsroom.article(0)
    with newsroom.app.db.begin() as tx:
        version = add_version(tx, "tag", "m-1", {}, at=NOW)
        make_current(tx, version)
        for number in (framed, other):
            of_it = {"article_id": number, "version_id": version.id}
            tx.execute(sa.insert(taggings).values(**of_it, gate_p=0.9, label=True, names=[0] * 6))
            tx.execute(sa.insert(tags).values(**of_it, topic="trade", p=0.9, published=True))
            tx.execute(sa.insert(linkings).values(**of_it, n_links=1, mentions=[]))
            link = {"family_id": "F-1", "p": 0.9, "depth": "lead", "stage": "signing", "evidence": []}
            tx.execute(sa.insert(links).values(**of_it, **link))
        tx.execute(sa.delete(count_marks))
    newsroom.change_rules()
    newsroom.again(file)
    assert newsroom.rows(sa.select(count_marks.c.day)) == []
    rereading.promote(newsroom.app)
    for table in (taggings, tags, linkings, links):
        assert newsroom.rows(sa.select(table.c.article_id)) == [(other,)]
    with newsroom.app.db.begin() as tx:
        due = [article.id for article in due_for_tagging(tx, version.id, limit=99)]
    assert framed in due
    assert other not in due
    assert set(newsroom.rows(sa.select(count_marks.c.day))) == {((NOON - timedelta(days=2)).date(),)}


def test_only_texts_that_came_from_these_very_records_are_read(newsroom: Newsroom, file: Path) -> None:
    with newsroom.app.db.begin() as tx:
        make.add_article(
            tx, "shklov", 1, id=9_999, cluster_id=9_999
        )  # of the live crawl: the archive has another time's page
    newsroom.fill(file)
    newsroom.change_rules()
    framed = {n: newsroom.article(n) for n in FRAMED}
    with newsroom.app.db.begin() as tx:  # one that was revised from its site
        live = {
            "text": "С сайта. " + WHOLE,
            "content_hash": content_hash("Событие номер 3", "С сайта. " + WHOLE),
        }
        tx.execute(sa.update(articles).where(articles.c.id == framed[3]).values(**live))
    before = dict(newsroom.rows(sa.select(articles.c.id, articles.c.text)))
    assert replace(newsroom.again(file), samples=()) == Difference(pages=5, same=3, shorter=2)
    with newsroom.app.db.begin() as tx:  # let go, or read anew, between the look and its promotion
        tx.execute(sa.update(articles).where(articles.c.id == framed[4]).values(text=""))
    assert replace(newsroom.again(file), samples=()) == Difference(pages=5, same=3, shorter=1, overtaken=1)
    assert rereading.promote(newsroom.app) == Counts(same=3, revised=1, overtaken=1)
    after = dict(newsroom.rows(sa.select(articles.c.id, articles.c.text)))
    quoting = newsroom.article(QUOTING)
    assert {number for number in after if after[number] != before[number]} == {quoting, framed[4]}
    assert after[framed[4]] == ""


def test_articles_of_an_installation_that_noted_no_records_are_found_in_their_archive(
    newsroom: Newsroom, file: Path
) -> None:
    with newsroom.app.db.begin() as tx:
        make.add_article(tx, "shklov", 1, id=9_999, cluster_id=9_999)
    newsroom.fill(file)
    noted = newsroom.rows(sa.select(archived_pages).order_by(archived_pages.c.article_id))
    assert len(noted) == 6
    with newsroom.app.db.begin() as tx:
        tx.execute(sa.delete(archived_pages))
    newsroom.change_rules()
    assert replace(newsroom.again(file), samples=()) == Difference(pages=6, same=3, shorter=3)
    assert newsroom.rows(sa.select(archived_pages).order_by(archived_pages.c.article_id)) == noted


@ONE_DATABASE
def test_pages_that_give_no_text_now_keep_the_one_they_have(newsroom: Newsroom, file: Path) -> None:
    newsroom.fill(file)
    before = newsroom.content()
    newsroom.failing[url(0)] = Unread(Reason.TIMEOUT, "after 30 s")
    largest = max(len(page(n, paragraphs(n))) for n in PAGES)
    settings = newsroom.app.settings
    crawl = settings.crawl.model_copy(update={"max_page_bytes": largest - 1})
    newsroom.app.settings = settings.model_copy(update={"crawl": crawl})
    assert newsroom.again(file) == Difference(pages=7, same=5, unread={"timeout": 1, "too_large": 1})
    assert rereading.promote(newsroom.app) == Counts(same=5, unread=2)
    assert newsroom.content() == before
    assert newsroom.outcomes()[url(0)] == ("failed", "timeout")


def test_a_text_that_is_let_go_takes_its_second_reading_along_and_does_not_come_back(
    newsroom: Newsroom, file: Path
) -> None:
    newsroom.fill(file)
    newsroom.change_rules()
    newsroom.again(file)
    framed = newsroom.article(1)
    with newsroom.app.db.begin() as tx:
        version = add_version(tx, "tag", "m-1", {}, at=NOW)
        below = {"article_id": framed, "version_id": version.id, "gate_p": 0.1, "label": False, "names": []}
        tx.execute(sa.insert(taggings).values(**below))
    settings = newsroom.app.settings
    keeping = settings.keeping.model_copy(update={"texts_days": 1})
    newsroom.app.settings = settings.model_copy(update={"keeping": keeping})
    assert prune(newsroom.app)["texts"] == 1
    assert rereading.promote(newsroom.app) == Counts(same=3, revised=3)
    assert newsroom.again(file) == Difference(pages=6, same=6)
    assert newsroom.rows(sa.select(articles.c.text).where(articles.c.id == framed)) == [("",)]


@ONE_DATABASE
def test_files_that_are_none_of_those_read_before_are_refused_before_anything_is_read(
    newsroom: Newsroom, file: Path, tmp_path: Path
) -> None:
    newsroom.fill(file)
    newsroom.asked = 0
    new = archive(tmp_path, "two", {0: paragraphs(0)})
    with pytest.raises(UsageError, match=r"two\.warc\.gz: was never read; `monitor backfill warc` reads it"):
        newsroom.again(file, new)
    (tmp_path / "other").mkdir()
    other = archive(tmp_path / "other", "one", {0: paragraphs(1)})
    with pytest.raises(
        UsageError, match=r"holds something else than the file of this name that was read on 2026"
    ):
        newsroom.again(other, file)
    with pytest.raises(UsageError, match=r"gone\.warc\.gz: no WARC file"):
        newsroom.again(file, tmp_path / "gone.warc.gz")
    assert newsroom.asked == 0
    assert newsroom.rows(sa.select(rereads)) == []


@ONE_DATABASE
def test_readings_by_other_rules_than_todays_do_not_count_and_are_made_anew(
    newsroom: Newsroom, file: Path
) -> None:
    newsroom.fill(file)
    with pytest.raises(UsageError, match="no archive was read again"):
        rereading.promote(newsroom.app)
    assert newsroom.again(file).same == 7
    newsroom.change_rules()
    with pytest.raises(UsageError, match="was read by other rules than today's"):
        rereading.promote(newsroom.app)
    assert newsroom.again(file).shorter == 4
    assert rereading.drop(newsroom.app) == 1
    assert newsroom.rows(sa.select(rereadings.c.article_id)) == []
    with pytest.raises(UsageError, match="nothing to drop"):
        rereading.drop(newsroom.app)


@ONE_DATABASE
def test_only_a_source_whose_pages_an_archive_holds_has_it_read_anew(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    file = archive(tmp_path, "even", {n: paragraphs(n) for n in (0, 2)})
    newsroom.fill(file)
    newsroom.again(file)
    gorki, shklov = newsroom.app.sources
    story = PageSelectors(text="article p")
    newsroom.app.sources = (gorki, replace(shklov, page=story), source("krichev"))
    newsroom.asked = 0
    assert newsroom.again(file) == Difference(pages=2, same=2)
    assert newsroom.asked == 0
    newsroom.app.sources = (replace(gorki, page=story), shklov)
    with pytest.raises(UsageError, match="was read by other rules than today's"):
        rereading.promote(newsroom.app)
    assert newsroom.again(file) == Difference(pages=2, same=2)
    assert newsroom.asked == 2


def test_two_that_read_one_archive_do_not_mix(
    newsroom: Newsroom, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "BATCH", 3)
    newsroom.fill(file)
    newsroom.change_rules()
    recorded = stage._recorded

    def beside(*given: Any) -> Any:
        monkeypatch.setattr(stage, "_recorded", recorded)
        newsroom.again(file)  # another process comes first
        return recorded(*given)

    monkeypatch.setattr(stage, "_recorded", beside)
    with pytest.raises(UsageError, match="another process reads it again"):
        newsroom.again(file)
    assert replace(newsroom.again(file), samples=()) == Difference(pages=7, same=3, shorter=4)
